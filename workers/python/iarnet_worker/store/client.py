"""The client of a node's object store: over shared memory when the store is on this host, over gRPC otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iarnet_worker.store.errors import StoreError
from iarnet_worker.store.frames import NEW_ID
from iarnet_worker.store.lease import Lease
from iarnet_worker.store.pool import flat
from iarnet_worker.store.shared import SharedStore, Stored, is_folder_of

#: Seconds for one exchange with the store; a transfer in chunks has so long for all of them.
DEADLINE = 30.0
#: Seconds for the first exchange, which also connects: the store of a node runs before its components do.
HELLO_DEADLINE = 5.0
SEGMENT_FOLDER = "IARNET_SEGMENT_FOLDER"


class StoreClient:
    """Puts and gets objects. Thread-safe. The constructor speaks with the store and raises StoreUnavailableError when it cannot.

    address: of the store's gRPC service, "unix:///path" or "http://host:port"; None: only shared memory, in ``folder``.
    owner: 1 to 128 characters; what is put belongs to it. Objects are gone when their owner has released them, or is itself released.
    folder: the store's segment folder as this process sees it. None: the environment variable IARNET_SEGMENT_FOLDER when it is that
    store's, or else the folder that the store names. When the folder cannot be used, bytes travel over gRPC.
    deadline: seconds for each exchange with the store, besides the time that a call is asked to wait.
    """

    def __init__(self, address: str | None, owner: str, *, folder: str | None = None, deadline: float = DEADLINE) -> None:
        if not address and not folder:
            raise ValueError("a store is found by its address or by its segment folder: give one of them")
        self._address = address
        self._owner = owner
        self._deadline = deadline
        self._store = self._open(folder)

    @property
    def source(self) -> str:
        """The name of the store; ``(id, source)`` is a reference."""
        return self._store.source

    @property
    def shared(self) -> bool:
        """Whether objects are read and written in shared memory."""
        return isinstance(self._store, SharedStore)

    def get(self, object_id: bytes, *, wait: float = 0.0, source: str = "") -> Lease:
        """Leases an object for reading: see Lease for how long its bytes stay.

        wait: seconds to wait for an object that is not there yet. source: the store that has it; empty: this one.
        Raises ObjectNotFoundError when it is not there, or does not come in time.
        """
        return self._store.get(_checked(object_id), max(0.0, wait), source)

    def put(
        self,
        data: Any,
        codec: str = "raw",
        *,
        object_id: bytes | None = None,
        time_to_live: float = 0.0,
        metadata: Mapping[str, str] | None = None,
    ) -> Stored:
        """Puts an object: any contiguous buffer, or a list or tuple of buffers that are put one after the other without being joined.

        The bytes are copied once, into shared memory; the buffers are the caller's again when this returns.
        object_id: 16 bytes; None: the store makes one. time_to_live: seconds; 0: until it is released. metadata: texts that come back
        with the object. Raises StoreFullError, ObjectTooLargeError, QuotaExceededError when the store does not take it.
        """
        parts = [flat(part) for part in data] if isinstance(data, (list, tuple)) else [flat(data)]
        size = sum(part.nbytes for part in parts)
        return self._store.put(parts, size, codec, _checked(object_id) if object_id is not None else NEW_ID, time_to_live, metadata)

    def put_value(
        self, value: Any, *, object_id: bytes | None = None, time_to_live: float = 0.0, metadata: Mapping[str, str] | None = None
    ) -> Stored:
        """Puts a value with the codec that a function's result of that value gets. Large buffers in it are copied once."""
        from iarnet_worker import values

        codec, data = values.encode(value)
        return self.put(data, codec, object_id=object_id, time_to_live=time_to_live, metadata=metadata)

    def get_value(self, object_id: bytes, *, wait: float = 0.0, source: str = "") -> Any:
        """The value in an object. NumPy arrays in it are read-only and share the store's memory; their last one ends the lease."""
        with self.get(object_id, wait=wait, source=source) as lease:
            return lease.value()

    def wait(self, ids: Sequence[bytes], *, count: int | None = None, timeout: float = DEADLINE) -> tuple[list[bytes], list[bytes]]:
        """Waits until so many of the objects are there, at most for timeout seconds; gives those that are and those that are not.

        count: how many; None: all of them. Raises nothing when the time is over: what is there by then is the answer.
        """
        unique = list(dict.fromkeys(_checked(one) for one in ids))
        needed = len(unique) if count is None else max(0, min(count, len(unique)))
        present = self._store.present(unique, needed, max(0.0, timeout))
        return [one for one in ids if one in present], [one for one in ids if one not in present]

    def release(self, ids: bytes | Iterable[bytes]) -> None:
        """Gives up one reference of this owner to each object. An object without references is gone."""
        self._store.release([_checked(one) for one in ([ids] if isinstance(ids, bytes) else ids)])

    def close(self) -> None:
        """Closes the connection. What is still held of leased objects stays readable: the connection lasts until the last of it is gone."""
        self._store.close()

    def __enter__(self) -> "StoreClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, folder: str | None) -> Any:
        if folder:
            try:
                return SharedStore(folder, self._owner, self._deadline, min(self._deadline, HELLO_DEADLINE))
            except StoreError:
                if not self._address:
                    raise
        from iarnet_worker.store.remote import RemoteStore

        assert self._address
        remote = RemoteStore(self._address, self._owner, self._deadline, HELLO_DEADLINE)
        # The folder may be mounted under another path than the store's own; that it is the same one is what the probe says.
        for candidate in (os.environ.get(SEGMENT_FOLDER, ""), remote.hello.segment_folder):
            if is_folder_of(candidate, remote.hello.probe):
                try:
                    shared = SharedStore(candidate, self._owner, self._deadline, min(self._deadline, HELLO_DEADLINE))
                except StoreError:
                    continue
                remote.close()
                return shared
        return remote


def _checked(object_id: bytes) -> bytes:
    if len(object_id) != 16:
        raise ValueError(f"an object id has 16 bytes; this one has {len(object_id)}")
    return bytes(object_id)
