"""The store client against a store over gRPC and its link; and both through the real worker."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
import threading
import unittest
from unittest import mock

import cloudpickle
import numpy as np

from tests import functions
from tests.fake_engine import FakeEngine, json_value, value
from tests.fake_link import POOL_BYTES
from tests.fake_store import FakeStore

from iarnet_worker.store import (
    ObjectNotFoundError,
    ObjectTooLargeError,
    StoreClient,
    StoreError,
    StoreFullError,
    StoreUnavailableError,
)
from iarnet_worker.wire import actor_pb2

ID = bytes(range(16))
DATA = os.urandom(300_000)


class StoreClientTests(unittest.TestCase):
    def open(self, shared: bool, **options) -> tuple[FakeStore, StoreClient]:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        store = self.enterContext(FakeStore(folder, shared, **options))
        client = StoreClient(store.address, "py-1", deadline=10)
        self.addCleanup(client.close)
        self.assertEqual(shared and options.get("same_host", True), client.shared)
        return store, client

    def read(self, client: StoreClient, object_id: bytes) -> bytes:
        with client.get(object_id) as lease:
            return bytes(lease.view)

    def test_chunks_go_out_and_come_back(self):
        store, client = self.open(shared=False)
        answer = client.put(DATA)
        self.assertEqual((16, "node-1", len(DATA), False), (len(answer.id), answer.source, answer.size, answer.existed))
        self.assertEqual(("raw", DATA), store.objects[answer.id])
        self.assertEqual(DATA, self.read(client, answer.id))
        self.assertEqual(["Hello", "Put", "Get"], store.calls)

    def test_shared_memory_is_written_and_read_in_place_and_the_lease_given_back(self):
        store, client = self.open(shared=True)
        answer = client.put(DATA)
        self.assertEqual(("raw", DATA), store.has(answer.id))
        self.assertEqual(DATA, self.read(client, answer.id))
        store.link.until(lambda: not store.link.leases and "UNLEASE" in store.calls, "the lease to be given back")
        self.assertEqual(["Hello", "HELLO", "CREATE", "SEAL", "LEASE", "UNLEASE"], store.calls)

    def test_a_probe_that_says_otherwise_means_another_host(self):
        store, client = self.open(shared=True, same_host=False)
        self.assertEqual(DATA, self.read(client, client.put(DATA).id))
        self.assertEqual(["Hello", "Put", "Get"], store.calls)

    def test_a_folder_without_a_link_means_chunks(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        store = self.enterContext(FakeStore(folder, shared=True))
        os.rename(store.link.path, store.link.path + "-away")
        with StoreClient(store.address, "py-1", folder=store.segments) as client:
            self.assertFalse(client.shared)
        os.rename(store.link.path + "-away", store.link.path)

    def test_the_folder_of_the_environment_wins_when_it_is_the_stores(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        store = self.enterContext(FakeStore(folder, shared=True))
        mounted = os.path.join(folder, "mounted")
        os.symlink(store.segments, mounted)
        other = os.path.join(folder, "other")
        os.mkdir(other)
        for seen, expected in ((mounted, mounted), (other, store.segments)):
            with mock.patch.dict(os.environ, {"IARNET_SEGMENT_FOLDER": seen}), StoreClient(store.address, "py-1") as client:
                self.assertEqual(expected, client._store._folder)

    def test_a_named_folder_needs_no_grpc(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        store = self.enterContext(FakeStore(folder, shared=True))
        with StoreClient(None, "py-1", folder=store.segments) as client:
            self.assertEqual("node-1", client.source)
            client.release(client.put(b"abc").id)
            store.link.until(lambda: store.link.released, "the release")
        self.assertEqual(["HELLO", "PUT", "RELEASE"], store.calls)

    def test_lists_of_buffers_are_put_as_one_object(self):
        parts = [b"a", bytearray(b"bc"), memoryview(DATA)[5:70_000], b"", memoryview(b"xyzxyz").cast("B", (2, 3))]
        expected = b"".join(bytes(part) for part in parts)
        for shared in (False, True):
            store, client = self.open(shared)
            self.assertEqual(expected, self.read(client, client.put(parts).id))
            self.assertEqual(b"abc", self.read(client, client.put(parts[:2]).id))
            with self.assertRaisesRegex(ValueError, "not contiguous"):
                client.put(memoryview(b"abcdef")[::2])

    def test_empty_objects_travel_both_ways(self):
        for shared in (False, True):
            store, client = self.open(shared)
            self.assertEqual(b"", self.read(client, client.put(b"").id))
            if shared:
                store.link.until(lambda: not store.link.leases, "the lease to be given back")

    def test_ids_of_the_client_and_objects_that_exist(self):
        for shared in (False, True):
            for data in (b"small", DATA):
                store, client = self.open(shared)
                self.assertEqual((ID, False), client.put(data, object_id=ID)[::3])
                self.assertEqual((ID, True), client.put(data, object_id=ID)[::3])
                with self.assertRaisesRegex(ValueError, "16 bytes; this one has 3"):
                    client.put(data, object_id=b"abc")

    def test_metadata_come_back_with_the_object(self):
        for shared, data in itertools.product((False, True), (b"small", DATA)):
            _, client = self.open(shared)
            with client.get(client.put(data, "mine", metadata={"shape": "2,3", "\u00e9": ""}).id) as lease:
                self.assertEqual(("mine", {"shape": "2,3", "\u00e9": ""}, len(data)), (lease.codec, lease.metadata, lease.size))

    def test_an_object_that_is_not_there_is_named(self):
        for shared in (False, True):
            _, client = self.open(shared)
            with self.assertRaisesRegex(ObjectNotFoundError, f"object {ID.hex()} NOT_FOUND: no such object"):
                client.get(ID)

    def test_an_object_that_comes_later_is_waited_for(self):
        for shared in (False, True):
            store, client = self.open(shared)
            with self.assertRaises(ObjectNotFoundError):
                client.get(ID, wait=0.05)
            timer = threading.Timer(0.05, store.put, (ID, "raw", b"late"))
            timer.start()
            with client.get(ID, wait=10) as lease:
                self.assertEqual(b"late", bytes(lease.view))
            timer.join(10)

    def test_waiting_for_some_and_for_all(self):
        first, second, third = (bytes([n]) * 16 for n in (1, 2, 3))
        for shared in (False, True):
            store, client = self.open(shared)
            store.put(second, "raw", b"")
            self.assertEqual(([second], [first, third]), client.wait([first, second, third], count=1, timeout=10))
            self.assertEqual(([second], [first]), client.wait([first, second], timeout=0.05))
            timer = threading.Timer(0.05, store.put, (first, "raw", b"1"))
            timer.start()
            self.assertEqual(([first, second], []), client.wait([first, second], timeout=10))
            timer.join(10)
            self.assertEqual(([], []), client.wait([]))
            if shared:
                store.link.until(lambda: not store.link.leases, "all leases to be given back")

    def test_a_full_store_says_so_and_nothing_is_left(self):
        store, client = self.open(shared=True)
        with self.assertRaisesRegex(StoreFullError, "RESOURCE_EXHAUSTED: the store is full"):
            client.put(bytes(POOL_BYTES + 1))
        self.assertEqual({}, store.link.unfinished)

    def test_an_object_over_the_stores_limit_is_refused_before_it_is_sent(self):
        store, client = self.open(shared=False, max_object=1000)
        with self.assertRaisesRegex(ObjectTooLargeError, "1001 bytes; the store at .* takes 1000"):
            client.put(b"x" * 1001)
        self.assertEqual(["Hello"], store.calls)

    def test_an_offset_beyond_the_pool_is_an_error_and_the_object_is_given_up(self):
        store, client = self.open(shared=True)
        store.put(ID, "raw", DATA)
        store.link.lie_about_offset = POOL_BYTES - 1000
        with self.assertRaisesRegex(StoreError, "the store named"):
            client.get(ID)
        with self.assertRaisesRegex(StoreError, "the store named"):
            client.put(DATA)
        store.link.until(lambda: not store.link.leases and not store.link.unfinished, "all to be given back")
        self.assertEqual("ABORT", store.calls[-1])

    def test_fewer_and_more_bytes_than_the_header_says_are_an_error(self):
        store, client = self.open(shared=False)
        store.put(ID, "raw", b"abc")
        for lie, size in ((1, 4), (-1, 2)):
            store.lie_about_size = lie
            with self.assertRaisesRegex(StoreError, f"sent 3 bytes .* expected {size}"):
                client.get(ID)

    def test_a_store_that_is_not_there_is_an_error_within_the_deadline(self):
        with self.assertRaisesRegex(StoreError, "unix:///nowhere"):
            StoreClient("unix:///nowhere", "py-1", deadline=0.2)
        with self.assertRaisesRegex(StoreUnavailableError, "/nowhere/link cannot be reached"):
            StoreClient(None, "py-1", folder="/nowhere")


class WorkerWithStoreTests(unittest.TestCase):
    def check(self, shared: bool) -> list[str]:
        with FakeEngine() as engine, FakeStore(engine.folder.name, shared) as store:
            engine.wait_ready()
            # The function itself comes by reference too.
            store.put(ID, "pickle", cloudpickle.dumps(functions.echo) + b"\0" * 2000)
            reference = actor_pb2.ObjectRef(id=ID, source="node-1")
            load = actor_pb2.LoadFunction(function_number=1, python=actor_pb2.PythonCode(pickle=actor_pb2.Value(reference=reference)))
            engine.command(load=[load])
            engine.until(lambda: engine.loaded, "the load's answer")
            self.assertEqual("", engine.loaded[0].error.message)

            data = os.urandom(16)
            store.put(data, "raw", DATA)
            result = engine.call(1, actor_pb2.Value(reference=actor_pb2.ObjectRef(id=data, source="node-1"), size=len(DATA)))
            self.assertEqual("reference", result.value.WhichOneof("body"), result.error.message)
            self.assertEqual(("", len(DATA), "node-1"), (result.value.codec, result.value.size, result.value.reference.source))
            self.assertEqual(("raw", DATA), store.has(result.value.reference.id))
            self.assertEqual({"py-1"}, store.owners)

            missing = engine.call(1, actor_pb2.Value(reference=actor_pb2.ObjectRef(id=bytes(16), source="node-1")))
            self.assertIn("NOT_FOUND", missing.error.message)
            self.assertEqual(b"1", engine.call(1, json_value("1")).value.inline)
            if store.link:
                store.link.until(lambda: not store.link.leases, "all leases to be given back")
            return store.calls

    def test_large_values_travel_through_shared_memory(self):
        calls = self.check(shared=True)
        self.assertEqual(["Hello", "HELLO", "LEASE", "UNLEASE", "LEASE", "UNLEASE", "CREATE", "SEAL", "LEASE"], calls)

    def test_annotated_parameters_are_read_in_place_and_let_go_after_the_call(self):
        with FakeEngine() as engine, FakeStore(engine.folder.name, shared=True) as store:
            engine.wait_ready()
            numbers = np.arange(50_000, dtype=np.int32)
            store.put(ID, "array.int32", numbers.tobytes())
            reference = actor_pb2.Value(reference=actor_pb2.ObjectRef(id=ID, source="node-1"))
            for number, function in enumerate((functions.total_of_array, functions.total_of_memory, functions.total_of_list), start=1):
                engine.load(number, function)
                result = engine.call(number, reference, value("array.int32", b"\1\0\0\0\2\0\0\0"), value("raw", b""))
                self.assertEqual(f"[{numbers.sum()},3,0]", result.value.inline.decode(), result.error.message)
                store.link.until(lambda: not store.link.leases, "the lease to be given back")

    def test_a_large_array_is_handed_from_function_to_function_in_place(self):
        with FakeEngine() as engine, FakeStore(engine.folder.name, shared=True) as store:
            engine.wait_ready()
            engine.load(1, functions.make_array)
            made = engine.call(1, json_value("100000"))
            self.assertEqual("pickle5", store.has(made.value.reference.id)[0], made.error.message)
            engine.load(2, functions.look_at_array)
            looked = engine.call(2, actor_pb2.Value(reference=made.value.reference))
            self.assertEqual(f"[{sum(range(100000))},false,false]", looked.value.inline.decode(), looked.error.message)
            engine.load(3, functions.plain_array)
            plain = engine.call(3, actor_pb2.Value(reference=made.value.reference))
            self.assertEqual(("array.int64", np.arange(100_000).tobytes()), store.has(plain.value.reference.id))
            store.link.until(lambda: not store.link.leases, "all leases to be given back")

    def test_a_function_can_use_the_store_itself(self):
        with FakeEngine() as engine, FakeStore(engine.folder.name, shared=True) as store:
            engine.wait_ready()
            engine.load(1, functions.put_and_get)
            text, metadata, object_id = json.loads(engine.call(1, json_value('"abc"')).value.inline)
            self.assertEqual(("abc!", {"made": "by a function"}), (text, metadata))
            self.assertEqual(("raw", b"abc!"), store.has(bytes.fromhex(object_id)))

    def test_large_values_travel_in_chunks(self):
        self.assertEqual(["Hello", "Get", "Get", "Put", "Get"], self.check(shared=False))


if __name__ == "__main__":
    unittest.main()
