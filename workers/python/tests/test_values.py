"""Which codec a result gets, and that it comes back the same."""

from __future__ import annotations

import array
import json
import math
import threading
import unittest

from iarnet_worker.errors import ArgumentError, ResultError
from iarnet_worker.values import decode, encode


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


class ValuesTests(unittest.TestCase):
    def test_what_json_says_exactly_is_json_and_comes_back_the_same(self):
        for value in (
            None, True, False, 0, -1, 2**63, 10**100, 0.1, 1e300, -0.0, "", "text", "\u20ac \U0001f600 \" \\ \n\x00", [], {},
            [1, [2.5, None], {"a": [True]}], {"": {"b": "c"}}, nested(50),
        ):  # fmt: skip
            with self.subTest(value=value):
                codec, data = encode(value)
                self.assertEqual("json", codec)
                self.assertEqual(value, decode(codec, memoryview(data)))
                self.assertEqual(value, json.loads(data))
                self.assertIs(type(value), type(decode(codec, data)))

    def test_json_is_compact_utf8(self):
        self.assertEqual(("json", '{"a":[1,"\u00e9"]}'.encode()), encode({"a": [1, "\u00e9"]}))

    def test_tuples_become_lists(self):
        codec, data = encode((1, ("a", 2)))
        self.assertEqual([1, ["a", 2]], decode(codec, data))

    def test_bytes_are_raw(self):
        for value in (b"", b"\0\xff", bytearray(b"ab"), memoryview(b"ab")):
            self.assertEqual(("raw", bytes(value)), encode(value))

    def test_everything_else_is_a_pickle_and_comes_back_the_same(self):
        class Text(str):
            pass

        recursive: list = []
        recursive.append(recursive)
        for value in (
            math.inf, -math.inf, {1: 2}, {1, 2}, [1, {2}], [math.inf], 1j, Text("a"), {"a": Text("b")}, "\ud800", ["\ud800"], 10**2000,
            nested(70), array.array("B", b"12"), ValueError("x").args.__class__,
        ):  # fmt: skip
            with self.subTest(value=repr(value)[:40]):
                codec, data = encode(value)
                self.assertEqual("pickle", codec)
                self.assertEqual(value, decode(codec, memoryview(data)))
        codec, data = encode(math.nan)
        self.assertEqual("pickle", codec)
        self.assertTrue(math.isnan(decode(codec, data)))
        codec, data = encode(recursive)
        self.assertIs(type(decode(codec, data)[0]), list)

    def test_arrays_are_the_arrays_of_csharp(self):
        for typecode, codec in {"b": "int8", "h": "int16", "i": "int32", "q": "int64", "H": "uint16", "I": "uint32", "Q": "uint64",
                                "f": "float32", "d": "float64"}.items():  # fmt: skip
            value = array.array(typecode, [1, 2, 3])
            name, data = encode(value)
            self.assertEqual("array." + codec, name)
            again = decode(name, memoryview(data))
            self.assertEqual((value.itemsize, value), (again.itemsize, again))
        self.assertEqual(("array.int32", b"\x01\0\0\0\xff\xff\xff\xff"), encode(array.array("i", [1, -1])))
        self.assertEqual([True, False], decode("array.bool", b"\1\0"))
        self.assertEqual(array.array("f", [1.0, -2.0]), decode("array.float16", b"\x00\x3c\x00\xc0"))

    def test_an_array_that_is_no_whole_number_of_elements_is_an_error(self):
        with self.assertRaises(ValueError):
            decode("array.int32", b"12345")

    def test_decoded_bytes_do_not_share_memory(self):
        buffer = bytearray(b"abc")
        for codec in ("raw", "protobuf"):
            value = decode(codec, memoryview(buffer))
            buffer[0] = ord("x")
            self.assertEqual(bytes, type(value))
            self.assertEqual(b"abc", value)
            buffer[0] = ord("a")

    def test_what_cannot_travel_says_what_it_is(self):
        with self.assertRaisesRegex(ResultError, "_thread.lock, cannot be encoded: TypeError"):
            encode(threading.Lock())
        with self.assertRaisesRegex(ResultError, "streams are not supported yet"):
            encode(iter([1]))

    def test_an_unknown_codec_is_named_beside_the_known(self):
        with self.assertRaisesRegex(ArgumentError, "'bson' is not known to the Python worker; it reads array.bool, .*, raw"):
            decode("bson", b"")


if __name__ == "__main__":
    unittest.main()
