"""What can go wrong with the store, as types. All of them are StoreError."""

from __future__ import annotations


class StoreError(Exception):
    """The object store refused, failed, or could not be reached."""


class ObjectNotFoundError(StoreError):
    """No such object: never put, released, expired, or not put within the time to wait for it."""


class StoreFullError(StoreError):
    """No room came up within the time that the store waits for it. Nothing was kept; try again after releasing."""


class ObjectTooLargeError(StoreError):
    """The object is larger than the store takes."""


class OwnerReleasedError(StoreError):
    """The store has released this owner and all that it had; a new client makes it known again."""


class InvalidRequestError(StoreError):
    """The store says that the request breaks its rules."""


class SourceUnavailableError(StoreError):
    """The node whose store has the object cannot be reached."""


class ObjectLostError(StoreError):
    """The object was there and is lost or damaged."""


class QuotaExceededError(StoreError):
    """The owner has as much in the store as it may have."""


class StoreUnavailableError(StoreError):
    """The store cannot be reached, is closing, or went away during the call. The next call tries to reach it again."""


class StoreTimeoutError(StoreError, TimeoutError):
    """The store did not answer in time. Whether the request was carried out is not known."""


#: The codes of ERROR frames, and the names that gRPC has for the same.
OF_CODE: dict[int, tuple[str, type[StoreError]]] = {
    1: ("NOT_FOUND", ObjectNotFoundError),
    2: ("RESOURCE_EXHAUSTED", StoreFullError),
    3: ("OUT_OF_RANGE", ObjectTooLargeError),
    4: ("FAILED_PRECONDITION", OwnerReleasedError),
    5: ("INVALID_ARGUMENT", InvalidRequestError),
    6: ("UNAVAILABLE", StoreUnavailableError),
    7: ("SOURCE_UNAVAILABLE", SourceUnavailableError),
    8: ("DATA_LOSS", ObjectLostError),
    9: ("QUOTA_EXCEEDED", QuotaExceededError),
    10: ("INTERNAL", StoreError),
}

OF_STATUS: dict[str, type[StoreError]] = {name: kind for name, kind in OF_CODE.values()} | {"DEADLINE_EXCEEDED": StoreTimeoutError}


def of_object(object_id: bytes | None) -> str:
    """How messages name an object."""
    return f" object {object_id.hex()}" if object_id is not None else ""
