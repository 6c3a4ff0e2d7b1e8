"""The store on this host: objects are written and read in its memory, what is where is agreed on over its link."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from iarnet_worker.store import frames
from iarnet_worker.store.errors import ObjectTooLargeError, StoreError, StoreUnavailableError
from iarnet_worker.store.lease import Lease
from iarnet_worker.store.link import Link
from iarnet_worker.store.pool import Pool

MAX_WAIT_MILLISECONDS = 0xFFFFFFFF
#: Objects that one link looks for at the same time; the store lets it wait for 1,024.
MOST_AT_ONCE = 1000
#: Seconds that some of very many objects are waited for, before it is the turn of others.
SLICE = 0.1
PATIENCE = 5.0
PROBE = "probe"
MAX_PROBE_BYTES = 4096

_all: "weakref.WeakSet[SharedStore]" = weakref.WeakSet()


class Stored(NamedTuple):
    """An object that was put."""

    #: 16 bytes.
    id: bytes
    #: The store that has it; ``(id, source)`` is a reference.
    source: str
    #: Its bytes.
    size: int
    #: An object with this id was there already; the bytes just put were dropped.
    existed: bool


class _Connection(NamedTuple):
    link: Link
    pool: Pool


def is_folder_of(folder: str, probe: str) -> bool:
    """Whether a folder is the segment folder of the store that says this probe."""
    if not folder or not probe:
        return False
    try:
        with open(os.path.join(folder, PROBE), encoding="utf-8") as file:
            return file.read(MAX_PROBE_BYTES).strip() == probe
    except (OSError, UnicodeDecodeError):
        return False


class SharedStore:
    """Thread-safe. Connects again, once for each call, when the connection is lost."""

    def __init__(self, folder: str, owner: str, deadline: float, connect_deadline: float) -> None:
        self._folder = folder
        self._owner = owner
        self._deadline = deadline
        self._connect_deadline = connect_deadline
        self._lock = threading.Lock()
        self._connection: _Connection | None = None
        self._closed = False
        self._waits: set[Link] = set()
        self.source = self._connected().link.welcome.source
        _all.add(self)

    def get(self, object_id: bytes, wait: float, source: str) -> Lease:
        milliseconds = min(int(wait * 1000 + 0.999), MAX_WAIT_MILLISECONDS)
        body = frames.lease(object_id, milliseconds, "" if source == self.source else source)
        # A lease that was never heard of ended with its connection: asking again is safe.
        for again in (True, False):
            link, pool = self._connected()
            try:
                answer = link.call(frames.LEASE, [body], frames.LEASED, wait + self._deadline, object_id)
                break
            except StoreUnavailableError:
                if not again or link.failure is None:
                    raise
        leased = link.parse(frames.read_leased, answer)
        link.taken(leased.lease)
        try:
            view = pool.view(leased.offset, leased.size, partial(link.give_back, leased.lease))
        except StoreError:
            link.give_back(leased.lease)
            raise
        return Lease(object_id, leased.codec, leased.metadata, view, link)

    def put(
        self, parts: Sequence[Any], size: int, codec: str, object_id: bytes, seconds: float, metadata: Mapping[str, str] | None
    ) -> Stored:
        milliseconds = max(1, min(int(seconds * 1000), MAX_WAIT_MILLISECONDS)) if seconds > 0 else 0
        link, pool = self._connected()
        if size > link.welcome.max_object_bytes:
            raise ObjectTooLargeError(f"the object has {size} bytes; the store at {link.path} takes {link.welcome.max_object_bytes}")
        if size <= frames.MAX_INLINE_BYTES:
            head = frames.put(object_id, milliseconds, codec, metadata)
            if frames.HEAD_BYTES + len(head) + size <= frames.MAX_FRAME_BYTES:
                answer = link.call(frames.PUT, [head, *parts], frames.SEALED, self._deadline, object_id if any(object_id) else None)
                return self._sealed(link, answer, size)
        answer = link.call(
            frames.CREATE, [frames.create(object_id, size, milliseconds, codec, metadata)], frames.CREATED, self._deadline
        )
        made = link.parse(frames.read_created, answer)
        try:
            if size > made.size:
                raise StoreError(f"the store at {link.path} gave {made.size} bytes for an object of {size}")
            pool.write(made.offset, size, parts)
            return self._sealed(link, link.call(frames.SEAL, [frames.seal(made.id, size)], frames.SEALED, self._deadline, made.id), size)
        except BaseException:
            try:
                link.call(frames.ABORT, [made.id], frames.DONE, self._deadline)
            except StoreError:
                # The first error is the one to tell; the store reclaims the rest with the connection.
                pass
            raise

    def present(self, ids: list[bytes], needed: int, wait: float) -> set[bytes]:
        until = time.monotonic() + wait
        link, _ = self._connected()
        found: set[bytes] = set()
        for at in range(0, len(ids), MOST_AT_ONCE):
            found |= self._look(link, ids[at : at + MOST_AT_ONCE], MOST_AT_ONCE, 0.0)
        if len(found) >= needed or wait <= 0:
            return found
        # A wait cannot be called off but by closing its link, and the store keeps only so many for each: these have one of their own.
        waiting = Link(self._folder, self._owner, self._connect_deadline)
        self._waits.add(waiting)
        try:
            self._check_open()
            while (remaining := until - time.monotonic()) > 0 and len(found) < needed:
                absent = [one for one in ids if one not in found]
                now, ids = absent[:MOST_AT_ONCE], absent[MOST_AT_ONCE:] + absent[:MOST_AT_ONCE]
                some = len(absent) > MOST_AT_ONCE and needed - len(found) < len(absent)
                found |= self._look(waiting, now, needed - len(found), min(remaining, SLICE) if some else remaining)
        finally:
            self._waits.discard(waiting)
            waiting.close()
        return found

    def _look(self, link: Link, ids: list[bytes], needed: int, wait: float) -> set[bytes]:
        milliseconds = min(int(wait * 1000 + 0.999), MAX_WAIT_MILLISECONDS)
        bodies = [frames.lease(one, milliseconds, "") for one in ids]
        # The store answers all of them when the time is over: a little patience more makes them all arrive.
        answers = link.call_some(frames.LEASE, bodies, frames.LEASED, needed, wait + min(self._deadline, PATIENCE))
        for answer in answers:
            if answer is not None:
                link.give_back(link.parse(frames.read_leased, answer).lease)
        return {one for one, answer in zip(ids, answers, strict=True) if answer is not None}

    def release(self, ids: list[bytes]) -> None:
        link, _ = self._connected()
        for at in range(0, len(ids), frames.MAX_INLINE_BYTES // 16):
            link.tell(frames.RELEASE, [frames.release(ids[at : at + frames.MAX_INLINE_BYTES // 16])], self._deadline)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            connection, self._connection = self._connection, None
        for waiting in list(self._waits):
            waiting.close()
        if connection is not None:
            connection.link.close_when_idle()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailableError(f"the client of the store at {self._folder} is closed")

    def _sealed(self, link: Link, answer: bytes, size: int) -> Stored:
        object_id, existed = link.parse(frames.read_sealed, answer)
        return Stored(object_id, self.source, size, existed)

    def _connected(self) -> _Connection:
        connection = self._connection
        if connection is not None and connection.link.failure is None:
            return connection
        with self._lock:
            self._check_open()
            connection = self._connection
            if connection is None or connection.link.failure is not None:
                if connection is not None:
                    connection.link.close()
                    self._connection = None
                link = Link(self._folder, self._owner, self._connect_deadline)
                try:
                    # A store that came back has another pool; views of the old one keep theirs.
                    pool = Pool(os.path.join(self._folder, "pool"), link.welcome.pool_bytes)
                except BaseException:
                    link.close()
                    raise
                connection = self._connection = _Connection(link, pool)
                self.source = link.welcome.source
            return connection

    def _forked(self) -> None:
        # The lock may have been held by a thread that the child does not have.
        self._lock = threading.Lock()


def _after_fork() -> None:
    for store in list(_all):
        store._forked()


os.register_at_fork(after_in_child=_after_fork)
