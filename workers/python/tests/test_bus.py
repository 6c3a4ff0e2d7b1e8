"""What the worker says on the bus, and what it does when the bus breaks."""

from __future__ import annotations

import os
import signal
import unittest

from tests import functions
from tests.fake_engine import FakeEngine, json_value

from iarnet_worker.wire import actor_pb2, bus_pb2


class BusTests(unittest.TestCase):
    def start(self, **environment: str) -> FakeEngine:
        engine = self.enterContext(FakeEngine(**environment))
        engine.wait_ready()
        return engine

    def test_ready_says_who_the_component_is(self):
        engine = self.start()
        ready = engine.readies[0]
        self.assertEqual(("py-1", "python", engine.process.pid, 0), (ready.component_id, ready.language, ready.process_id, ready.received))
        self.assertTrue(ready.runtime_version.startswith("CPython 3"))
        self.assertNotEqual(0, ready.incarnation)

    def test_what_was_not_acknowledged_is_sent_again_after_a_reconnect_and_nothing_is_run_twice(self):
        engine = self.start()
        engine.load(1, functions.add)
        engine.until(lambda: engine.acknowledged == 1, "the acknowledgement of the load")
        # This engine hears the answers and forgets them: as if they had been lost on the way.
        received = engine.received
        engine.answer_ready = False
        engine.command(invoke=[actor_pb2.Invoke(call_id=5, function_number=1, arguments=[json_value("1"), json_value("2")])])
        engine.until(lambda: engine.results, "the answer that is lost")
        engine.results.clear()
        engine.received = received
        engine.unbind()
        engine.answer_ready = True
        engine.bind()
        engine.until(lambda: len(engine.readies) == 2, "Ready on the new connection")
        self.assertEqual(engine.readies[0].incarnation, engine.readies[1].incarnation)
        self.assertEqual(2, engine.readies[1].received)
        engine.until(lambda: engine.results, "the answer again")
        self.assertEqual([5], [r.call_id for r in engine.results])
        # The engine repeats the call with its old number; a worker that ran it again would answer again.
        engine.message(actor_pb2.ActorCommand(invoke=[actor_pb2.Invoke(call_id=5, function_number=1)]).SerializeToString(), sequence=2)
        engine.command(invoke=[actor_pb2.Invoke(call_id=6, function_number=1, arguments=[json_value("2"), json_value("2")])])
        engine.until(lambda: len(engine.results) == 2, "the next answer")
        self.assertEqual([5, 6], [r.call_id for r in engine.results])

    def test_answers_made_while_away_arrive_after_the_reconnect(self):
        engine = self.start()
        engine.load(1, functions.touch_and_wait)
        started = os.path.join(engine.folder.name, "started")
        arguments = [json_value(f'"{started}"'), json_value("0.3")]
        engine.command(invoke=[actor_pb2.Invoke(call_id=1, function_number=1, arguments=arguments)])
        engine.until(lambda: os.path.exists(started), "the call to run")
        engine.unbind()
        engine.bind()
        engine.until(lambda: engine.results, "the answer")
        self.assertEqual(2, len(engine.readies))
        self.assertEqual(b'"never canceled"', engine.results[0].value.inline)

    def test_a_gap_makes_the_worker_connect_again_and_say_what_it_has(self):
        engine = self.start()
        engine.load(1, functions.nothing)
        engine.message(b"", sequence=7)
        engine.until(lambda: len(engine.readies) == 2, "a new connection")
        self.assertEqual(1, engine.readies[1].received)

    def test_messages_are_acknowledged_when_nothing_else_is_to_be_said(self):
        engine = self.start()
        engine.command(cancel=[1])
        engine.until(lambda: engine.acknowledged == 1, "an acknowledgement alone")
        self.assertEqual(0, engine.messages)

    def test_a_request_is_answered_with_a_fault(self):
        engine = self.start()
        engine.message(b"?", bus_pb2.MESSAGE_KIND_REQUEST, correlation=42)
        engine.until(lambda: engine.others, "the fault")
        fault = engine.others[0]
        self.assertEqual((bus_pb2.MESSAGE_KIND_FAULT, 42), (fault.kind, fault.correlation))
        self.assertIn(b"not supported", fault.payload)

    def test_goodbye_ends_the_worker_even_while_a_function_runs(self):
        engine = self.start()
        engine.load(1, functions.touch_and_wait)
        started = os.path.join(engine.folder.name, "started")
        arguments = [json_value(f'"{started}"'), json_value("60")]
        engine.command(invoke=[actor_pb2.Invoke(call_id=1, function_number=1, arguments=arguments)])
        engine.until(lambda: os.path.exists(started), "the call to run")
        engine.transmit(bus_pb2.Envelope(version=1, goodbye=bus_pb2.Goodbye(reason="done")))
        self.assertEqual(0, engine.ended())

    def test_sigterm_says_goodbye_even_while_a_function_runs(self):
        engine = self.start()
        engine.load(1, functions.touch_and_wait)
        started = os.path.join(engine.folder.name, "started")
        arguments = [json_value(f'"{started}"'), json_value("60")]
        engine.command(invoke=[actor_pb2.Invoke(call_id=1, function_number=1, arguments=arguments)])
        engine.until(lambda: os.path.exists(started), "the call to run")
        engine.signal(signal.SIGTERM)
        self.assertEqual(0, engine.ended())
        engine.serve(1.0)
        self.assertEqual(["stopped by SIGTERM"], engine.goodbyes)

    def test_ctrl_c_is_left_to_the_host(self):
        engine = self.start()
        engine.signal(signal.SIGINT)
        engine.load(1, functions.add)
        self.assertEqual(b"3", engine.call(1, json_value("1"), json_value("2")).value.inline)

    def test_another_version_of_the_protocol_is_answered_with_goodbye(self):
        engine = self.start()
        engine.transmit(bus_pb2.Envelope(version=2))
        self.assertEqual(4, engine.ended())
        engine.serve(1.0)
        self.assertIn("version 2", engine.goodbyes[0])

    def test_bytes_that_are_no_envelope_or_no_command_end_the_worker_with_a_reason(self):
        for send in (
            lambda engine: engine.router.send_multipart([engine.identity, b"\xff\xff garbage"]),
            lambda engine: engine.message(b"\xff\xff garbage"),
        ):
            engine = self.start()
            send(engine)
            self.assertEqual(4, engine.ended())
            engine.serve(1.0)
            self.assertIn("bytes that are no", engine.goodbyes[0])

    def test_an_engine_that_forgot_the_component_ends_it(self):
        engine = self.start()
        engine.load(1, functions.nothing)
        engine.transmit(bus_pb2.Envelope(version=1, acknowledged=1))
        engine.unbind()
        engine.received = 0
        engine.bind()
        engine.serve(5)
        self.assertEqual(4, engine.ended())
        self.assertIn("it has forgotten this component", engine.output())

    def test_an_engine_that_never_answers_is_given_up(self):
        with FakeEngine(IARNET_AWAY_LIMIT="0.3") as engine:
            engine.unbind()
            self.assertEqual(5, engine.ended())
            self.assertIn("no welcome from the engine", engine.output())


if __name__ == "__main__":
    unittest.main()
