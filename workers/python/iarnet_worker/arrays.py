"""Arrays of C# and Node.js: one dimension, one primitive type, little-endian; NumPy reads them where they lie."""

from __future__ import annotations

import sys
from typing import Any

#: The element types of the codecs "array.<dtype>"; "uint8" is "raw".
DTYPES = ("bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64")
PREFIX = "array."
BYTES = "uint8"


class PlainArray:
    """Return this from a function, or put it, so that C# reads a NumPy array as ``T[]`` and Node.js as a typed array::

        def squares(n: int):
            return PlainArray(np.arange(n, dtype=np.float64) ** 2)

    value: a NumPy array of one dimension with a plain dtype (``bool``, integers, floats up to 64 bits; ``uint8`` becomes ``byte[]``), or
    anything that ``numpy.asarray`` makes one of. Without this wrapper a NumPy array is pickled, which keeps its shape and everything
    else for Python, and means nothing to others. Elements that are not contiguous, or big-endian, are copied in order.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        import numpy

        array = numpy.asarray(value)
        if array.ndim != 1:
            raise ValueError(f"an array of {array.ndim} dimensions cannot be plain: flatten it with .ravel(), and say its shape beside it")
        if array.dtype.name not in DTYPES and array.dtype.name != BYTES:
            raise ValueError(f"an array of {array.dtype.name} cannot be plain; expected {', '.join(DTYPES)} or {BYTES}")
        #: The array, contiguous and little-endian.
        self.value = numpy.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))

    @property
    def codec(self) -> str:
        """The codec's name."""
        name = self.value.dtype.name
        return "raw" if name == BYTES else PREFIX + name


def numpy_view(codec: str, data: Any, dtype: Any = None) -> Any:
    """A read-only NumPy array of one dimension over the bytes, not a copy."""
    import numpy

    if dtype is None:
        name = codec.removeprefix(PREFIX) if codec.startswith(PREFIX) else BYTES
        if codec.startswith(PREFIX) and name not in DTYPES:
            raise ValueError(f"codec '{codec}' names no element type that is known; expected {', '.join(DTYPES)}")
        dtype = numpy.dtype(name).newbyteorder("<" if sys.byteorder == "big" else "=")
    array = numpy.frombuffer(memoryview(data).toreadonly(), dtype) if len(data) else numpy.empty(0, dtype)
    array.flags.writeable = False
    return array
