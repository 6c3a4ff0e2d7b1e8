"""The store's shared memory as files of its segment folder."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager

from iarnet_worker.errors import StoreError
from iarnet_worker.wire import store_pb2

PROBE = "probe"
MAX_PROBE_BYTES = 4096


def is_same_host(folder: str, probe: str) -> bool:
    """Whether the folder of segments that the store names is the one of this machine: its probe file says the same."""
    if not folder or not probe:
        return False
    try:
        with open(os.path.join(folder, PROBE), encoding="utf-8") as file:
            return file.read(MAX_PROBE_BYTES).strip() == probe
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def mapped(folder: str, location: store_pb2.Location) -> Iterator[memoryview]:
    """The bytes at a location, readable until the block ends."""
    descriptor = _open(folder, location, os.O_RDONLY)
    try:
        if location.size == 0:
            yield memoryview(b"")
            return
        # A mapping starts at a page; the object need not.
        before = location.offset % mmap.ALLOCATIONGRANULARITY
        with mmap.mmap(descriptor, location.size + before, access=mmap.ACCESS_READ, offset=location.offset - before) as mapping:
            with memoryview(mapping) as whole, whole[before:] as view:
                yield view
    finally:
        os.close(descriptor)


def write(folder: str, location: store_pb2.Location, data: bytes) -> None:
    """Writes an unfinished object.

    By pwrite, not through a mapping: on a full shared memory that is an error here and not a signal that kills the component.
    """
    if len(data) > location.size:
        raise StoreError(f"the store gave {location.size} bytes for an object of {len(data)}")
    descriptor = _open(folder, location, os.O_RDWR)
    try:
        view = memoryview(data)
        written = 0
        while written < len(data):
            written += os.pwrite(descriptor, view[written:], location.offset + written)
    except OSError as error:
        raise StoreError(f"shared memory at {folder} takes no more: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _open(folder: str, location: store_pb2.Location, flags: int) -> int:
    if location.file in ("", ".", "..") or os.path.basename(location.file) != location.file:
        raise StoreError(f"the store named the segment '{location.file}'; expected the name of a file in {folder}")
    try:
        descriptor = os.open(os.path.join(folder, location.file), flags | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(f"segment '{location.file}' in {folder} cannot be opened: {error.strerror}") from error
    size = os.fstat(descriptor).st_size
    if location.offset + location.size > size:
        # Reading a mapping beyond the end of its file would kill the process.
        os.close(descriptor)
        raise StoreError(f"segment '{location.file}' has {size} bytes; the store named {location.size} at {location.offset}")
    return descriptor
