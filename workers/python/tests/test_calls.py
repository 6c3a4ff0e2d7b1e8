"""Calls of the real worker: every one is answered, once."""

from __future__ import annotations

import pickle
import unittest

from tests import functions
from tests.fake_engine import FakeEngine, json_value, value

from iarnet_worker.wire import actor_pb2


class CallsTests(unittest.TestCase):
    engine: FakeEngine

    @classmethod
    def setUpClass(cls) -> None:
        cls.engine = FakeEngine()
        cls.engine.__enter__()
        cls.addClassCleanup(cls.engine.__exit__)
        cls.engine.wait_ready()
        cls.number = 0

    def load(self, function, *args, **kwargs):
        type(self).number += 1
        answer = self.engine.load(self.number, function, *args, **kwargs)
        self.assertEqual(answer.function_number, self.number)
        return answer

    def call(self, function, *arguments):
        answer = self.load(function)
        self.assertFalse(answer.HasField("error"), answer.error)
        return self.engine.call(self.number, *arguments)

    def test_a_sum_comes_back_as_json_with_timings(self):
        result = self.call(functions.add, json_value("1"), json_value("41"))
        self.assertEqual(("json", b"42", 2), (result.value.codec, result.value.inline, result.value.size))
        self.assertGreater(result.compute_nanoseconds, 0)
        self.assertGreater(result.queued_nanoseconds, 0)

    def test_ten_thousand_calls_are_answered_once_each_in_order_of_completion(self):
        self.load(functions.nothing)
        engine, count = self.engine, 10_000
        before, messages = len(engine.results), engine.messages
        ids = range(5_000_000, 5_000_000 + count)
        engine.command(invoke=[actor_pb2.Invoke(call_id=i, function_number=self.number) for i in ids])
        engine.until(lambda: len(engine.results) >= before + count, "10,000 answers")
        engine.serve(0.2)
        self.assertEqual(list(ids), [result.call_id for result in engine.results[before:]])
        self.assertEqual({b"null"}, {result.value.inline for result in engine.results[before:]})
        self.assertLess(engine.messages - messages, count / 4, "answers must share messages")

    def test_a_load_in_the_same_command_comes_before_its_calls(self):
        type(self).number += 1
        before = len(self.engine.results)
        self.engine.command(
            load=[self.engine.load_message(self.number, functions.add)],
            invoke=[actor_pb2.Invoke(call_id=77, function_number=self.number, arguments=[json_value("1"), json_value("2")])],
        )
        self.engine.until(lambda: len(self.engine.results) > before, "the answer")
        self.assertEqual(b"3", self.engine.results[-1].value.inline)

    def test_an_exception_keeps_its_type_text_and_stack(self):
        result = self.call(functions.fail, json_value('"no such word"'))
        self.assertEqual(("ValueError", "no such word"), (result.error.type, result.error.message))
        self.assertIn("in fail", result.error.stack)
        self.assertIn("functions.py", result.error.stack)
        self.assertNotIn("executor.py", result.error.stack)

    def test_an_exception_without_a_text_is_an_answer(self):
        error = self.call(functions.fail_wordless).error
        self.assertIn("Wordless", error.type)
        self.assertIn("RuntimeError", error.message)

    def test_an_exception_that_is_not_utf8_is_an_answer(self):
        self.assertEqual("bad \\ud800 text", self.call(functions.fail_surrogate).error.message)

    def test_sys_exit_and_keyboard_interrupt_are_answers_and_the_worker_goes_on(self):
        self.assertEqual("SystemExit", self.call(functions.leave).error.type)
        self.assertEqual("KeyboardInterrupt", self.call(functions.interrupt).error.type)
        self.assertEqual(b"3", self.call(functions.add, json_value("1"), json_value("2")).value.inline)

    def test_a_missing_argument_is_an_answer(self):
        error = self.call(functions.add, json_value("1")).error
        self.assertEqual("TypeError", error.type)
        self.assertIn("'b'", error.message)

    def test_an_argument_without_a_value_is_named(self):
        self.load(functions.add, parameters=("a", "b"))
        error = self.engine.call(self.number, json_value("1"), actor_pb2.Value(codec="json")).error
        self.assertEqual("iarnet_worker.errors.ArgumentError", error.type)
        self.assertIn("argument 'b' of 'test.f", error.message)

    def test_an_argument_that_is_not_its_codec_is_an_answer(self):
        self.assertEqual("json.decoder.JSONDecodeError", self.call(functions.echo, json_value("{")).error.type)
        self.assertIn("'msgpack' is not known", self.call(functions.echo, value("msgpack", b"1")).error.message)

    def test_a_result_that_cannot_be_pickled_is_an_answer(self):
        error = self.call(functions.lock).error
        self.assertIn("_thread.lock, cannot be encoded", error.message)

    def test_a_generator_is_refused_when_loaded_and_when_returned(self):
        self.assertIn("streams are not supported yet", self.load(functions.numbers).error.message)
        self.assertIn("streams are not supported yet", self.call(functions.lazily).error.message)

    def test_an_async_function_is_run(self):
        self.assertEqual(b"6", self.call(functions.later, json_value("5")).value.inline)

    def test_a_variadic_function_takes_one_list_of_all_arguments(self):
        type(self).number += 1
        load = self.engine.load_message(self.number, functions.set_size)
        load.variadic = True
        self.engine.command(load=[load])
        self.assertEqual(b"3", self.engine.call(self.number, json_value("1"), json_value("2"), json_value("3")).value.inline)
        self.assertEqual(b"0", self.engine.call(self.number).value.inline)

    def test_an_unknown_function_is_an_answer(self):
        self.assertIn("999999 was never loaded", self.engine.call(999_999).error.message)

    def test_a_value_of_one_python_function_reaches_another(self):
        made = self.call(functions.make_set)
        self.assertEqual("pickle", made.value.codec)
        self.assertEqual(b"2", self.call(functions.set_size, made.value).value.inline)

    def test_bytes_travel_raw(self):
        result = self.call(functions.echo, value("raw", b"\0\xff"))
        self.assertEqual(("raw", b"\0\xff"), (result.value.codec, result.value.inline))
        empty = self.call(functions.echo, value("raw", b""))
        self.assertEqual(("raw", b""), (empty.value.codec, empty.value.inline))

    def test_a_missing_requirement_is_named_with_how_to_get_it(self):
        answer = self.load(functions.nothing, requirements=("cloudpickle>=1", "no-such-package>=2"))
        self.assertIn("'no-such-package' is required", answer.error.message)
        self.assertIn("apt-get install python3-no-such-package", answer.error.message)
        result = self.engine.call(self.number)
        self.assertEqual(answer.error, result.error, "calls of a function that failed to load fail the same way")

    def test_a_pickle_that_is_damaged_or_not_a_function_fails_to_load(self):
        self.assertTrue(self.load(b"garbage").HasField("error"))
        self.assertIn("holds a int", self.load(pickle.dumps(5)).error.message)

    def test_a_pickle_of_a_module_that_is_not_there_says_which(self):
        message = self.load(b"cno_such_module_here\nf\n.").error.message
        self.assertIn("'no_such_module_here', which is not importable", message)

    def test_code_of_another_language_is_refused(self):
        type(self).number += 1
        count = len(self.engine.loaded)
        load = actor_pb2.LoadFunction(function_number=self.number, name="Words.Count", dotnet=actor_pb2.DotNetCode(method="Count"))
        self.engine.command(load=[load])
        self.engine.until(lambda: len(self.engine.loaded) > count, "the load's answer")
        self.assertIn("runs Python functions only", self.engine.loaded[-1].error.message)

    def test_a_function_knows_its_call(self):
        self.load(functions.call_facts)
        before = len(self.engine.results)
        invoke = actor_pb2.Invoke(call_id=4711, function_number=self.number, attempt=2, traceparent="00-ab-cd-01")
        self.engine.command(invoke=[invoke])
        self.engine.until(lambda: len(self.engine.results) > before, "the answer")
        self.assertEqual(f'[4711,"test.f{self.number}",2,"00-ab-cd-01"]', self.engine.results[-1].value.inline.decode())

    def test_a_function_cannot_read_the_lifeline(self):
        self.assertEqual(b'""', self.call(functions.read_stdin).value.inline)

    def test_a_result_for_a_store_that_is_not_there_is_an_answer_within_a_bound(self):
        # The store of this test does not exist: the client waits its whole deadline, then says so.
        error = self.call(functions.big, json_value("70000")).error
        self.assertEqual("iarnet_worker.store.errors.StoreTimeoutError", error.type)


if __name__ == "__main__":
    unittest.main()
