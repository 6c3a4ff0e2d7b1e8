"""An object being read."""

from __future__ import annotations

from typing import Any


class Lease:
    """An object of the store, held for reading. Use it in a ``with`` statement, or close it, or let it go.

    ``view`` is a read-only memoryview of the object's bytes: of shared memory when the store is on this host, of a copy otherwise.
    Whatever is made from the view without a copy (a slice, a NumPy array) may be kept for as long as it is wanted, also after the
    lease or the client is closed: the store keeps the object in place until the lease is closed **and** the last of it is gone.
    So keep only what is needed, or copy it: memory that is leased cannot be used for anything else.

    The one thing that ends a lease early is the loss of the connection to the store; ``valid`` tells. What the view shows then is
    memory that the store may use for other objects; reading it does no harm but says nothing.
    """

    __slots__ = ("id", "codec", "size", "metadata", "_view", "_link")

    def __init__(self, object_id: bytes, codec: str, metadata: dict[str, str], view: memoryview, link: Any = None) -> None:
        #: The object's id, 16 bytes.
        self.id = object_id
        #: What the bytes are: "raw", "json", "array.float64", "pickle5", ...
        self.codec = codec
        #: Bytes of the object.
        self.size: int = view.nbytes
        #: What its maker said about it.
        self.metadata = metadata
        self._view: memoryview | None = view
        self._link = link

    @property
    def view(self) -> memoryview:
        """The bytes; raises ValueError when the lease is closed."""
        if self._view is None:
            raise ValueError(f"the lease of object {self.id.hex()} is closed")
        return self._view

    @property
    def shared(self) -> bool:
        """Whether the bytes are in shared memory, not a copy."""
        return self._link is not None

    @property
    def valid(self) -> bool:
        """Whether the store still holds the bytes in place: False after the connection to it was lost."""
        return self._link is None or self._link.failure is None

    def value(self) -> Any:
        """The value in the object, as a function of the worker would get it; large buffers in it (NumPy arrays) share the memory."""
        from iarnet_worker import values

        return values.decode(self.codec, self.view)

    def array(self, dtype: Any = None) -> Any:
        """The bytes as a read-only NumPy array of one dimension, without a copy.

        dtype: of the elements; None: what the codec says (``array.int32``, ...), bytes for every other codec.
        """
        from iarnet_worker import arrays

        return arrays.numpy_view(self.codec, self.view, dtype)

    def close(self) -> None:
        """Gives the lease back, now or when the last of what was made from the view is gone. Closing twice is harmless."""
        self._view = None

    def __enter__(self) -> "Lease":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._view is None else "shared" if self.shared else "copied"
        return f"<Lease of {self.id.hex()}: {self.codec}, {self.size} bytes, {state}>"
