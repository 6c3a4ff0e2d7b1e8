"""The frames of the store's link: docs/protocol/store-link.md. Bytes in, bytes out."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

MAGIC = 0x314C5349
VERSION = 1
MAX_FRAME_BYTES = 128 * 1024
#: What PUT carries at most; larger objects are written in place.
MAX_INLINE_BYTES = 64 * 1024
#: Name, value, and their number of an object's metadata and codec are u16 texts; the whole frame has its own limit.
MAX_TEXT_BYTES = 0xFFFF
NEW_ID = bytes(16)

HELLO, CREATE, SEAL, ABORT, LEASE, UNLEASE, RELEASE, PUT = range(1, 9)
WELCOME, CREATED, SEALED, DONE, LEASED = range(129, 134)
ERROR = 255

HEADER = struct.Struct("<IBI")
#: What a frame's length counts besides the body: kind and call.
HEAD_BYTES = 5
_HELLO = struct.Struct("<IHHI")
_WELCOME = struct.Struct("<HQQ")
_CREATE = struct.Struct("<16sQI")
_SIZE = struct.Struct("<16sQ")
_LEASE = struct.Struct("<16sI")
_PUT = struct.Struct("<16sI")
_ID = struct.Struct("<16s")
_SEALED = struct.Struct("<16sB")
_EXTENT = struct.Struct("<QQ")
_LEASED = struct.Struct("<QQQ")
_ONE_LEASE = struct.Struct("<IBIIQ")
_SHORT = struct.Struct("<H")
_COUNT = struct.Struct("<I")


class FrameError(Exception):
    """The peer sent what the protocol does not allow."""


class Welcome(NamedTuple):
    pool_bytes: int
    max_object_bytes: int
    source: str


class Extent(NamedTuple):
    id: bytes
    offset: int
    size: int


class Leased(NamedTuple):
    lease: int
    offset: int
    size: int
    codec: str
    metadata: dict[str, str]


def text(value: str) -> bytes:
    data = value.encode()
    if len(data) > MAX_TEXT_BYTES:
        raise ValueError(f"a text has {len(data)} bytes; at most {MAX_TEXT_BYTES} are possible")
    return _SHORT.pack(len(data)) + data


def pairs(metadata: Mapping[str, str] | None) -> bytes:
    if not metadata:
        return b"\0\0"
    return _SHORT.pack(len(metadata)) + b"".join(text(key) + text(value) for key, value in metadata.items())


def hello(process_id: int, owner: str) -> bytes:
    return _HELLO.pack(MAGIC, VERSION, 0, process_id) + text(owner)


def create(object_id: bytes, size: int, milliseconds: int, codec: str, metadata: Mapping[str, str] | None) -> bytes:
    return _CREATE.pack(object_id, size, milliseconds) + text(codec) + pairs(metadata)


def put(object_id: bytes, milliseconds: int, codec: str, metadata: Mapping[str, str] | None) -> bytes:
    """All of PUT but the object's bytes, which follow."""
    return _PUT.pack(object_id, milliseconds) + text(codec) + pairs(metadata)


def seal(object_id: bytes, size: int) -> bytes:
    return _SIZE.pack(object_id, size)


def lease(object_id: bytes, milliseconds: int, source: str) -> bytes:
    return _LEASE.pack(object_id, milliseconds) + text(source)


def unlease(leases: list[int]) -> bytes:
    return _COUNT.pack(len(leases)) + struct.pack(f"<{len(leases)}Q", *leases)


def one_lease(lease_number: int) -> bytes:
    """The whole frame that gives back one lease, which is the most frequent of all."""
    return _ONE_LEASE.pack(_ONE_LEASE.size - 4, UNLEASE, 0, 1, lease_number)


def release(ids: list[bytes]) -> bytes:
    return _COUNT.pack(len(ids)) + b"".join(ids)


def read_welcome(body: bytes) -> Welcome:
    reader = _Reader(body)
    version, pool, largest = reader.take(_WELCOME)
    if version != VERSION:
        raise FrameError(f"the store speaks version {version} of the link; this client speaks {VERSION}")
    return Welcome(pool, largest, reader.text())


def read_created(body: bytes) -> Extent:
    reader = _Reader(body)
    (object_id,) = reader.take(_ID)
    return Extent(object_id, *reader.take(_EXTENT))


def read_sealed(body: bytes) -> tuple[bytes, bool]:
    object_id, existed = _Reader(body).take(_SEALED)
    return object_id, existed != 0


def read_leased(body: bytes) -> Leased:
    reader = _Reader(body)
    number, offset, size = reader.take(_LEASED)
    return Leased(number, offset, size, reader.text(), reader.pairs())


def read_error(body: bytes) -> tuple[int, str]:
    reader = _Reader(body)
    (code,) = reader.take(_SHORT)
    return code, reader.text()



class _Reader:
    __slots__ = ("_body", "_at")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def take(self, form: struct.Struct) -> tuple[Any, ...]:
        try:
            values = form.unpack_from(self._body, self._at)
        except struct.error as error:
            raise FrameError(f"the store sent a frame of {len(self._body)} bytes that ends in the middle of a field") from error
        self._at += form.size
        return values

    def text(self) -> str:
        (length,) = self.take(_SHORT)
        data = self._body[self._at : self._at + length]
        if len(data) != length:
            raise FrameError(f"the store sent a text of {length} bytes in a frame that has {len(data)} left")
        self._at += length
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError as error:
            raise FrameError(f"the store sent a text that is not UTF-8: {error}") from error

    def pairs(self) -> dict[str, str]:
        (count,) = self.take(_SHORT)
        return {self.text(): self.text() for _ in range(count)}
