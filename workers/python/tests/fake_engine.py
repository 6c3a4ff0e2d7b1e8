"""The engine's end of the bus, as small as a test needs it, and the real worker process against it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import zmq

from iarnet_worker.wire import actor_pb2, bus_pb2

HERE = Path(__file__).resolve().parent
LIMIT = 30.0

# Functions of the tests travel by value: the worker cannot import the tests.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def value(codec: str, data: bytes) -> actor_pb2.Value:
    return actor_pb2.Value(codec=codec, inline=data, size=len(data))


def json_value(text: str) -> actor_pb2.Value:
    return value("json", text.encode())


class FakeEngine:
    """A ROUTER on a Unix socket, and one worker. Use as a context manager."""

    def __init__(self, component_id: str = "py-1", **environment: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="iarnet-test-")
        self.endpoint = f"ipc://{self.folder.name}/bus"
        self.identity = component_id.encode()
        self.environment = {
            "IARNET_COMPONENT_ID": component_id,
            "IARNET_NODE_ID": "node-1",
            "IARNET_BUS": self.endpoint,
            "IARNET_STORE": f"unix://{self.folder.name}/store",
            "IARNET_LIFELINE": "stdin",
            "PYTHONPATH": str(HERE.parent),
            "PATH": os.environ["PATH"],
            **environment,
        }
        self.context = zmq.Context()
        self.router: zmq.Socket | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.readies: list[bus_pb2.Ready] = []
        self.goodbyes: list[str] = []
        self.reports: list[actor_pb2.ActorReport] = []
        self.results: list[actor_pb2.Result] = []
        self.loaded: list[actor_pb2.FunctionLoaded] = []
        self.drained = 0
        self.others: list[bus_pb2.Message] = []
        self.messages = 0
        self.acknowledged = 0
        self.received = 0
        self.duplicates = 0
        self.sent = 0
        self.answer_ready = True

    def __enter__(self) -> "FakeEngine":
        self.bind()
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.process = subprocess.Popen(
            ["/usr/bin/python3", "-m", "iarnet_worker"], env=self.environment, stdin=subprocess.PIPE, stdout=self.log, stderr=self.log
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None and self.process.stdin is not None
        if self.process.poll() is None:
            self.process.kill()
        self.process.stdin.close()
        self.process.wait(LIMIT)
        self.unbind()
        self.context.term()
        self.log.close()
        self.folder.cleanup()

    def bind(self) -> None:
        self.router = self.context.socket(zmq.ROUTER)
        self.router.linger = 200
        self.router.sndhwm = self.router.rcvhwm = 0
        self.router.router_handover = True
        self.router.bind(self.endpoint)

    def unbind(self) -> None:
        if self.router is not None:
            self.router.close(0)
            self.router = None

    def output(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text(errors="replace")

    def until(self, condition: Callable[[], Any], what: str) -> None:
        """Serves the bus until the condition holds."""
        deadline = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {LIMIT:g} s for {what}; the worker wrote: {self.output()}")
            if self.process is not None and self.process.poll() is not None and not condition():
                raise AssertionError(f"the worker ended with {self.process.returncode} before {what}: {self.output()}")
            self.serve(0.05)

    def serve(self, seconds: float) -> None:
        assert self.router is not None
        if not self.router.poll(int(seconds * 1000)):
            return
        acknowledge = False
        while self.router.poll(0):
            _, frame = self.router.recv_multipart()
            acknowledge |= self._take(bus_pb2.Envelope.FromString(frame))
        if acknowledge and self.answer_ready:
            self.transmit(bus_pb2.Envelope(version=1, acknowledged=self.received))

    def _take(self, envelope: bus_pb2.Envelope) -> bool:
        assert envelope.version == 1
        if envelope.HasField("ready"):
            self.readies.append(envelope.ready)
            if self.answer_ready:
                self.transmit(bus_pb2.Envelope(version=1, welcome=bus_pb2.Welcome(node_id="node-1", received=self.received)))
        if envelope.HasField("goodbye"):
            self.goodbyes.append(envelope.goodbye.reason)
        self.acknowledged = max(self.acknowledged, envelope.acknowledged)
        for message in envelope.messages:
            if message.sequence <= self.received:
                self.duplicates += 1
                continue
            assert message.sequence == self.received + 1, f"{message.sequence} after {self.received}"
            self.received = message.sequence
            self.messages += 1
            if message.kind != bus_pb2.MESSAGE_KIND_ONE_WAY:
                self.others.append(message)
                continue
            report = actor_pb2.ActorReport.FromString(message.payload)
            self.reports.append(report)
            self.results.extend(report.results)
            self.loaded.extend(report.loaded)
            self.drained += report.drained
        return bool(envelope.messages)

    def transmit(self, envelope: bus_pb2.Envelope) -> None:
        assert self.router is not None
        self.router.send_multipart([self.identity, envelope.SerializeToString()])

    def message(self, payload: bytes, kind: int = bus_pb2.MESSAGE_KIND_ONE_WAY, correlation: int = 0, sequence: int | None = None) -> None:
        if sequence is None:
            self.sent += 1
            sequence = self.sent
        envelope = bus_pb2.Envelope(version=1)
        envelope.messages.add(sequence=sequence, kind=kind, correlation=correlation, payload=payload)
        self.transmit(envelope)

    def command(self, **fields: Any) -> None:
        self.message(actor_pb2.ActorCommand(**fields).SerializeToString())

    def wait_ready(self) -> None:
        self.until(lambda: self.readies, "Ready")

    def load_message(self, number: int, function: Any, requirements: tuple[str, ...] = (), parameters: tuple[str, ...] = ()) -> Any:
        pickled = function if isinstance(function, bytes) else cloudpickle.dumps(function)
        return actor_pb2.LoadFunction(
            function_number=number,
            name=f"test.f{number}",
            parameters=parameters,
            python=actor_pb2.PythonCode(pickle=value("pickle", pickled), requirements=requirements),
        )

    def load(self, number: int, function: Any, requirements: tuple[str, ...] = (), parameters: tuple[str, ...] = ()) -> actor_pb2.FunctionLoaded:
        count = len(self.loaded)
        self.command(load=[self.load_message(number, function, requirements, parameters)])
        self.until(lambda: len(self.loaded) > count, f"function {number} to be loaded")
        return self.loaded[-1]

    def call(self, number: int, *arguments: actor_pb2.Value) -> actor_pb2.Result:
        count = len(self.results)
        self.command(invoke=[actor_pb2.Invoke(call_id=1_000_000 + count, function_number=number, arguments=arguments)])
        self.until(lambda: len(self.results) > count, f"the answer of function {number}")
        return self.results[-1]

    def ended(self, within: float = LIMIT) -> int:
        assert self.process is not None
        return self.process.wait(within)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
