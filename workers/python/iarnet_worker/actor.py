"""The actor of the component: takes commands, hands calls to executors, gathers their answers into reports.

``received`` and ``collect`` are for the bus' thread alone, ``finish`` and ``store`` for executors. What they share are containers
whose single operations are atomic under the interpreter's lock, so that a call costs no lock of ours.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from iarnet_worker.calls import Call
from iarnet_worker.errors import ArgumentError
from iarnet_worker.executor import Executor
from iarnet_worker.functions import Function
from iarnet_worker.wire import actor_pb2

if TYPE_CHECKING:
    from iarnet_worker.store import StoreClient

#: A report is closed at this size. One more result may follow it, which is at most an inline value or an error's texts.
MAX_REPORT_BYTES = 1024 * 1024
#: Executors rest while this many answers wait to be sent.
MAX_UNSENT = 4096
#: No more commands are read from the bus while this many calls are accepted and not answered.
MAX_ACCEPTED = 100_000


class Actor:
    """State of the actor of one component."""

    def __init__(self, store: "Callable[[], StoreClient]", concurrency: int, notify: Callable[[], None]) -> None:
        """store: gives the client of the object store, made when first needed. notify: called when there is something to collect."""
        self.store = store
        self.functions: dict[int, Function] = {}
        self.work: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.waiting: dict[int, Call] = {}
        self.executors = [Executor(self) for _ in range(concurrency)]
        self._notify = notify
        self._unsent: deque[bytes] = deque()
        self._room = threading.Event()
        self._accepted = 0
        self._reported = 0
        self._draining = False
        self._drained = False

    @property
    def full(self) -> bool:
        """Whether so many calls wait that no more should be read from the bus."""
        return self._accepted - self._reported >= MAX_ACCEPTED

    def received(self, payload: bytes) -> None:
        """Carries out a command; raises DecodeError when the bytes are none."""
        command = actor_pb2.ActorCommand.FromString(payload)
        for load in command.load:
            self._accepted += 1
            function = Function(load)
            self.functions[load.function_number] = function
            self.work.put((function, load))
        # A call that comes after a drain, or waits when it comes, has no answer but "drained": the engine runs it elsewhere.
        if command.invoke and not self._draining:
            self._invoke(command.invoke)
        for call_id in command.cancel:
            self._cancel(call_id)
        if command.drain:
            self._drain()

    def collect(self) -> bytes | None:
        """The next report, None when there is nothing to say.

        A serialized report for each answer, one after the other: protobuf reads that as the one report that holds them all.
        """
        parts: list[bytes] = []
        size = 0
        unsent = self._unsent
        while unsent and size < MAX_REPORT_BYTES:
            part = unsent.popleft()
            parts.append(part)
            size += len(part)
        self._reported += len(parts)
        if parts and not self._room.is_set():
            self._room.set()
        if self._draining and not self._drained and self._accepted == self._reported:
            self._drained = True
            parts.append(actor_pb2.ActorReport(drained=True).SerializeToString())
        return b"".join(parts) if parts else None

    def finish(self, answer: bytes) -> None:
        """Queues the answer to one call or load."""
        self._unsent.append(answer)
        self._notify()
        while len(self._unsent) > MAX_UNSENT:
            # Cleared before looking again, or the room made in between would be missed.
            self._room.clear()
            if len(self._unsent) > MAX_UNSENT:
                self._room.wait(1.0)

    def read(self, value: actor_pb2.Value) -> bytes:
        """The bytes of a value, wherever they are, without decoding them."""
        body = value.WhichOneof("body")
        if body is None:
            raise ArgumentError("the value has neither bytes nor a reference")
        if body == "inline":
            return value.inline
        with self.store().get(value.reference.id, source=value.reference.source) as lease:
            return bytes(lease.view)

    def _invoke(self, invokes: Any) -> None:
        self._accepted += len(invokes)
        arrived = time.perf_counter_ns()
        put = self.work.put
        waiting = self.waiting
        for invoke in invokes:
            call = Call(invoke, arrived)
            waiting[call.id] = call
            put(call)

    def _cancel(self, call_id: int) -> None:
        # Taking it out of the waiting is the claim: whoever does it answers the call, here or in an executor.
        if self.waiting.pop(call_id, None) is not None:
            result = actor_pb2.Result(call_id=call_id, canceled=True)
            self._unsent.append(actor_pb2.ActorReport(results=[result]).SerializeToString())
            return
        for executor in self.executors:
            call = executor.current
            if call is not None and call.id == call_id:
                call.cancelled = True

    def _drain(self) -> None:
        self._draining = True
        for call_id in list(self.waiting):
            # The claim, as for a cancel: what an executor has taken in the meantime is finished and answered.
            if self.waiting.pop(call_id, None) is not None:
                self._accepted -= 1
