"""Values and their bytes: which codec a result gets, and how arguments are read.

The rule for results: what JSON says exactly is "json", so that C# can read it; bytes are "raw"; all else is "pickle",
which only another Python function can read, or "pickle5" when it has large buffers, which then travel beside the pickle and are read
in place. Tuples become JSON lists, the scalars of numpy the plain numbers that they hold, and an
array.array the array of C#. The array codecs are named as NumPy names its types, their bytes are little-endian.
"""

from __future__ import annotations

import array
import json
import math
import pickle
import struct
import sys
from collections.abc import Callable
from typing import Any

import cloudpickle

from iarnet_worker import arrays, buffers
from iarnet_worker.errors import ArgumentError, ResultError

RAW, JSON, PICKLE, PICKLE5, PROTOBUF = "raw", "json", "pickle", "pickle5", "protobuf"

#: From this many bytes of buffers on they travel beside the pickle; smaller values are one pickle, which is faster then.
MIN_BUFFER_BYTES = 64 * 1024

#: System.Text.Json reads 64 levels; what is deeper is pickled.
MAX_JSON_DEPTH = 60

#: Bytes, or buffers that belong one after the other.
Encoded = tuple[str, bytes | memoryview | list[Any]]
_INFINITIES = (math.inf, -math.inf)
_dump_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode
_load_json = json.JSONDecoder().decode
_quote = json.encoder.encode_basestring


def encode(value: Any) -> Encoded:
    """The codec and the bytes of a result; raises ResultError when it cannot travel.

    The bytes may be the value's own memory: they are to be copied before the value can change.
    """
    encoder = _SIMPLE.get(type(value), _encode_other)
    try:
        return encoder(value)
    except ResultError:
        raise
    except BaseException as error:  # noqa: BLE001 - pickling runs user code
        raise ResultError(
            f"the result, a {type(value).__module__}.{type(value).__qualname__}, cannot be encoded: {type(error).__name__}: {error}; "
            "return plain data, bytes, or something that pickle takes"
        ) from error


def decode(codec: str, data: Any) -> Any:
    """The value in a bytes-like object. Nothing of the result shares memory with it but the buffers of a "pickle5": those are read-only.

    Raises ArgumentError for a codec that is not known; passes on what the codec raises for bytes that are not its own.
    """
    decoder = _DECODERS.get(codec)
    if decoder is None:
        raise ArgumentError(f"codec '{codec}' is not known to the Python worker; it reads {', '.join(sorted(_DECODERS))}")
    return decoder(data)


def _encode_none(_: None) -> Encoded:
    return JSON, b"null"


def _encode_bool(value: bool) -> Encoded:
    return JSON, b"true" if value else b"false"


def _encode_int(value: int) -> Encoded:
    # Python refuses the decimal form of numbers of thousands of digits: those are pickled.
    return (JSON, b"%d" % value) if value.bit_length() < 4096 else _encode_pickle(value)


def _encode_float(value: float) -> Encoded:
    # NaN is the one number that differs from itself; JSON has neither it nor the infinities.
    if value != value or value in _INFINITIES:
        return _encode_pickle(value)
    return JSON, repr(value).encode()


def _encode_str(value: str) -> Encoded:
    try:
        return JSON, _quote(value).encode()
    except UnicodeEncodeError:
        # A lone surrogate: not UTF-8, so not JSON for anybody else.
        return _encode_pickle(value)


def _encode_raw(value: Any) -> Encoded:
    if type(value) is bytes or len(value) < MIN_BUFFER_BYTES:
        return RAW, bytes(value)
    view = memoryview(value)
    return RAW, view.cast("B") if view.c_contiguous else view.tobytes()


def _encode_container(value: Any) -> Encoded:
    if _is_plain(value, 0):
        try:
            return JSON, _dump_json(value).encode()
        except UnicodeEncodeError:
            pass
    return _encode_pickle(value)


