"""Wakes the thread that waits in poll: from other threads, and from signals."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterable


class Wake:
    """A pair of sockets, of which one end is polled. ``set`` is cheap when it was set already."""

    def __init__(self) -> None:
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._pending = False

    def fileno(self) -> int:
        """What to poll for reading."""
        return self._read.fileno()

    def set(self) -> None:
        """Wakes the poller. From any thread."""
        if not self._pending:
            self._pending = True
            self._send(b"\0")

    def take(self) -> bytes:
        """Takes the wake-ups; gives the numbers of signals that came. To be called before looking for what others left."""
        try:
            data = self._read.recv(4096)
        except BlockingIOError:
            data = b""
        # Cleared after the read and before the poller looks: a set in between writes again, which costs one empty round.
        self._pending = False
        return data.replace(b"\0", b"")

    def on_signals(self, signals: Iterable[signal.Signals]) -> None:
        """Makes signals wake the poller even while the main thread runs a function. From the main thread."""
        for number in signals:
            # The interpreter writes the number itself, at once. A function that plays with asyncio's signals ends that; then the
            # handler does it, as soon as the main thread comes back to Python.
            signal.signal(number, lambda caught, _: self._send(bytes([caught])))
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def _send(self, data: bytes) -> None:
        try:
            self._write.send(data)
        except BlockingIOError:
            # The buffer is full of wake-ups: the poller will wake.
            pass
