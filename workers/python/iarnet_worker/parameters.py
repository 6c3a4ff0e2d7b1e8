"""What a function's annotations say about how its arguments are read: in place where they ask for memory."""

from __future__ import annotations

import re
import sys
import typing
from collections.abc import Callable
from typing import Any

from iarnet_worker import arrays, values

_NUMPY_TEXT = re.compile(r"(np\.|numpy\.|npt\.|numpy\.typing\.)?(ndarray|NDArray)(\[.*\])?")

Reader = Callable[[str, Any], Any]


def readers(function: Callable[..., Any]) -> tuple[Reader, ...] | None:
    """How each positional argument is read; None when all of them are read as usual, which is to own their memory.

    A parameter that is annotated as a ``numpy.ndarray`` (or ``numpy.typing.NDArray``) gets a C# array or ``byte[]`` as an array over
    the store's memory, one that is annotated as a ``memoryview`` gets the bytes. Both are read-only; the object stays where it is for
    as long as they are kept.
    """
    code = getattr(function, "__code__", None)
    hints = getattr(function, "__annotations__", None)
    if code is None or not hints:
        return None
    found = tuple(_reader(hints.get(name)) for name in code.co_varnames[: code.co_argcount])
    return found if any(reader is not values.decode for reader in found) else None


def _reader(annotation: Any) -> Reader:
    if isinstance(annotation, str):
        # Not evaluated: the names in it need not have travelled with the function.
        if annotation == "memoryview":
            return _memory
        return _array if _NUMPY_TEXT.fullmatch(annotation) else values.decode
    kind = typing.get_origin(annotation) or annotation
    if kind is memoryview:
        return _memory
    # A function that names NumPy's type has imported it.
    numpy = sys.modules.get("numpy")
    return _array if numpy is not None and kind is numpy.ndarray else values.decode


def _memory(codec: str, data: Any) -> memoryview:
    return memoryview(data).toreadonly()


def _array(codec: str, data: Any) -> Any:
    return arrays.numpy_view(codec, data) if codec == values.RAW or codec.startswith(arrays.PREFIX) else values.decode(codec, data)
