"""How long what was read stays in place, whatever is done with it; and values whose buffers are read where they lie."""

from __future__ import annotations

import array
import ctypes
import gc
import os
import tempfile
import threading
import unittest

import numpy as np

from tests.fake_link import FakeLink

from iarnet_worker import PlainArray, values
from iarnet_worker.store import Lease, StoreClient

ID = bytes(range(16))
DATA = os.urandom(300_000)


class Table:
    """A value with buffers deep inside."""

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        self.columns = columns
        self.me = self


class SharedCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        self.store = self.enterContext(FakeLink(folder))
        self.client = StoreClient(None, "py-1", folder=folder, deadline=10)
        self.addCleanup(self.client.close)

    def assert_leased(self, count: int) -> None:
        self.store.until(lambda: len(self.store.leases) == count, f"{count} leases")

    def assert_shared(self, array_: np.ndarray) -> None:
        """The array's memory is the pool's: what is written into the pool shows in it."""
        offset = array_.ctypes.data - self.client._store._connection.pool._address
        self.assertTrue(0 <= offset < os.path.getsize(self.store.pool.name), "the array lies elsewhere")
        before = os.pread(self.store.pool.fileno(), array_.nbytes, offset)
        self.assertEqual(before, ctypes.string_at(array_.ctypes.data, array_.nbytes))
        seen = array_.tobytes()
        os.pwrite(self.store.pool.fileno(), bytes([before[0] ^ 0xFF]), offset)
        self.assertNotEqual(seen, array_.tobytes())
        os.pwrite(self.store.pool.fileno(), before[:1], offset)


