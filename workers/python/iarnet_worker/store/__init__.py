"""The object store, for functions and for programs of their own::

    from iarnet_worker.store import StoreClient

    with StoreClient("unix:///run/user/1000/iarnet/node-1/store", owner="my-program") as store:
        put = store.put(b"bytes", metadata={"kind": "greeting"})
        with store.get(put.id) as lease:
            print(bytes(lease.view))

        numbers = np.frombuffer(store.get(other).view, np.int32)  # an int[] of C#, in place
        result = store.put_value({"table": table})                # NumPy arrays in it are copied once, into shared memory
        table = store.get_value(result.id)["table"]               # and read without a copy
"""

from iarnet_worker.store.client import StoreClient
from iarnet_worker.store.errors import (
    InvalidRequestError,
    ObjectLostError,
    ObjectNotFoundError,
    ObjectTooLargeError,
    OwnerReleasedError,
    QuotaExceededError,
    SourceUnavailableError,
    StoreError,
    StoreFullError,
    StoreTimeoutError,
    StoreUnavailableError,
)
from iarnet_worker.store.lease import Lease
from iarnet_worker.store.shared import Stored

__all__ = [
    "InvalidRequestError",
    "Lease",
    "ObjectLostError",
    "ObjectNotFoundError",
    "ObjectTooLargeError",
    "OwnerReleasedError",
    "QuotaExceededError",
    "SourceUnavailableError",
    "StoreClient",
    "Stored",
    "StoreError",
    "StoreFullError",
    "StoreTimeoutError",
    "StoreUnavailableError",
]
