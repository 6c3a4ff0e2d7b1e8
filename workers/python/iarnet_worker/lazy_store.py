"""The object store on demand."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iarnet_worker.store import StoreClient


class LazyStore:
    """Makes the client when a reference first appears; most components of small values never need one. Thread-safe."""

    def __init__(self, address: str, owner: str, folder: str | None) -> None:
        self._address = address
        self._folder = folder
        self._owner = owner
        self._lock = threading.Lock()
        self._client: StoreClient | None = None

    def __call__(self) -> StoreClient:
        """The client. A failure is not kept: the next call tries again."""
        client = self._client
        if client is None:
            with self._lock:
                client = self._client
                if client is None:
                    # Takes long to import, above all where grpcio is needed, and most components start without needing it.
                    from iarnet_worker.store import StoreClient

                    client = self._client = StoreClient(self._address, self._owner, folder=self._folder)
        return client
