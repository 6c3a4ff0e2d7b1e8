"""The component put together: threads, signals, the order in which things start and end."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import traceback

from iarnet_worker import lifeline
from iarnet_worker.actor import Actor
from iarnet_worker.bus import Bus
from iarnet_worker.lazy_store import LazyStore
from iarnet_worker.settings import Settings
from iarnet_worker.wake import Wake

EXIT_INTERNAL = 70
#: Seconds. The bus' thread and a function that computes share one interpreter: this is how long an answer or a cancel waits for it.
SWITCH_INTERVAL = 0.0005
FLUSH_LIMIT = 0.5
#: Calls in flight are many small objects without cycles: the collector need not look at each of them several times.
COLLECT_EVERY = 20_000


def run(settings: Settings) -> None:
    """Runs the component in this process and ends the process. Functions run in the main thread first, then in further ones."""
    if sys.stdout is not None:
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 10, 10)
    wake = Wake()
    wake.on_signals([signal.SIGTERM, signal.SIGINT])
    if settings.lifeline:
        lifeline.hold(settings.run_folder, settings.segment_folder, end=lambda: _end(0))
    actor = Actor(LazyStore(settings.store, settings.component_id, settings.segment_folder), settings.concurrency, wake.set)

    def serve() -> None:
        try:
            code = Bus(settings, actor, wake).run()
        except BaseException:  # noqa: BLE001 - a process without its bus is of no use to anybody
            traceback.print_exc()
            code = EXIT_INTERNAL
        _end(code)

    threading.Thread(target=serve, name="bus", daemon=True).start()
    for number, executor in enumerate(actor.executors[1:], start=2):
        threading.Thread(target=_execute, args=(executor.run,), name=f"executor-{number}", daemon=True).start()
    _execute(actor.executors[0].run)


def _execute(run_executor) -> None:  # type: ignore[no-untyped-def]
    try:
        run_executor()
    except BaseException:  # noqa: BLE001 - calls would wait for ever for an executor that is gone
        traceback.print_exc()
    _end(EXIT_INTERNAL)


def _end(code: int) -> None:
    # A function may be running in any thread and cannot be stopped: the process ends around it. Flushing is tried with a bound,
    # because a function may hold the stream's lock while it writes to a pipe that nobody reads.
    flush = threading.Thread(target=_flush, name="flush", daemon=True)
    flush.start()
    flush.join(FLUSH_LIMIT)
    os._exit(code)


def _flush() -> None:
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
