"""The link as a connection: many threads, late answers, a store that goes and comes, and one that does not keep to the protocol."""

from __future__ import annotations

import os
import random
import socket
import struct
import tempfile
import threading
import time
import unittest

from tests.fake_link import FakeLink

from iarnet_worker.store import StoreClient, StoreError, StoreTimeoutError, StoreUnavailableError, frames
from iarnet_worker.store.link import Link

ID = bytes(range(16))


class LinkTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        self.store = self.enterContext(FakeLink(self.folder))
        self.client = StoreClient(None, "py-1", folder=self.folder, deadline=10)
        self.addCleanup(self.client.close)

    def test_many_threads_share_one_link_and_each_gets_its_own_answer(self):
        failures: list[BaseException] = []

        def work(seed: int) -> None:
            chance = random.Random(seed)
            try:
                for _ in range(60):
                    data = chance.randbytes(chance.choice((0, 10, 5_000, 70_000)))
                    put = self.client.put(data, metadata={"seed": str(seed)})
                    with self.client.get(put.id, wait=chance.choice((0, 1))) as lease:
                        self.assertEqual((data, str(seed)), (bytes(lease.view), lease.metadata["seed"]))
                    with self.assertRaises(StoreError):
                        self.client.get(chance.randbytes(16), wait=chance.choice((0, 0.001)))
            except BaseException as error:  # noqa: BLE001 - told by the test's own thread
                failures.append(error)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual([], failures)
        self.assertFalse(any(thread.is_alive() for thread in threads))
        self.store.until(lambda: not self.store.leases, "all leases to be given back")
        self.assertEqual(1, self.store.calls.count("HELLO"))

    def test_a_call_that_waits_long_stands_in_nobodys_way_whoever_came_first(self):
        results: list[bytes] = []
        waiting = [threading.Thread(target=lambda n=n: results.append(self.client.get(bytes([n]) * 16, wait=30).id)) for n in range(3)]
        for thread in waiting:
            thread.start()
        self.store.until(lambda: self.store.calls.count("LEASE") == 3, "three to wait")
        for _ in range(20):
            self.assertEqual(b"x", bytes(self.client.get(self.client.put(b"x").id).view))
        for n in (1, 0, 2):
            self.store.add(bytes([n]) * 16, "raw", b"")
        for thread in waiting:
            thread.join(10)
        self.assertEqual({bytes([n]) * 16 for n in range(3)}, set(results))

    def test_what_comes_after_its_call_has_given_up_is_given_back(self):
        self.client.close()
        with StoreClient(None, "py-1", folder=self.folder, deadline=0.1) as client:
            self.store.add(ID, "raw", b"abc")
            self.store.silent |= {"LEASE", "CREATE"}
            began = time.monotonic()
            with self.assertRaisesRegex(StoreTimeoutError, f"object {ID.hex()} no answer within 0.1 s"):
                client.get(ID)
            with self.assertRaises(StoreTimeoutError):
                client.put(bytes(100_000))
            self.assertLess(time.monotonic() - began, 5)
            self.store.until(lambda: len(self.store.held) == 2, "both answers to be held")
            self.assertEqual((1, 1), (len(self.store.leases), len(self.store.unfinished)))
            self.store.let_go()
            self.store.until(lambda: not self.store.leases and not self.store.unfinished, "both to be given back")
            self.assertEqual(b"x", bytes(client.get(client.put(b"x").id).view))
        self.assertEqual(2, self.store.calls.count("HELLO"))

    def test_waits_that_are_over_leave_nothing_waiting(self):
        ids = [bytes([n]) * 16 for n in range(5)]
        for n in range(4):
            timer = threading.Timer(0.05, self.store.add, (ids[n], "raw", b""))
            timer.start()
            self.assertEqual((ids[: n + 1], ids[n + 1 :]), self.client.wait(ids, count=n + 1, timeout=10))
            timer.join(10)
        self.store.until(lambda: not self.store.leases and len(self.store.connections) == 1, "the links of the waits to be gone")

    def test_some_of_very_many_are_waited_for_in_turns(self):
        ids = [n.to_bytes(16, "big") for n in range(1, 2501)]
        timer = threading.Timer(0.2, lambda: [self.store.add(one, "raw", b"") for one in (ids[5], ids[-1])])
        timer.start()
        present, absent = self.client.wait(ids, count=2, timeout=20)
        self.assertEqual(([ids[5], ids[-1]], 2498), (present, len(absent)))
        timer.join(10)

    def test_a_store_that_comes_back_is_connected_to_again(self):
        put = self.client.put(b"abc")
        self.store.cut()
        with self.client.get(put.id) as lease:
            self.assertEqual(b"abc", bytes(lease.view))
        self.store.__exit__()
        with self.assertRaises(StoreUnavailableError):
            self.client.get(put.id)
        with self.assertRaises(StoreUnavailableError):
            self.client.put(b"x")
        self.store.__enter__()
        self.assertEqual(b"def", bytes(self.client.get(self.client.put(b"def").id).view))
        self.assertEqual(3, self.store.calls.count("HELLO"))

    def test_calls_that_wait_fail_when_the_link_breaks(self):
        failures: list[BaseException] = []

        def wait(n: int) -> None:
            try:
                self.client.wait([bytes([n]) * 16], timeout=30)
            except StoreUnavailableError as error:
                failures.append(error)

        threads = [threading.Thread(target=wait, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        # Each looks first, and waits over a link of its own then.
        self.store.until(lambda: self.store.calls.count("LEASE") == 8, "four to wait")
        self.store.cut()
        for thread in threads:
            thread.join(10)
        self.assertEqual(4, len(failures))

    def test_closing_ends_calls_that_wait(self):
        failures: list[BaseException] = []

        def wait() -> None:
            try:
                self.client.get(ID, wait=30)
            except StoreError as error:
                failures.append(error)

        def wait_for_some() -> None:
            try:
                self.client.wait([ID, bytes(16)], count=1, timeout=30)
            except StoreError as error:
                failures.append(error)

        threads = [threading.Thread(target=wait), threading.Thread(target=wait_for_some)]
        for thread in threads:
            thread.start()
        self.store.until(lambda: self.store.calls.count("LEASE") == 5, "both to wait")
        self.client.close()
        for thread in threads:
            thread.join(10)
        self.assertEqual(["StoreUnavailableError"] * 2, [type(failure).__name__ for failure in failures])

    def test_a_folder_with_a_long_path_is_reached(self):
        long = os.path.join(self.folder, "x" * 100, "y" * 100)
        os.makedirs(long)
        os.symlink(self.store.path, os.path.join(long, "link"))
        os.symlink(self.store.pool.name, os.path.join(long, "pool"))
        with StoreClient(None, "py-1", folder=long) as client:
            self.assertEqual(b"a", bytes(client.get(client.put(b"a").id).view))

    def test_texts_that_are_too_long_are_refused_before_they_are_sent(self):
        for metadata in ({"k": "v" * 70_000}, {str(n): "v" * 60_000 for n in range(3)}):
            with self.assertRaises(ValueError):
                self.client.put(b"x" * 10, metadata=metadata)
        self.assertEqual(b"a", bytes(self.client.get(self.client.put(b"a").id).view))


class ForeignStoreTests(unittest.TestCase):
    def answer(self, *answers: bytes) -> Link:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        listener = self.enterContext(socket.socket(socket.AF_UNIX))
        listener.bind(os.path.join(folder, "link"))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for answer in answers:
                    connection.recv(4096)
                    connection.sendall(answer)
                connection.recv(4096)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 10)
        link = Link(folder, "py-1", 5)
        self.addCleanup(link.close)
        return link

    def frame(self, kind: int, body: bytes, call: int = 1) -> bytes:
        return frames.HEADER.pack(5 + len(body), kind, call) + body

    def welcome(self, version: int = 1) -> bytes:
        return self.frame(frames.WELCOME, struct.pack("<HQQ", version, 4096, 100) + frames.text("node-1") + frames.text(""))

    def test_what_breaks_the_protocol_ends_the_link(self):
        for answers, text in (
            ((self.welcome(version=2),), "version 2"),
            ((self.frame(frames.WELCOME, b"\1\0abc"),), "ends in the middle"),
            ((self.frame(frames.WELCOME, struct.pack("<HQQH", 1, 1, 1, 9) + b"ab"),), "text of 9 bytes"),
            ((self.frame(frames.WELCOME, struct.pack("<HQQH", 1, 1, 1, 1) + b"\xff"),), "not UTF-8"),
            ((self.frame(frames.SEALED, bytes(17)),), "answered with frame 131; expected 129"),
            ((self.frame(frames.WELCOME, b"", call=9),), "which nobody made"),
            ((struct.pack("<IBI", 3, 129, 1),), "a frame of 3 bytes"),
            ((struct.pack("<IBI", 200_000, 129, 1),), "a frame of 200000 bytes"),
            ((), "the store has closed the link"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(StoreError, text):
                self.answer(*answers)

    def test_an_error_without_a_call_ends_the_link_and_is_told(self):
        link = self.answer(self.welcome(), self.frame(frames.ERROR, struct.pack("<H", 5) + frames.text("no such frame"), call=0))
        with self.assertRaisesRegex(StoreUnavailableError, "no such frame"):
            link.call(frames.PUT, [b""], frames.SEALED, 5)

    def test_frames_that_come_in_pieces_and_together_are_taken_apart(self):
        error = self.frame(frames.ERROR, struct.pack("<H", 1) + frames.text("none"), call=2)
        both = self.welcome() + error[:7]
        link = self.answer(both, error[7:])
        with self.assertRaisesRegex(StoreError, "NOT_FOUND: none"):
            link.call(frames.LEASE, [frames.lease(ID, 0, "")], frames.LEASED, 5, ID)


if __name__ == "__main__":
    unittest.main()
