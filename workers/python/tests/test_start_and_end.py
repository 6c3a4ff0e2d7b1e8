"""How the process starts, and how it ends when its host does."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests import functions
from tests.fake_engine import FakeEngine, json_value

from iarnet_worker.wire import actor_pb2

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = {"IARNET_COMPONENT_ID": "py-1", "IARNET_NODE_ID": "node-1", "IARNET_BUS": "ipc:///nowhere/bus", "IARNET_STORE": "unix:///nowhere/store"}


def run(environment: dict[str, str], *options: str, path: str = str(ROOT)) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/usr/bin/python3", *options, "-m", "iarnet_worker"],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip


class StartTests(unittest.TestCase):
    def test_each_missing_variable_is_named_with_exit_code_2(self):
        for name in COMPLETE:
            done = run({key: value for key, value in COMPLETE.items() if key != name})
            self.assertEqual(2, done.returncode)
            self.assertIn(f"environment variable {name} is missing", done.stderr)

    def test_each_wrong_variable_is_named_with_exit_code_2(self):
        for name, wrong in {
            "IARNET_BUS": "udp://x", "IARNET_STORE": "ftp://x", "IARNET_CONCURRENCY": "0", "IARNET_LIFELINE": "pipe", "IARNET_AWAY_LIMIT": "nan",
        }.items():  # fmt: skip
            done = run({**COMPLETE, name: wrong})
            self.assertEqual(2, done.returncode)
            self.assertIn(f"{name} is '{wrong}'", done.stderr)

    def test_missing_modules_are_named_with_debians_packages_and_exit_code_3(self):
        # Without site-packages the standard library is all there is.
        done = run(COMPLETE, "-S")
        self.assertEqual(3, done.returncode)
        for module, package in (("zmq", "zmq"), ("grpc", "grpcio"), ("google.protobuf", "protobuf"), ("cloudpickle", "cloudpickle")):
            self.assertIn(f"missing module {module}: apt-get install python3-{package}", done.stderr)


class LifelineTests(unittest.TestCase):
    def start(self, folder: str) -> tuple[FakeEngine, str, str]:
        run_folder, segments = os.path.join(folder, "run"), os.path.join(folder, "segments")
        os.makedirs(os.path.join(run_folder, "sub"))
        os.makedirs(segments)
        for path in (os.path.join(run_folder, "lock"), os.path.join(run_folder, "bus"), os.path.join(segments, "probe")):
            Path(path).touch()
        engine = self.enterContext(FakeEngine(IARNET_RUN_FOLDER=run_folder, IARNET_SEGMENT_FOLDER=segments))
        engine.wait_ready()
        return engine, run_folder, segments

    def test_the_end_of_standard_input_ends_it_during_a_call_and_a_dead_hosts_folders_are_removed(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        engine, run_folder, segments = self.start(folder)
        engine.load(1, functions.touch_and_wait)
        started = os.path.join(engine.folder.name, "started")
        arguments = [json_value(f'"{started}"'), json_value("60")]
        engine.command(invoke=[actor_pb2.Invoke(call_id=1, function_number=1, arguments=arguments)])
        engine.until(lambda: os.path.exists(started), "a call to run")
        engine.process.stdin.close()
        self.assertEqual(0, engine.ended(within=10))
        self.assertEqual([], os.listdir(folder))

    def test_the_folders_of_a_host_that_lives_are_left_alone(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        engine, run_folder, segments = self.start(folder)
        with open(os.path.join(run_folder, "lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            engine.process.stdin.close()
            self.assertEqual(0, engine.ended(within=10))
        self.assertEqual(["bus", "lock", "sub"], sorted(os.listdir(run_folder)))
        self.assertEqual(["probe"], os.listdir(segments))

    def test_a_worker_of_a_killed_host_ends_and_cleans_up(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="iarnet-test-"))
        run_folder = os.path.join(folder, "run")
        os.makedirs(run_folder)
        # A host that holds the lock and the lifeline, and starts one worker.
        host = subprocess.Popen(
            [
                "/usr/bin/python3", "-c",
                "import fcntl, os, subprocess, sys, time\n"
                "lock = open(sys.argv[1] + '/lock', 'w'); fcntl.flock(lock, fcntl.LOCK_EX)\n"
                "worker = subprocess.Popen(['/usr/bin/python3', '-m', 'iarnet_worker'], stdin=subprocess.PIPE)\n"
                "print(worker.pid, flush=True); time.sleep(60)",
                run_folder,
            ],
            env={**COMPLETE, "IARNET_LIFELINE": "stdin", "IARNET_RUN_FOLDER": run_folder, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        worker = int(host.stdout.readline())
        watch = os.pidfd_open(worker)
        try:
            host.send_signal(signal.SIGKILL)
            host.wait(10)
            ended, _, _ = select.select([watch], [], [], 10)
            self.assertTrue(ended, "the worker did not end within 10 s")
            self.assertEqual([], os.listdir(folder))
        finally:
            host.stdout.close()
            os.close(watch)


if __name__ == "__main__":
    unittest.main()
