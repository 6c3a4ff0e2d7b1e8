"""One ZeroMQ connection to the engine. After a loss a new socket is made: what waited in the old one must not overtake Ready."""

from __future__ import annotations

import zmq
from zmq.utils.monitor import recv_monitor_message

#: Largest message that is taken: 64 MiB of payload, as the engine's limit, and what is around it.
MAX_MESSAGE_BYTES = 80 * 1024 * 1024
LINGER_MS = 500

_LOST = (
    zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)


class Connection:
    """A DEALER that connects at once and goes on trying; it counts as lost when an established connection ends."""

    def __init__(self, context: zmq.Context, endpoint: str, identity: str) -> None:
        self.socket = context.socket(zmq.DEALER)
        self.socket.identity = identity.encode()
        self.socket.linger = LINGER_MS
        self.socket.maxmsgsize = MAX_MESSAGE_BYTES
        # Bounded by what the link keeps unacknowledged, not by a count of messages.
        self.socket.sndhwm = 0
        self.socket.rcvhwm = 1000
        self.socket.reconnect_ivl = 50
        self.socket.reconnect_ivl_max = 1000
        self.socket.heartbeat_ivl = 5_000
        self.socket.heartbeat_timeout = 10_000
        if endpoint.startswith("tcp://["):
            self.socket.ipv6 = True
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | _LOST)
        self.established = False
        self.lost = False
        self._polled: bool | None = None
        self.socket.connect(endpoint)

    def poll(self, poller: zmq.Poller, reading: bool) -> None:
        """Puts what the connection waits for into the poller."""
        if reading == self._polled:
            return
        if self._polled is None:
            poller.register(self.monitor, zmq.POLLIN)
        if reading:
            poller.register(self.socket, zmq.POLLIN)
        elif self._polled:
            poller.unregister(self.socket)
        self._polled = reading

    def forget(self, poller: zmq.Poller) -> None:
        """Takes the connection out of the poller."""
        if self._polled is not None:
            poller.unregister(self.monitor)
        if self._polled:
            poller.unregister(self.socket)
        self._polled = None

    def observe(self) -> None:
        """Takes what libzmq reports about the connection."""
        while True:
            try:
                event = recv_monitor_message(self.monitor, zmq.NOBLOCK)["event"]
            except zmq.Again:
                return
            if event & zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.established = True
            elif event & _LOST:
                self.lost = True

    def close(self, linger_ms: int) -> None:
        """Ends the connection; what is queued may leave for so long."""
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(linger_ms)