def _encode_array(value: array.array) -> Encoded:
    codec = _CODEC_OF_TYPECODE.get(value.typecode)
    if codec is None:
        return _encode_pickle(value)
    if sys.byteorder == "big":
        value = value[:]
        value.byteswap()
    view = memoryview(value)
    return codec, view.tobytes() if view.nbytes < MIN_BUFFER_BYTES else view.cast("B")


def _encode_plain_array(value: arrays.PlainArray) -> Encoded:
    return value.codec, memoryview(value.value.view("u1"))


def _encode_pickle(value: Any) -> Encoded:
    beside: list[pickle.PickleBuffer] = []
    stream = cloudpickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL, buffer_callback=beside.append)
    if not beside:
        return PICKLE, stream
    if sum(buffer.raw().nbytes for buffer in beside) >= MIN_BUFFER_BYTES:
        return PICKLE5, buffers.pack(stream, beside)
    return PICKLE, cloudpickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def _encode_other(value: Any) -> Encoded:
    kind = type(value)
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        plain = value.item()
        encoder = _SIMPLE.get(type(plain))
        if encoder is not None:
            return encoder(plain)
    if hasattr(value, "__next__") or hasattr(value, "__anext__"):
        raise ResultError("streams are not supported yet: the function returned a generator or an iterator; return a list")
    return _encode_pickle(value)


def _is_plain(value: Any, depth: int) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return value.bit_length() < 4096
    if kind is float:
        return value == value and value not in _INFINITIES
    if depth >= MAX_JSON_DEPTH:
        return False
    if kind is list or kind is tuple:
        return all(_is_plain(item, depth + 1) for item in value)
    if kind is dict:
        return all(type(key) is str for key in value) and all(_is_plain(item, depth + 1) for item in value.values())
    return False


def _decode_json(data: Any) -> Any:
    return _load_json(str(data, "utf-8"))


def _array_decoder(typecode: str) -> Callable[[Any], array.array]:
    def decode_array(data: Any) -> array.array:
        result = array.array(typecode)
        result.frombytes(data)
        if sys.byteorder == "big":
            result.byteswap()
        return result

    return decode_array


def _decode_bools(data: Any) -> list[bool]:
    return [item != 0 for item in data]


def _decode_halves(data: Any) -> array.array:
    # array has no halves; single precision holds each of them exactly.
    return array.array("f", (item for (item,) in struct.iter_unpack("<e", data)))


def _typecodes() -> dict[str, str]:
    # The sizes of "i" and "l" are the platform's: the code is chosen by its size.
    signed = {array.array(code).itemsize: code for code in "bhilq"}
    unsigned = {array.array(code).itemsize: code for code in "BHILQ"}
    return {
        **{f"array.int{size * 8}": code for size, code in signed.items()},
        **{f"array.uint{size * 8}": code for size, code in unsigned.items() if size > 1},
        "array.float32": "f",
        "array.float64": "d",
    }


_TYPECODE_OF_CODEC = _typecodes()
_CODEC_OF_TYPECODE = {"f": "array.float32", "d": "array.float64"}
_CODEC_OF_TYPECODE |= {code: f"array.int{array.array(code).itemsize * 8}" for code in "bhilq"}
_CODEC_OF_TYPECODE |= {code: f"array.uint{array.array(code).itemsize * 8}" for code in "HILQ"}

_SIMPLE: dict[type, Callable[[Any], Encoded]] = {
    type(None): _encode_none,
    bool: _encode_bool,
    int: _encode_int,
    float: _encode_float,
    str: _encode_str,
    bytes: _encode_raw,
    bytearray: _encode_raw,
    memoryview: _encode_raw,
    list: _encode_container,
    tuple: _encode_container,
    dict: _encode_container,
    array.array: _encode_array,
    arrays.PlainArray: _encode_plain_array,
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    RAW: bytes,
    PROTOBUF: bytes,
    JSON: _decode_json,
    PICKLE: pickle.loads,
    PICKLE5: buffers.loads,
    "array.bool": _decode_bools,
    "array.float16": _decode_halves,
    **{codec: _array_decoder(typecode) for codec, typecode in _TYPECODE_OF_CODEC.items()},
}
