"""The codec "pickle5": a pickle of protocol 5 and, beside it, the large buffers of the value, where they can be read in place.

    0   u32 magic "IPB5", u16 version 1, u16 zero
    8   u64 bytes of the pickle
    16  u32 count of buffers, u32 zero
    24  u64 bytes of each buffer
        the pickle
        each buffer, from the next multiple of 64 on

Little-endian. Bytes in between are zero.
"""

from __future__ import annotations

import pickle
import struct
from typing import Any

from iarnet_worker.errors import ArgumentError

MAGIC = 0x35425049
VERSION = 1
ALIGNMENT = 64

_HEAD = struct.Struct("<IHHQII")


def pack(stream: bytes, buffers: list[pickle.PickleBuffer]) -> list[Any]:
    """The parts of an object, to be put one after the other; the buffers are among them, not copied."""
    views = [buffer.raw() for buffer in buffers]
    lengths = [view.nbytes for view in views]
    parts: list[Any] = [_HEAD.pack(MAGIC, VERSION, 0, len(stream), len(views), 0), struct.pack(f"<{len(views)}Q", *lengths), stream]
    at = sum(map(len, parts))
    for view, length in zip(views, lengths, strict=True):
        padding = -at % ALIGNMENT
        if padding:
            parts.append(bytes(padding))
        parts.append(view)
        at += padding + length
    return parts


def loads(data: Any) -> Any:
    """The value; its buffers share the memory of data, read-only."""
    view = memoryview(data).toreadonly()
    if view.nbytes < _HEAD.size:
        raise ArgumentError(f"{view.nbytes} bytes are no object of codec 'pickle5'")
    magic, version, _, stream_bytes, count, _ = _HEAD.unpack_from(view)
    if (magic, version) != (MAGIC, VERSION):
        raise ArgumentError(f"an object of codec 'pickle5' begins with {magic:#x} and version {version}; expected {MAGIC:#x} and {VERSION}")
    at = _HEAD.size + 8 * count
    if at + stream_bytes > view.nbytes:
        raise ArgumentError(f"an object of codec 'pickle5' has {view.nbytes} bytes; its header names more")
    lengths = struct.unpack_from(f"<{count}Q", view, _HEAD.size)
    stream = view[at : at + stream_bytes]
    at += stream_bytes
    buffers = []
    for length in lengths:
        at += -at % ALIGNMENT
        if at + length > view.nbytes:
            raise ArgumentError(f"an object of codec 'pickle5' has {view.nbytes} bytes; its header names more")
        buffers.append(view[at : at + length])
        at += length
    return pickle.loads(stream, buffers=buffers)
