"""The state of the conversation with the engine that outlives a connection: sequence numbers, what is not acknowledged, what was seen.

Pure: bytes and numbers in, envelopes out. Owned by one thread.
"""

from __future__ import annotations

import os
import platform
import secrets
from collections import deque
from collections.abc import Iterator

from iarnet_worker.wire import bus_pb2

VERSION = 1
#: What is sent and not acknowledged, at most; beyond it nothing new is sent until the engine acknowledges.
MAX_UNACKNOWLEDGED = 4096
MAX_UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024
#: Messages that are sent again share envelopes up to this size.
MAX_ENVELOPE_BYTES = 1024 * 1024


class ProtocolError(Exception):
    """The engine said what the protocol does not allow. The conversation cannot go on."""


class GapError(Exception):
    """A message is missing in between. A new connection makes the engine send it again."""


class Link:
    """What this incarnation of the component and the engine know of each other."""

    def __init__(self, component_id: str) -> None:
        self.received = 0
        self.told = 0
        self._component_id = component_id
        self._incarnation = secrets.randbits(64) or 1
        self._node_id: str | None = None
        self._sent = 0
        self._acknowledged = 0
        self._kept: deque[tuple[int, bytes]] = deque()
        self._kept_bytes = 0

    @property
    def has_room(self) -> bool:
        """Whether another message may be sent before the engine acknowledges some."""
        return len(self._kept) < MAX_UNACKNOWLEDGED and self._kept_bytes < MAX_UNACKNOWLEDGED_BYTES

    @property
    def owes_acknowledgement(self) -> bool:
        """Whether something has arrived that the engine has not been told of."""
        return self.received > self.told

    def ready(self) -> bytes:
        """The first envelope of every connection."""
        self.told = self.received
        ready = bus_pb2.Ready(
            component_id=self._component_id,
            language="python",
            runtime_version=f"{platform.python_implementation()} {platform.python_version()}",
            process_id=os.getpid(),
            received=self.received,
            incarnation=self._incarnation,
        )
        return bus_pb2.Envelope(version=VERSION, ready=ready).SerializeToString()

    def welcome(self, welcome: bus_pb2.Welcome) -> Iterator[bytes]:
        """Takes the engine's answer; gives the envelopes to send again."""
        if self._node_id is not None and welcome.node_id != self._node_id:
            raise ProtocolError(f"node '{self._node_id}' was replaced by node '{welcome.node_id}' at the same endpoint")
        if not self._acknowledged <= welcome.received <= self._sent:
            raise ProtocolError(
                f"the engine says it has {welcome.received} messages of this component; "
                f"expected {self._acknowledged} to {self._sent}: it has forgotten this component"
            )
        self._node_id = welcome.node_id
        self.acknowledged(welcome.received)
        return self._again()

    def acknowledged(self, sequence: int) -> None:
        """Forgets what the engine has."""
        if sequence > self._sent:
            raise ProtocolError(f"the engine acknowledges message {sequence}; {self._sent} were sent")
        self._acknowledged = max(self._acknowledged, sequence)
        kept = self._kept
        while kept and kept[0][0] <= sequence:
            self._kept_bytes -= len(kept.popleft()[1])

    def accept(self, sequence: int) -> bool:
        """Whether a message is the next one: False for one seen before; raises GapError when one is missing before it."""
        if sequence == self.received + 1:
            self.received = sequence
            return True
        if sequence > self.received:
            raise GapError(f"message {sequence} came after message {self.received}")
        # Sent again because our acknowledgement was lost: it is due once more.
        self.told = min(self.told, self.received - 1)
        return False

    def message(self, payload: bytes, kind: int = bus_pb2.MESSAGE_KIND_ONE_WAY, correlation: int = 0) -> bytes:
        """The envelope of a new message, which is kept until it is acknowledged."""
        self._sent += 1
        envelope = bus_pb2.Envelope(version=VERSION, acknowledged=self.received)
        message = envelope.messages.add()
        message.sequence = self._sent
        message.payload = payload
        if kind != bus_pb2.MESSAGE_KIND_ONE_WAY:
            message.kind = kind
            message.correlation = correlation
        data = message.SerializeToString()
        self._kept.append((self._sent, data))
        self._kept_bytes += len(data)
        self.told = self.received
        return envelope.SerializeToString()

    def acknowledgement(self) -> bytes:
        """An envelope that says what has arrived and nothing else."""
        self.told = self.received
        return bus_pb2.Envelope(version=VERSION, acknowledged=self.received).SerializeToString()

    def goodbye(self, reason: str) -> bytes:
        """The last envelope."""
        return bus_pb2.Envelope(version=VERSION, acknowledged=self.received, goodbye=bus_pb2.Goodbye(reason=reason)).SerializeToString()

    def _again(self) -> Iterator[bytes]:
        envelope = bus_pb2.Envelope(version=VERSION, acknowledged=self.received)
        size = 0
        for _, data in list(self._kept):
            if size and size + len(data) > MAX_ENVELOPE_BYTES:
                yield envelope.SerializeToString()
                envelope = bus_pb2.Envelope(version=VERSION, acknowledged=self.received)
                size = 0
            envelope.messages.add().ParseFromString(data)
            size += len(data)
        if size:
            yield envelope.SerializeToString()