class LifetimeTests(SharedCase):
    def test_a_slice_of_a_slice_holds_the_lease_and_the_last_one_ends_it(self):
        self.store.add(ID, "raw", DATA)
        with self.client.get(ID) as lease:
            view = lease.view
            self.assertTrue(lease.shared and lease.valid and view.readonly)
        with self.assertRaisesRegex(ValueError, "is closed"):
            lease.view
        part = view[100:][5:50]
        as_array = np.frombuffer(part, np.uint8)[1:]
        again = as_array.reshape(2, -1).T
        del view, part, as_array
        gc.collect()
        self.assert_leased(1)
        self.assertEqual(DATA[106:150], again.T.tobytes())
        self.assertNotIn("UNLEASE", self.store.calls)
        del again
        self.assert_leased(0)

    def test_a_lease_that_is_let_go_ends_without_close(self):
        self.store.add(ID, "raw", DATA)
        self.client.get(ID)
        self.assert_leased(0)

    def test_a_view_in_a_cycle_ends_with_the_collector(self):
        self.store.add(ID, "raw", DATA)
        gc.disable()
        self.addCleanup(gc.enable)
        cycle: list = [self.client.get(ID).view]
        cycle.append(cycle)
        del cycle
        self.client.get_value(self.client.put(b"").id)
        self.assert_leased(1)
        gc.collect()
        self.assert_leased(0)

    def test_views_are_kept_after_the_client_is_closed_and_the_connection_goes_with_the_last(self):
        self.store.add(ID, "raw", DATA)
        one, two = (np.frombuffer(self.client.get(ID).view, np.uint8) for _ in range(2))
        self.client.close()
        del one
        self.assert_leased(1)
        self.assertEqual(DATA, two.tobytes())
        self.assertEqual(1, len(self.store.connections))
        with self.assertRaisesRegex(Exception, "is closed"):
            self.client.get(ID)
        del two
        self.assert_leased(0)

    def test_views_cannot_be_written(self):
        self.store.add(ID, "raw", DATA)
        lease = self.client.get(ID)
        with self.assertRaises(TypeError):
            lease.view[0] = 1
        values_ = lease.array()
        self.assertFalse(values_.flags.writeable)
        with self.assertRaises(ValueError):
            values_.flags.writeable = True

    def test_views_outlive_the_store(self):
        self.store.add(ID, "raw", DATA)
        lease = self.client.get(ID)
        self.store.__exit__()
        self.store.__enter__()
        self.store.add(ID, "raw", b"new")
        with self.client.get(ID) as new:
            self.assertEqual(b"new", bytes(new.view))
            self.assertEqual((False, True), (lease.valid, new.valid))
        self.assertEqual(DATA, bytes(lease.view))
        lease.close()
        self.assert_leased(0)

    def test_leases_end_whichever_thread_lets_go(self):
        self.store.add(ID, "raw", DATA)
        held = [self.client.get(ID).view for _ in range(200)]
        self.assert_leased(200)

        def drop() -> None:
            while held:
                try:
                    held.pop()
                except IndexError:
                    return

        threads = [threading.Thread(target=drop) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        self.assert_leased(0)

    def test_the_child_of_a_fork_leaves_the_parents_leases_alone_and_has_a_connection_of_its_own(self):
        self.store.add(ID, "raw", DATA)
        lease = self.client.get(ID)
        child = os.fork()
        if child == 0:
            try:
                same = bytes(lease.view) == DATA
                lease.close()
                with self.client.get(ID) as own:
                    same = same and bytes(own.view) == DATA
                os._exit(0 if same else 1)
            except BaseException:
                os._exit(2)
        self.assertEqual(0, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        self.assert_leased(1)
        self.assertEqual(DATA, bytes(lease.view))
        self.assertEqual(2, self.store.calls.count("HELLO"))
        lease.close()
        self.assert_leased(0)


class ValuesInPlaceTests(SharedCase):
    def test_an_array_is_written_once_and_read_in_place(self):
        for value in (np.arange(100_000), np.asfortranarray(np.random.default_rng(1).random((300, 70))), np.zeros(70_000, "S1")):
            put = self.client.put_value(value)
            self.assertEqual("pickle5", self.store.bytes_of(put.id)[0])
            again = self.client.get_value(put.id)
            self.assert_leased(1)
            self.assertEqual((value.shape, value.dtype, value.strides), (again.shape, again.dtype, again.strides))
            self.assertTrue((value == again).all())
            self.assert_shared(again)
            self.assertEqual(0, again.ctypes.data % 64)
            self.assertFalse(again.flags.writeable)
            del again
            self.assert_leased(0)

    def test_buffers_deep_in_a_value_hold_the_lease_together(self):
        columns = {f"c{n}": np.full(10_000, n) for n in range(5)} | {"tiny": np.arange(3), "text": np.array(["a", None], object)}
        put = self.client.put_value([Table(columns), b"x" * 100_000])
        table, text = self.client.get_value(put.id)
        self.assertEqual((b"x" * 100_000, bytes), (text, type(text)))
        self.assertIs(table, table.me)
        for name, column in columns.items():
            self.assertTrue((column == table.columns[name]).all(), name)
        last = table.columns["c3"][5:]
        self.assert_shared(last)
        del table
        gc.collect()
        self.assert_leased(1)
        del last
        self.assert_leased(0)

    def test_small_values_and_values_without_buffers_are_one_pickle(self):
        for value in (np.arange(100), {1: "x" * 100_000}, [np.arange(8191)]):
            self.assertEqual("pickle", values.encode(value)[0])
        self.assertEqual("pickle5", values.encode([np.arange(8192)])[0])
        self.assertTrue(values.decode(*values.encode(np.arange(100))).flags.writeable)

    def test_a_bytearray_in_a_value_and_a_strided_array_come_back_the_same(self):
        value = {1: bytearray(b"ab" * 50_000), 2: np.arange(40_000)[::2]}
        again = self.client.get_value(self.client.put_value(value).id)
        self.assertEqual(bytes(value[1]), bytes(again[1]))
        self.assertTrue((value[2] == again[2]).all())

    def test_an_array_of_csharp_is_read_in_place_through_the_lease(self):
        numbers = np.arange(50_000, dtype=np.int32)
        self.store.add(ID, "array.int32", numbers.tobytes())
        self.assertEqual(array.array("i", numbers.tobytes()), self.client.get_value(ID))
        with self.client.get(ID) as lease:
            inplace, floats = lease.array(), lease.array(np.float32)
        self.assertEqual((np.int32, (50_000,), np.float32), (inplace.dtype, inplace.shape, floats.dtype))
        self.assertTrue((inplace == numbers).all())
        self.assert_shared(inplace)

    def test_a_plain_array_is_the_array_of_csharp(self):
        for name in ("bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"):
            value = np.array([1, 0, 1]).astype(name)
            self.assertEqual(("array." + name, value.tobytes()), _joined(values.encode(PlainArray(value))))
        self.assertEqual(("raw", b"\1\2"), _joined(values.encode(PlainArray(np.array([1, 2], np.uint8)))))
        self.assertEqual(("array.int16", b"\1\0\3\0"), _joined(values.encode(PlainArray(np.array([1, 2, 3], ">i2")[::2]))))
        self.assertEqual(("array.float64", b""), _joined(values.encode(PlainArray([]))))
        put = self.client.put_value(PlainArray(np.arange(100_000)))
        with self.client.get(put.id) as lease:
            self.assertTrue((lease.array() == np.arange(100_000)).all())
        for wrong in (np.zeros((2, 2)), np.array(["a"]), np.array([1j]), np.array(3)):
            with self.assertRaisesRegex(ValueError, "cannot be plain"):
                PlainArray(wrong)

    def test_damaged_headers_are_errors(self):
        parts = values.encode(np.arange(20_000))[1]
        data = b"".join(bytes(part) for part in parts)
        for damaged in (b"", data[:20], b"\0" * 100, data[:-1], data[:16] + b"\xff\xff\xff\xff" + data[20:], data[:8] + b"\xff" * 8 + data[16:],
                        data[:24] + b"\xff" * 8 + data[32:]):  # fmt: skip
            with self.assertRaisesRegex(values.ArgumentError, "codec 'pickle5'"):
                values.decode("pickle5", damaged)

    def test_a_lease_over_grpc_holds_a_copy(self):
        lease = Lease(ID, "array.float32", {}, memoryview(np.ones(3, "f4").tobytes()))
        self.assertFalse(lease.shared)
        self.assertEqual([1.0, 1.0, 1.0], lease.array().tolist())
        self.assertIn("array.float32, 12 bytes, copied", repr(lease))


def _joined(encoded) -> tuple[str, bytes]:
    codec, data = encoded
    return codec, b"".join(bytes(part) for part in data) if isinstance(data, list) else bytes(data)


if __name__ == "__main__":
    unittest.main()
