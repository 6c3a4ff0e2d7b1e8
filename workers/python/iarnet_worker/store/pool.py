"""The store's memory in this process: one mapping for reading, one for writing, and views whose end is noticed."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable, Iterable
from typing import Any

from iarnet_worker.store.errors import StoreError

#: Below this a copy keeps the interpreter's lock: letting it go and taking it again costs more.
SMALL_BYTES = 32 * 1024
#: Pages are made present in steps of this size, once, before the first write to them: one call instead of a fault for each page.
STEP_BYTES = 1024 * 1024
MADV_POPULATE_WRITE = 23

_libc = ctypes.CDLL(None, use_errno=True)
_madvise = _libc.madvise
_madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


class _Buffer(ctypes.Structure):
    """Py_buffer of the interpreter."""

    _fields_ = [
        ("address", ctypes.c_void_p),
        ("object", ctypes.c_void_p),
        ("length", ctypes.c_ssize_t),
        ("item_size", ctypes.c_ssize_t),
        ("read_only", ctypes.c_int),
        ("dimensions", ctypes.c_int),
        ("format", ctypes.c_void_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("sub_offsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int]
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes = [ctypes.POINTER(_Buffer)]


class Pool:
    """The file ``pool`` of a store, mapped. Lives for as long as a view of it does, whatever becomes of the store."""

    def __init__(self, path: str, length: int) -> None:
        self._length = length
        self._writable: mmap.mmap | None = None
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise StoreError(f"the store's memory {path} cannot be opened: {error.strerror}") from error
        try:
            # ValueError when the file is shorter: reading a mapping beyond the end of its file would kill the process.
            self._mapping = mmap.mmap(self._descriptor, length, access=mmap.ACCESS_READ)
            self._writing = mmap.mmap(self._descriptor, length, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        except (OSError, ValueError) as error:
            os.close(self._descriptor)
            raise StoreError(f"{length} bytes of the store's memory {path} cannot be mapped: {error}") from error
        self._address = _address_of(self._mapping)
        self._write_address = _address_of(self._writing)
        self._write_view = memoryview(self._writing)
        self._present = bytearray(length // STEP_BYTES + 1)
        # One class for each pool: its instances are what views hold on to. Making an instance costs half a microsecond.
        self._exporter: Any = type("_Leased", (_Exporter, ctypes.c_ubyte * length), {})

    def __del__(self) -> None:
        try:
            os.close(self._descriptor)
        except (AttributeError, OSError):
            pass

    def view(self, offset: int, size: int, ended: Callable[[], None]) -> memoryview:
        """A read-only view of an object. ended is called once, from any thread, when neither it nor anything made from it is left."""
        if size == 0:
            ended()
            return memoryview(b"")
        self._check(offset, size)
        exporter = self._exporter.from_address(self._address)
        exporter.pool = self
        exporter.ended = ended
        return memoryview(exporter).cast("B")[offset : offset + size].toreadonly()

    def write(self, offset: int, size: int, parts: Iterable[Any]) -> None:
        """Copies buffers, one after the other, into an unfinished object."""
        self._check(offset, size)
        end = offset + size
        self._make_present(offset, end)
        for part in parts:
            view = flat(part)
            length = view.nbytes
            if length > end - offset:
                raise StoreError(f"the buffers of an object have more bytes than the {size} that were asked for")
            if length <= SMALL_BYTES:
                self._write_view[offset : offset + length] = view
            else:
                _copy(self._write_address + offset, view)
            offset += length
        if offset != end:
            raise StoreError(f"the buffers of an object have {size - (end - offset)} bytes; {size} were asked for")

    def _check(self, offset: int, size: int) -> None:
        if offset + size > self._length:
            raise StoreError(f"the store named {size} bytes at {offset}; its memory has {self._length}")

    def _make_present(self, offset: int, end: int) -> None:
        if end - offset <= SMALL_BYTES:
            return
        present = self._present
        first, last = offset // STEP_BYTES, (end - 1) // STEP_BYTES
        if 0 not in present[first : last + 1]:
            return
        # Only what is ours: the neighbours of this object may be space that the store has not committed.
        page = mmap.PAGESIZE
        begin, stop = -(-offset // page) * page, end // page * page
        if stop > begin:
            # Where the kernel does not know it (before 5.14) the pages come one by one, at the first touch.
            _madvise(self._write_address + begin, stop - begin, MADV_POPULATE_WRITE)
        for step in range(-(-offset // STEP_BYTES), end // STEP_BYTES):
            present[step] = 1


class _Exporter:
    """Base of the class whose instances own views: the memory belongs to the pool, what ends with an instance is a lease."""

    pool: Pool
    ended: Callable[[], None]

    def __del__(self) -> None:
        try:
            self.ended()
        except Exception:  # noqa: BLE001 - at the interpreter's end anything may be gone; the store takes the lease back with the link
            pass


def flat(buffer: Any) -> memoryview:
    """The bytes of any contiguous buffer as a memoryview of bytes, without a copy."""
    view = memoryview(buffer)
    if view.format == "B" and view.ndim == 1 and view.c_contiguous:
        return view
    if view.nbytes == 0:
        return memoryview(b"")
    if view.c_contiguous:
        return view.cast("B")
    raise ValueError("a buffer that is not contiguous cannot be put: copy it first")


def _copy(target: int, view: memoryview) -> None:
    buffer = _Buffer()
    _get_buffer(view, ctypes.byref(buffer), 0)
    try:
        # Lets other threads run meanwhile, which a slice assignment does not.
        ctypes.memmove(target, buffer.address, view.nbytes)
    finally:
        _release_buffer(ctypes.byref(buffer))


def _address_of(buffer: Any) -> int:
    found = _Buffer()
    _get_buffer(buffer, ctypes.byref(found), 0)
    try:
        return found.address or 0
    finally:
        _release_buffer(ctypes.byref(found))
