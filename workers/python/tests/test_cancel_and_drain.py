"""Calls that nobody waits for any more, and components that take no more."""

from __future__ import annotations

import json
import os
import unittest

from tests import functions
from tests.fake_engine import FakeEngine, json_value

from iarnet_worker.wire import actor_pb2


def invoke(call_id: int, number: int, *arguments: object) -> actor_pb2.Invoke:
    return actor_pb2.Invoke(call_id=call_id, function_number=number, arguments=[json_value(json.dumps(a)) for a in arguments])


class CancelAndDrainTests(unittest.TestCase):
    def start(self, **environment: str) -> FakeEngine:
        engine = self.enterContext(FakeEngine(**environment))
        engine.wait_ready()
        self.started = os.path.join(engine.folder.name, "started")
        engine.load(1, functions.touch_and_wait)
        engine.load(2, functions.add)
        return engine

    def test_a_waiting_call_is_dropped_and_answered_at_once_while_another_runs(self):
        engine = self.start()
        engine.command(invoke=[invoke(1, 1, self.started, 20), invoke(2, 2, 1, 1), invoke(3, 2, 2, 2)])
        engine.until(lambda: os.path.exists(self.started), "the first call to run")
        engine.command(cancel=[2])
        engine.until(lambda: engine.results, "the answer of the waiting call")
        self.assertEqual([(2, True)], [(r.call_id, r.canceled) for r in engine.results])
        engine.command(cancel=[1])
        engine.until(lambda: len(engine.results) == 3, "all answers")
        self.assertEqual([1, 3], [r.call_id for r in engine.results[1:]])
        self.assertTrue(engine.results[1].canceled)
        self.assertEqual(b"4", engine.results[2].value.inline)

    def test_a_cancel_for_a_call_that_is_answered_or_unknown_changes_nothing(self):
        engine = self.start()
        engine.command(cancel=[9, 10])
        engine.command(invoke=[invoke(9, 2, 1, 1)])
        engine.until(lambda: engine.results, "the answer")
        engine.command(cancel=[9])
        engine.command(invoke=[invoke(10, 2, 1, 1)])
        engine.until(lambda: len(engine.results) == 2, "the second answer")
        self.assertEqual([b"2", b"2"], [r.value.inline for r in engine.results])

    def test_drain_finishes_what_runs_drops_the_rest_without_an_answer_and_says_so_once(self):
        engine = self.start()
        engine.command(invoke=[invoke(1, 1, self.started, 20), invoke(2, 2, 1, 1)])
        engine.until(lambda: os.path.exists(self.started), "the first call to run")
        engine.command(drain=True)
        engine.command(invoke=[invoke(3, 2, 1, 1)])
        engine.until(lambda: engine.acknowledged == engine.sent, "the worker to have it all")
        self.assertEqual(0, engine.drained)
        engine.command(cancel=[1])
        engine.until(lambda: engine.drained, "drained")
        engine.serve(0.2)
        self.assertEqual([(1, True)], [(r.call_id, r.canceled) for r in engine.results])
        self.assertEqual(1, engine.drained)

    def test_an_idle_component_drains_at_once(self):
        engine = self.start()
        engine.command(drain=True)
        engine.until(lambda: engine.drained, "drained")

    def test_calls_run_side_by_side_when_concurrency_says_so(self):
        engine = self.start(IARNET_CONCURRENCY="2")
        engine.load(3, functions.meet)
        engine.command(invoke=[invoke(1, 3, engine.folder.name, "a", "b"), invoke(2, 3, engine.folder.name, "b", "a")])
        engine.until(lambda: len(engine.results) == 2, "both calls")
        self.assertEqual({b'"a"', b'"b"'}, {r.value.inline for r in engine.results})

    def test_many_calls_on_many_executors_are_answered_once_each(self):
        engine = self.start(IARNET_CONCURRENCY="4")
        engine.load(4, functions.nothing)
        engine.command(invoke=[invoke(i, 4) for i in range(20_000)], cancel=range(15_000, 20_000))
        engine.until(lambda: len(engine.results) >= 20_000, "20,000 answers")
        engine.serve(0.2)
        self.assertEqual(list(range(20_000)), sorted(r.call_id for r in engine.results))


if __name__ == "__main__":
    unittest.main()
