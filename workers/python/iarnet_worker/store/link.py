"""One connection to the store's link: calls from any thread, answered in any order, each with a deadline.

There is no thread of its own but while answers are owed to calls that have given up. A call that waits reads the socket when nobody
else does, and hands out the answers of others; so a single thread pays for no hand-over, and calls that wait long (for an object, for
room) stand in nobody's way.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any, NoReturn

from iarnet_worker.store import frames
from iarnet_worker.store.errors import OF_CODE, StoreError, StoreTimeoutError, StoreUnavailableError, of_object

#: Seconds that one system call blocks; then deadlines are looked at.
TICK = 0.25
#: Seconds until a sender looks again whether it has to read itself.
BRIEF = 0.01
RECEIVE_BYTES = 256 * 1024
#: Calls that timed out and may still be answered; a store that owes more than that is given up.
MAX_GIVEN_UP = 1024
MAX_UNLEASE = 1000
#: Linux takes 108 bytes with the zero; a longer path goes over the folder's descriptor.
MAX_PATH_BYTES = 107
#: Buffers of one gathered send; Linux takes 1024.
MAX_GATHERED = 512

_now = time.monotonic
_links: "weakref.WeakSet[Link]" = weakref.WeakSet()


class _Call:
    """A frame that waits for its answer. kind: of the answer; 0 while there is none, -1 when the link broke."""

    __slots__ = ("kind", "body", "given_up", "wake")

    def __init__(self, wake: Any = None) -> None:
        self.kind = 0
        self.body = b""
        self.given_up = False
        if wake is None:
            wake = threading.Lock()
            wake.acquire()
        self.wake = wake

    @property
    def done(self) -> bool:
        return self.kind != 0


class _Calls:
    """Calls of one thread that waits until so many of them have the answer that it hopes for, or all have one."""

    def __init__(self, count: int, needed: int, hoped: int) -> None:
        self.wake = threading.Lock()
        self.wake.acquire()
        self.all = [_Call(self.wake) for _ in range(count)]
        self._needed = needed
        self._hoped = hoped

    @property
    def done(self) -> bool:
        return self.answered(self._hoped) >= self._needed or all(call.kind for call in self.all)

    def answered(self, kind: int) -> int:
        return sum(call.kind == kind for call in self.all)


class _Late:
    """Waits until no answer is owed to a call that has given up."""

    def __init__(self, calls: dict[int, _Call]) -> None:
        self.wake = threading.Lock()
        self._calls = calls

    @property
    def done(self) -> bool:
        return not any(call.given_up for call in list(self._calls.values()))


class Link:
    """Thread-safe. Once broken it stays so: whoever uses it makes another one. The constructor connects and says HELLO."""

    def __init__(self, folder: str, owner: str, deadline: float) -> None:
        self.path = os.path.join(folder, "link")
        self.failure: str | None = None
        self._sending = threading.Lock()
        self._reading = threading.Lock()
        # For the one step in which an answer is handed out or its call given up. Reentrant: the collector may run give_back within it.
        self._handing = threading.RLock()
        self._calls: dict[int, _Call] = {}
        self._last = 0
        self._leases: set[int] = set()
        # Frames that are owed and have no call that would wait: leases to give back, and whole frames.
        self._returned: deque[int] = deque()
        self._owed: deque[bytes] = deque()
        self._closing = False
        self._sweeping = False
        self._buffer = bytearray(RECEIVE_BYTES)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        self._process = os.getpid()
        self._socket = self._connect(folder, deadline)
        _links.add(self)
        try:
            body = self.call(frames.HELLO, [frames.hello(self._process, owner)], frames.WELCOME, deadline)
            self.welcome = self.parse(frames.read_welcome, body)
        except BaseException:
            self.close()
            raise

    def call(self, kind: int, parts: Sequence[Any], expected: int, deadline: float, object_id: bytes | None = None) -> bytes:
        """Sends a frame and gives the body of its answer; raises the StoreError that an ERROR stands for."""
        until = _now() + deadline
        call = _Call()
        number = self._number(call)
        sent = False
        try:
            self._send(kind, number, parts, until)
            sent = True
            if not self._wait(call, until):
                raise StoreTimeoutError(f"the store at {self.path}:{of_object(object_id)} no answer within {deadline:g} s")
        finally:
            if not call.kind:
                self._give_up(call, number, sent)
                self._await_late(MAX_GIVEN_UP)
            self._hand_over()
        return self._answer(call, expected, object_id)

    def call_some(self, kind: int, bodies: Sequence[bytes], expected: int, needed: int, deadline: float) -> list[bytes | None]:
        """Sends many frames and waits until so many have the expected answer, or all have one, or it is time.

        Gives a body for each frame that has the expected answer, None for the others; their answers count as late ones.
        """
        until = _now() + deadline
        calls = _Calls(len(bodies), needed, expected)
        numbers: list[int] = []
        try:
            for body, call in zip(bodies, calls.all, strict=True):
                numbers.append(self._number(call))
                self._send(kind, numbers[-1], [body], until)
            self._wait(calls, until)
        finally:
            for number, call in zip(numbers, calls.all):
                if not call.kind:
                    self._give_up(call, number, sent=True)
            self._await_late(None)
            self._hand_over()
        if self.failure is not None and calls.answered(-1):
            raise StoreUnavailableError(f"the store at {self.path}: {self.failure}")
        return [call.body if call.kind == expected else None for call in calls.all]

    def tell(self, kind: int, parts: Sequence[Any], deadline: float) -> None:
        """Sends a frame that has no answer."""
        self._send(kind, 0, parts, _now() + deadline)

    def taken(self, lease: int) -> None:
        """Notes a lease, which keeps the link open until it is given back."""
        self._leases.add(lease)

    def give_back(self, lease: int) -> None:
        """Ends a lease. Never waits and raises nothing: it runs wherever the last view of an object happens to go."""
        self._leases.discard(lease)
        if self.failure is None:
            self._returned.append(lease)
            self._flush()
            if self._closing and not self._leases:
                self._disconnect(patience=0)

    def close_when_idle(self) -> None:
        """Closes the link once its last lease is given back."""
        self._closing = True
        if not self._leases:
            self.close()

    def parse(self, read: Any, body: bytes) -> Any:
        """What read makes of a body; a store that does not speak the protocol loses the link."""
        try:
            return read(body)
        except frames.FrameError as error:
            self._fail(str(error))
            raise StoreError(f"the store at {self.path}: {error}") from error

    def close(self) -> None:
        """Ends the connection; the store takes back all that was open. Calls that wait fail."""
        self._disconnect(patience=2 * TICK)

    def abandon(self) -> None:
        """For the child of a fork: the connection and its leases are the parent's."""
        self.failure = "the process is the child of a fork"
        self._socket.close()

    def _disconnect(self, patience: float) -> None:
        self._fail("the link was closed")
        # Whoever is in the middle of a system call is out of it now, or soon: its descriptor must not become another file's meanwhile.
        # If it takes longer, the descriptor goes with the last reference to the socket.
        held = [lock for lock in (self._sending, self._reading) if lock.acquire(timeout=patience)]
        if len(held) == 2:
            self._socket.close()
        for lock in held:
            lock.release()

    def _connect(self, folder: str, deadline: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        descriptor = -1
        try:
            path = self.path
            if len(os.fsencode(path)) > MAX_PATH_BYTES:
                descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
                path = f"/proc/self/fd/{descriptor}/link"
            # Not settimeout, which makes two system calls of each.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _seconds(deadline))
            connection.connect(path)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _seconds(TICK))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _seconds(TICK))
            return connection
        except OSError as error:
            connection.close()
            raise StoreUnavailableError(f"the store at {self.path} cannot be reached: {error.strerror or error}") from error
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _wait(self, waiter: Any, until: float) -> bool:
        """Until the waiter is done, reading when nobody else does: False when it is time."""
        while not waiter.done:
            if self._reading.acquire(blocking=False):
                try:
                    if not self._read(waiter, until):
                        return waiter.done
                finally:
                    self._reading.release()
            else:
                # Not longer than a tick: the reader may leave when the one it woke to follow it is still busy sending.
                remaining = until - _now()
                if remaining <= 0:
                    return waiter.done
                waiter.wake.acquire(timeout=min(remaining, TICK))
        return True

    def _hand_over(self) -> None:
        # Whoever read may have been the only reader: another one must take over.
        if self._calls and not self._reading.locked():
            for call in list(self._calls.values()):
                if not call.given_up and not call.kind:
                    _wake(call)
                    return

    def _number(self, call: _Call) -> int:
        with self._handing:
            while True:
                self._last = self._last % 0xFFFFFFFF + 1
                if self._last not in self._calls:
                    self._calls[self._last] = call
                    return self._last

    def _answer(self, call: _Call, expected: int, object_id: bytes | None) -> bytes:
        if call.kind == expected:
            return call.body
        if call.kind < 0:
            raise StoreUnavailableError(f"the store at {self.path}:{of_object(object_id)} {self.failure}")
        if call.kind != frames.ERROR:
            self._fail(f"the store answered with frame {call.kind}; expected {expected}")
            raise StoreError(f"the store at {self.path}: {self.failure}")
        code, message = self.parse(frames.read_error, call.body)
        name, kind = OF_CODE.get(code, (f"error {code}", StoreError))
        raise kind(f"store at {self.path}:{of_object(object_id)} {name}: {message}")

    def _give_up(self, call: _Call, number: int, sent: bool) -> None:
        with self._handing:
            if call.kind:
                return
            if not sent:
                self._calls.pop(number, None)
                return
            call.given_up = True

    def _await_late(self, limit: int | None) -> None:
        # Somebody must read what still comes, and give it back, even if nobody calls any more.
        late = sum(call.given_up for call in list(self._calls.values()))
        if limit is not None and late > limit:
            self._fail(f"{late} calls were not answered in time")
        with self._handing:
            if not late or self._sweeping or self.failure is not None:
                return
            self._sweeping = True
        threading.Thread(target=self._sweep, name="store-link", daemon=True).start()

    def _sweep(self) -> None:
        late = _Late(self._calls)
        while True:
            with self._reading:
                self._read(late, _now() + TICK)
            self._hand_over()
            with self._handing:
                if late.done:
                    self._sweeping = False
                    return

    def _send(self, kind: int, number: int, parts: Sequence[Any], until: float) -> None:
        size = frames.HEAD_BYTES + (len(parts[0]) if len(parts) == 1 else sum(map(len, parts)))
        if size > frames.MAX_FRAME_BYTES:
            raise ValueError(f"a frame of {size} bytes is larger than the {frames.MAX_FRAME_BYTES} that the store takes")
        buffers = [frames.HEADER.pack(size, kind, number), *parts]
        if len(buffers) > MAX_GATHERED:
            buffers = [b"".join(buffers)]
        if not self._sending.acquire(timeout=max(0.0, until - _now())):
            raise StoreTimeoutError(f"the store at {self.path} takes no frames")
        try:
            self._send_all(buffers, size + frames.HEADER.size - frames.HEAD_BYTES, until)
        finally:
            self._sending.release()
        if self._returned or self._owed:
            self._flush()

    def _send_all(self, buffers: list[Any], size: int, until: float) -> None:
        if self.failure is not None:
            raise StoreUnavailableError(f"the store at {self.path}: {self.failure}")
        begun = False
        while True:
            sent = 0
            try:
                sent = self._socket.sendmsg(buffers, (), socket.MSG_DONTWAIT)
            except BlockingIOError:
                remaining = until - _now()
                if remaining <= 0:
                    if begun:
                        self._fail("the store reads no more frames")
                    raise StoreTimeoutError(f"the store at {self.path} takes no frames") from None
                self._make_way(min(remaining, TICK))
            except OSError as error:
                self._broken(f"the link broke: {error.strerror or error}", error)
            except BaseException:
                # An interrupt: whether the frame was sent is not known.
                self._fail("a frame was cut short")
                raise
            if sent == size:
                return
            if sent:
                begun = True
                buffers, size = [b"".join(buffers)[sent:]], size - sent

    def _make_way(self, seconds: float) -> None:
        # A store that cannot send its answers reads no frames: if nobody else reads them, whoever wants to send does.
        if not self._reading.acquire(blocking=False):
            self._poll(select.POLLOUT, min(seconds, BRIEF))
            return
        try:
            if self._poll(select.POLLIN | select.POLLOUT, seconds) & select.POLLIN:
                self._receive(socket.MSG_DONTWAIT)
                self._hand_out()
        finally:
            self._reading.release()

    def _flush(self) -> None:
        # Whoever holds the lock looks for leases to give back after releasing it; so this never has to wait, not even when
        # the collector runs it in a thread that is in the middle of sending.
        while (self._returned or self._owed) and self.failure is None and self._sending.acquire(blocking=False):
            leases: list[int] = []
            frame = b""
            try:
                while self._returned and len(leases) < MAX_UNLEASE:
                    leases.append(self._returned.popleft())
                if leases:
                    frame = frames.one_lease(leases[0]) if len(leases) == 1 else _frame(frames.UNLEASE, 0, frames.unlease(leases))
                elif self._owed:
                    frame = self._owed.popleft()
                sent = self._socket.send(frame, socket.MSG_DONTWAIT)
                if sent < len(frame):
                    self._fail("the store reads no more frames")
            except BlockingIOError:
                # The store does not read now. The next call sends them.
                if leases:
                    self._returned.extendleft(leases)
                else:
                    self._owed.appendleft(frame)
                return
            except OSError as error:
                self._fail(f"the link broke: {error.strerror or error}")
            finally:
                self._sending.release()

    def _read(self, waiter: Any, until: float) -> bool:
        """Reads and hands out answers until the waiter is done: False when it is time."""
        while True:
            if self._end > self._start:
                self._hand_out()
            if waiter.done:
                return True
            remaining = until - _now()
            if remaining <= 0:
                return False
            if self.failure is not None:
                self._fail(self.failure)
                continue
            if remaining >= 2 * TICK or self._poll(select.POLLIN, remaining):
                self._receive(0)

    def _receive(self, flags: int) -> None:
        try:
            count = self._socket.recv_into(self._view[self._end :], 0, flags)
        except BlockingIOError:
            return
        except OSError as error:
            self._fail(f"the link broke: {error.strerror or error}")
            return
        if count == 0:
            self._fail("the store has closed the link")
        self._end += count

    def _poll(self, events: int, seconds: float) -> int:
        poll = select.poll()
        poll.register(self._socket, events)
        return next((found for _, found in poll.poll(seconds * 1000)), 0)

    def _hand_out(self) -> None:
        start, end = self._start, self._end
        while end - start >= frames.HEADER.size:
            length, kind, number = frames.HEADER.unpack_from(self._buffer, start)
            if not frames.HEAD_BYTES <= length <= frames.MAX_FRAME_BYTES:
                self._fail(f"the store sent a frame of {length} bytes")
                return
            stop = start + 4 + length
            if stop > end:
                break
            self._arrived(number, kind, bytes(self._view[start + frames.HEADER.size : stop]))
            start = stop
        if start == end:
            start = end = 0
        elif len(self._buffer) - start < frames.MAX_FRAME_BYTES + 4:
            rest = bytes(self._view[start:end])
            self._buffer[: len(rest)] = rest
            start, end = 0, len(rest)
        self._start, self._end = start, end

    def _arrived(self, number: int, kind: int, body: bytes) -> None:
        with self._handing:
            call = self._calls.pop(number, None)
            late = call is not None and call.given_up
            if call is not None and not late:
                call.body = body
                call.kind = kind
                _wake(call)
        if late:
            self._undo(kind, body)
        elif call is None:
            # An error that is about the link and no call.
            if kind == frames.ERROR:
                self._fail(self.parse(frames.read_error, body)[1])
            else:
                self._fail(f"frame {kind} answers call {number}, which nobody made")

    def _undo(self, kind: int, body: bytes) -> None:
        """Gives back what came after its call had given up."""
        if kind == frames.LEASED:
            self.give_back(self.parse(frames.read_leased, body).lease)
        elif kind == frames.CREATED:
            unheard = _Call()
            unheard.given_up = True
            self._owed.append(_frame(frames.ABORT, self._number(unheard), self.parse(frames.read_created, body).id))
            self._flush()

    def _broken(self, reason: str, error: BaseException) -> NoReturn:
        self._fail(reason)
        raise StoreUnavailableError(f"the store at {self.path}: {reason}") from error

    def _fail(self, reason: str) -> None:
        with self._handing:
            if self.failure is None:
                self.failure = reason
            calls = list(self._calls.values())
            self._calls.clear()
            for call in calls:
                if not call.given_up:
                    call.kind = -1
                    _wake(call)
        self._returned.clear()
        self._owed.clear()
        try:
            # Wakes whoever waits for the socket.
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _frame(kind: int, number: int, body: bytes) -> bytes:
    return frames.HEADER.pack(frames.HEAD_BYTES + len(body), kind, number) + body


def _seconds(seconds: float) -> bytes:
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))


def _wake(call: _Call) -> None:
    try:
        call.wake.release()
    except RuntimeError:
        # Woken already.
        pass


def _after_fork() -> None:
    for link in list(_links):
        link.abandon()


os.register_at_fork(after_in_child=_after_fork)
