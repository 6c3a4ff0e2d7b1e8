"""How fast one worker answers calls that do nothing: ``/usr/bin/python3 -m tests.bench_calls [calls]`` in workers/python.

The engine here is Python too and shares the machine, so the rate says less than the processor time of the worker for each call.
"""

from __future__ import annotations

import os
import sys
import time

from tests import functions
from tests.fake_engine import FakeEngine, json_value

from iarnet_worker.wire import actor_pb2

BATCH = 1000
HOPS = 2000


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def throughput(engine: FakeEngine, name: str, calls: int, *arguments: actor_pb2.Value) -> None:
    batches = []
    for first in range(0, calls, BATCH):
        command = actor_pb2.ActorCommand(
            invoke=[actor_pb2.Invoke(call_id=first + i, function_number=1, arguments=arguments) for i in range(BATCH)]
        )
        batches.append(command.SerializeToString())
    engine.results.clear()
    messages = engine.messages
    cpu, start = cpu_seconds(engine.process.pid), time.perf_counter()
    for batch in batches:
        engine.message(batch)
    engine.until(lambda: len(engine.results) >= calls, "all answers")
    wall, cpu = time.perf_counter() - start, cpu_seconds(engine.process.pid) - cpu
    print(
        f"{name}: {calls / wall:,.0f} calls/s, {wall / calls * 1e6:.2f} us a call, "
        f"{cpu / calls * 1e6:.2f} us of the worker's processor, {calls / (engine.messages - messages):.0f} answers a message"
    )


def hop(engine: FakeEngine) -> None:
    call = actor_pb2.ActorCommand(invoke=[actor_pb2.Invoke(call_id=1, function_number=1)]).SerializeToString()
    times = []
    for _ in range(HOPS):
        engine.results.clear()
        start = time.perf_counter()
        engine.message(call)
        while not engine.results:
            engine.serve(1.0)
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"one call at a time: p50 {times[HOPS // 2] * 1e6:.0f} us, p99 {times[HOPS * 99 // 100] * 1e6:.0f} us there and back")


def main(calls: int) -> None:
    with FakeEngine() as engine:
        engine.wait_ready()
        engine.load(1, functions.nothing)
        throughput(engine, "warm-up", BATCH * 10)
        throughput(engine, "no argument", calls)
        throughput(engine, "one small argument", calls, json_value("12"))
        throughput(engine, "one text argument", calls, json_value('"some text of a line"'))
        hop(engine)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
