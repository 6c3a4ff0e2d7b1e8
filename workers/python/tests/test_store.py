"""The store client against a store over gRPC: shared memory on the same host, chunks otherwise; and both through the real worker."""

from __future__ import annotations

import os
import tempfile
import unittest

import cloudpickle

from tests import functions
from tests.fake_engine import FakeEngine, json_value
from tests.fake_store import SEGMENT_BYTES, FakeStore

from iarnet_worker import values
from iarnet_worker.errors import StoreError
from iarnet_worker.store import StoreClient
from iarnet_worker.wire import actor_pb2

ID = bytes(range(16))
DATA = os.urandom(300_000)


class StoreClientTests(unittest.TestCase):
    def open(self, shared: bool, **options) -> tuple[FakeStore, StoreClient]:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        store = self.enterContext(FakeStore(folder, shared, **options))
        client = StoreClient(store.address, "py-1", deadline=10)
        self.addCleanup(client.close)
        return store, client

    def test_chunks_go_out_and_come_back(self):
        store, client = self.open(shared=False)
        self.assertFalse(client.shared)
        answer = client.put(DATA, "raw")
        self.assertEqual((16, "node-1", len(DATA)), (len(answer.id), answer.source, answer.size))
        self.assertEqual(("raw", DATA), store.objects[answer.id])
        self.assertEqual(DATA, client.get(answer.id, values.decode))
        self.assertEqual(["Hello", "Put", "Get"], store.calls)

    def test_shared_memory_is_written_and_read_in_place_and_the_lease_given_back(self):
        store, client = self.open(shared=True)
        self.assertTrue(client.shared)
        answer = client.put(DATA, "raw")
        self.assertEqual(("raw", DATA), store.objects[answer.id])
        self.assertEqual(DATA, client.get(answer.id, values.decode))
        self.assertEqual(["Hello", "Create", "Seal", "Lease", "Unlease"], store.calls)
        self.assertEqual(set(), store.leases)

    def test_a_probe_that_says_otherwise_means_another_host(self):
        store, client = self.open(shared=True, same_host=False)
        self.assertFalse(client.shared)
        self.assertEqual(DATA, client.get(client.put(DATA, "raw").id, values.decode))
        self.assertEqual(["Hello", "Put", "Get"], store.calls)

    def test_small_objects_of_a_shared_store_come_inline_and_go_in_chunks(self):
        store, client = self.open(shared=True)
        answer = client.put(b"[1,2]", "json")
        self.assertEqual([1, 2], client.get(answer.id, values.decode))
        self.assertEqual(["Hello", "Put", "Lease"], store.calls)

    def test_an_object_that_a_shared_store_keeps_outside_shared_memory_travels_in_chunks(self):
        store, client = self.open(shared=True)
        store.memory_only = True
        self.assertEqual(DATA, client.get(client.put(DATA, "raw").id, values.decode))
        self.assertEqual(["Hello", "Create", "Put", "Lease", "Get"], store.calls)

    def test_empty_objects_travel_both_ways(self):
        for shared in (False, True):
            _, client = self.open(shared)
            self.assertEqual(b"", client.get(client.put(b"", "raw").id, values.decode))

    def test_an_object_that_is_not_there_is_named(self):
        for shared in (False, True):
            _, client = self.open(shared)
            with self.assertRaisesRegex(StoreError, f"object {ID.hex()} NOT_FOUND: no such object"):
                client.get(ID, values.decode)

    def test_a_lease_is_given_back_when_decoding_fails(self):
        store, client = self.open(shared=True)
        store.put(ID, "json", b"{" * 2000)
        with self.assertRaises(ValueError):
            client.get(ID, values.decode)
        self.assertEqual("Unlease", store.calls[-1])
        self.assertEqual(set(), store.leases)

    def test_a_full_store_says_so(self):
        store, client = self.open(shared=True)
        with self.assertRaisesRegex(StoreError, "RESOURCE_EXHAUSTED: the store is full"):
            client.put(b"x" * (SEGMENT_BYTES + 1), "raw")

    def test_an_object_over_the_stores_limit_is_refused_before_it_is_sent(self):
        store, client = self.open(shared=False, max_object=1000)
        with self.assertRaisesRegex(StoreError, "1001 bytes encoded; the store at .* takes 1000"):
            client.put(b"x" * 1001, "raw")
        self.assertEqual(["Hello"], store.calls)

    def test_a_location_beyond_its_segment_is_an_error_and_the_object_is_given_up(self):
        store, client = self.open(shared=True)
        store.put(ID, "raw", DATA)
        store.lie_about_size = SEGMENT_BYTES * 2
        with self.assertRaisesRegex(StoreError, "the store named"):
            client.get(ID, values.decode)
        with self.assertRaisesRegex(StoreError, "the store named"):
            client.put(DATA, "raw")
        self.assertEqual("Abort", store.calls[-1])
        self.assertEqual({}, store.unfinished)

    def test_fewer_bytes_than_the_header_says_are_an_error(self):
        store, client = self.open(shared=False)
        store.put(ID, "raw", b"abc")
        store.lie_about_size = 1
        with self.assertRaisesRegex(StoreError, "sent 3 bytes .* expected 4"):
            client.get(ID, values.decode)

    def test_a_store_that_is_not_there_is_an_error_within_the_deadline(self):
        with self.assertRaisesRegex(StoreError, "unix:///nowhere"):
            StoreClient("unix:///nowhere", "py-1", deadline=0.2)


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
            self.assertEqual(("raw", DATA), store.objects[result.value.reference.id])
            self.assertEqual({"py-1"}, store.owners)

            missing = engine.call(1, actor_pb2.Value(reference=actor_pb2.ObjectRef(id=bytes(16), source="node-1")))
            self.assertIn("NOT_FOUND", missing.error.message)
            self.assertEqual(b"1", engine.call(1, json_value("1")).value.inline)
            self.assertEqual(set(), store.leases)
            return store.calls

    def test_large_values_travel_through_shared_memory(self):
        calls = self.check(shared=True)
        self.assertEqual(["Hello", "Lease", "Unlease", "Lease", "Unlease", "Create", "Seal", "Lease"], calls)

    def test_large_values_travel_in_chunks(self):
        self.assertEqual(["Hello", "Get", "Get", "Put", "Get"], self.check(shared=False))


if __name__ == "__main__":
    unittest.main()
