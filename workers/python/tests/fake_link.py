"""The store's link for one folder: a pool in a file, objects by id, leases by connection, and what was called."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from typing import Any

from iarnet_worker.store import frames

POOL_BYTES = 32 * 1024 * 1024
MAX_OBJECT_BYTES = 256 * 1024 * 1024
NAMES = {1: "HELLO", 2: "CREATE", 3: "SEAL", 4: "ABORT", 5: "LEASE", 6: "UNLEASE", 7: "RELEASE", 8: "PUT"}
NOT_FOUND, FULL, INVALID = 1, 2, 5


class Stored:
    def __init__(self, codec: str, offset: int, size: int, metadata: dict[str, str]) -> None:
        self.codec, self.offset, self.size, self.metadata = codec, offset, size, metadata


class FakeLink:
    """Serves ``link`` and ``pool`` in a folder. Use as a context manager; may be left and entered again, which loses everything."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.path = os.path.join(folder, "link")
        #: The answers of frames whose name is in here are held until they are let go.
        self.silent: set[str] = set()
        self.held: list[Any] = []
        self.lie_about_offset = 0
        self.calls: list[str] = []
        self.owners: set[str] = set()
        self.changed = threading.Condition()

    def __enter__(self) -> "FakeLink":
        self.objects: dict[bytes, Stored] = {}
        self.leases: dict[int, bytes] = {}
        self.unfinished: dict[bytes, Stored] = {}
        self.released: list[bytes] = []
        self.next_offset = 4096 + 64
        self.next_lease = 0
        os.makedirs(self.folder, exist_ok=True)
        self.pool = open(os.path.join(self.folder, "pool"), "w+b")
        self.pool.truncate(POOL_BYTES)
        self.connections: list[socket.socket] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        os.unlink(self.path)
        os.unlink(self.pool.name)
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
        self.pool.close()

    def cut(self) -> None:
        """Closes every connection."""
        with self.changed:
            connections, self.connections = self.connections, []
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The client was faster.
                pass

    def let_go(self) -> None:
        """Sends all answers that are held."""
        self.silent.clear()
        while self.held:
            self.held.pop(0)()

    def until(self, condition: Any, what: str) -> None:
        with self.changed:
            if not self.changed.wait_for(condition, 10):
                raise AssertionError(f"waited 10 s for {what}; calls: {self.calls}, leases: {self.leases}")

    def add(self, object_id: bytes, codec: str, data: bytes, metadata: dict[str, str] | None = None) -> None:
        with self.changed:
            offset = self._room(len(data))
            assert offset is not None
            os.pwrite(self.pool.fileno(), data, offset)
            self.objects[object_id] = Stored(codec, offset, len(data), metadata or {})
            self.changed.notify_all()

    def bytes_of(self, object_id: bytes) -> tuple[str, bytes]:
        stored = self.objects[object_id]
        return stored.codec, os.pread(self.pool.fileno(), stored.size, stored.offset)

    def _room(self, size: int) -> int | None:
        offset = self.next_offset
        if offset + size > POOL_BYTES:
            return None
        self.next_offset = -(-(offset + size) // 64) * 64
        return offset

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self.changed:
                self.connections.append(connection)
            threading.Thread(target=_Served(self, connection).run, daemon=True).start()


class _Served:
    def __init__(self, store: FakeLink, connection: socket.socket) -> None:
        self.store = store
        self.connection = connection
        self.sending = threading.Lock()
        self.leases: set[int] = set()
        self.unfinished: set[bytes] = set()
        self.waits = threading.Lock()
        self.waiting: list[tuple[int, bytes, float]] = []
        self.looking = False
        self.gone = False

    def run(self) -> None:
        store = self.store
        try:
            with self.connection.makefile("rb") as stream:
                while len(head := stream.read(9)) == 9:
                    length, kind, number = frames.HEADER.unpack(head)
                    assert length <= frames.MAX_FRAME_BYTES
                    body = stream.read(length - 5)
                    with store.changed:
                        store.calls.append(NAMES[kind])
                        store.changed.notify_all()
                    getattr(self, NAMES[kind])(number, body)
        except OSError:
            pass
        finally:
            with store.changed:
                self.gone = True
                for lease in self.leases:
                    store.leases.pop(lease, None)
                for one in self.unfinished:
                    store.unfinished.pop(one, None)
                if self.connection in store.connections:
                    store.connections.remove(self.connection)
                store.changed.notify_all()
            self.connection.close()

    def send(self, kind: int, number: int, body: bytes, name: str) -> None:
        with self.store.changed:
            if name in self.store.silent:
                self.store.held.append(lambda: self.send(kind, number, body, ""))
                self.store.changed.notify_all()
                return
        with self.sending:
            try:
                self.connection.sendall(frames.HEADER.pack(5 + len(body), kind, number) + body)
            except OSError:
                pass

    def error(self, number: int, code: int, text: str, name: str) -> None:
        self.send(frames.ERROR, number, struct.pack("<H", code) + frames.text(text), name)

    def HELLO(self, number: int, body: bytes) -> None:
        magic, version, flags, pid, length = struct.unpack_from("<IHHIH", body)
        assert (magic, version, flags, len(body)) == (frames.MAGIC, 1, 0, 14 + length)
        self.store.owners.add(body[14:].decode())
        self.send(frames.WELCOME, number, struct.pack("<HQQ", 1, POOL_BYTES, MAX_OBJECT_BYTES) + frames.text("node-1") + frames.text(""), "HELLO")

    def CREATE(self, number: int, body: bytes) -> None:
        reader = frames._Reader(body)
        object_id, size, _ = reader.take(frames._CREATE)
        codec, metadata = reader.text(), reader.pairs()
        store = self.store
        with store.changed:
            offset = store._room(size)
            if offset is not None:
                object_id = object_id if any(object_id) else os.urandom(16)
                store.unfinished[object_id] = Stored(codec, offset, size, metadata)
                self.unfinished.add(object_id)
        if offset is None:
            return self.error(number, FULL, "the store is full", "CREATE")
        self.send(frames.CREATED, number, struct.pack("<16sQQ", object_id, offset + store.lie_about_offset, size), "CREATE")

    def SEAL(self, number: int, body: bytes) -> None:
        object_id, size = struct.unpack("<16sQ", body)
        store = self.store
        with store.changed:
            stored = store.unfinished.pop(object_id)
            self.unfinished.discard(object_id)
            stored.size = size
            existed = object_id in store.objects
            store.objects.setdefault(object_id, stored)
            store.changed.notify_all()
        self.send(frames.SEALED, number, object_id + bytes([existed]), "SEAL")

    def ABORT(self, number: int, body: bytes) -> None:
        with self.store.changed:
            known = self.store.unfinished.pop(body, None)
            self.unfinished.discard(body)
            self.store.changed.notify_all()
        if known is None:
            return self.error(number, NOT_FOUND, "no such unfinished object", "ABORT")
        self.send(frames.DONE, number, b"", "ABORT")

    def LEASE(self, number: int, body: bytes) -> None:
        object_id, milliseconds = struct.unpack_from("<16sI", body)
        until = time.monotonic() + milliseconds / 1000
        if not self.lease(number, object_id, until):
            with self.waits:
                self.waiting.append((number, object_id, until))
                if len(self.waiting) == 1 and not self.looking:
                    self.looking = True
                    threading.Thread(target=self.look, daemon=True).start()

    def look(self) -> None:
        """One thread for all that this connection waits for."""
        while not self.gone:
            with self.waits:
                waiting, self.waiting = self.waiting, []
            again = [one for one in waiting if not self.lease(*one)]
            with self.waits:
                self.waiting += again
            time.sleep(0.005)

    def lease(self, number: int, object_id: bytes, until: float) -> bool:
        """Whether the call is answered."""
        store = self.store
        with store.changed:
            stored = store.objects.get(object_id)
            if (stored is None and time.monotonic() < until) or self.gone:
                return False
            if stored is not None:
                store.next_lease += 1
                lease = store.next_lease
                store.leases[lease] = object_id
                self.leases.add(lease)
        if stored is None:
            self.error(number, NOT_FOUND, "no such object", "LEASE")
            return True
        offset = stored.offset + store.lie_about_offset
        body = struct.pack("<QQQ", lease, offset, stored.size) + frames.text(stored.codec) + frames.pairs(stored.metadata)
        self.send(frames.LEASED, number, body, "LEASE")
        return True

    def UNLEASE(self, _: int, body: bytes) -> None:
        (count,) = struct.unpack_from("<I", body)
        with self.store.changed:
            for lease in struct.unpack_from(f"<{count}Q", body, 4):
                assert lease in self.leases, f"lease {lease} is not this connection's"
                self.leases.discard(lease)
                del self.store.leases[lease]
            self.store.changed.notify_all()

    def RELEASE(self, _: int, body: bytes) -> None:
        with self.store.changed:
            for at in range(4, len(body), 16):
                self.store.released.append(body[at : at + 16])
                self.store.objects.pop(body[at : at + 16], None)
            self.store.changed.notify_all()

    def PUT(self, number: int, body: bytes) -> None:
        reader = frames._Reader(body)
        object_id, _ = reader.take(frames._PUT)
        codec, metadata = reader.text(), reader.pairs()
        data = body[reader._at :]
        if len(data) > frames.MAX_INLINE_BYTES:
            return self.error(number, INVALID, "too much for one frame", "PUT")
        object_id = object_id if any(object_id) else os.urandom(16)
        existed = object_id in self.store.objects
        if not existed:
            self.store.add(object_id, codec, data, metadata)
        self.send(frames.SEALED, number, object_id + bytes([existed]), "PUT")
