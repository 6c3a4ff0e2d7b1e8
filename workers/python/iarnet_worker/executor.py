"""Runs calls, one after the other, in one thread. Each call is answered once, whatever the function does."""

from __future__ import annotations

import asyncio
import time
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from iarnet_worker import values
from iarnet_worker.calls import Call, CallCancelled, here
from iarnet_worker.errors import ArgumentError, UnknownFunctionError, describe
from iarnet_worker.functions import Function
from iarnet_worker.parameters import Reader
from iarnet_worker.wire import actor_pb2

if TYPE_CHECKING:
    from iarnet_worker.actor import Actor
    from iarnet_worker.store import StoreClient

#: Results above this many bytes go to the store, as in every Iarnet worker.
INLINE_LIMIT = 64 * 1024

_clock = time.perf_counter_ns


class Executor:
    """One thread's worth of calls."""

    def __init__(self, actor: "Actor") -> None:
        self.current: Call | None = None
        self._actor = actor

    def store(self) -> StoreClient:
        """The component's client of the object store."""
        return self._actor.store()

    def run(self) -> None:
        """Takes work until the actor is closed. The calling thread becomes the executor's."""
        here.executor = self
        actor = self._actor
        take = actor.work.get
        while (item := take()) is not None:
            if item.__class__ is Call:
                # Set before the claim, so that a cancel always finds the call either waiting or here.
                self.current = item
                if actor.waiting.pop(item.id, None) is not None:
                    actor.finish(self._answer(item))
                self.current = None
            else:
                function, message = item
                function.load(message, actor.read)
                actor.finish(_loaded(function))

    def _answer(self, call: Call) -> bytes:
        report = actor_pb2.ActorReport()
        result = report.results.add()
        result.call_id = call.id
        started = _clock()
        result.queued_nanoseconds = max(0, started - call.arrived)
        try:
            invoke = call.invoke
            function = self._actor.functions.get(invoke.function_number)
            if function is None:
                raise UnknownFunctionError(f"function number {invoke.function_number} was never loaded in this component")
            body = function.body or function.wait()
            if body is None:
                result.error.CopyFrom(function.failure)
                return report.SerializeToString()
            call.function_name = function.name
            arguments = []
            readers = function.readers
            decode = values.decode
            for value in invoke.arguments:
                if readers is not None:
                    decode = readers[len(arguments)] if len(arguments) < len(readers) else values.decode
                data = value.inline
                arguments.append(decode(value.codec, data) if data else self._argument(function, len(arguments), value, decode))
            started = _clock()
            try:
                value = body(arguments) if function.variadic else body(*arguments)
                if value.__class__ is CoroutineType:
                    value = asyncio.run(value)
            finally:
                result.compute_nanoseconds = _clock() - started
            self._put_result(result.value, value)
        except CallCancelled as error:
            if call.cancelled:
                result.canceled = True
            else:
                result.error.CopyFrom(describe(error, skip=1))
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a function are answers too
            result.error.CopyFrom(describe(error, skip=1))
        return report.SerializeToString()

    def _argument(self, function: Function, index: int, value: actor_pb2.Value, decode: Reader) -> Any:
        body = value.WhichOneof("body")
        if body == "inline":
            return decode(value.codec, b"")
        names = function.parameters
        name = f"'{names[index]}'" if index < len(names) else str(index)
        if body is None:
            raise ArgumentError(f"argument {name} of '{function.name}' is missing: the call carried no value for it")
        try:
            with self._actor.store().get(value.reference.id, source=value.reference.source) as lease:
                return decode(lease.codec, lease.view)
        except Exception as error:
            raise ArgumentError(f"argument {name} of '{function.name}' could not be read: {error}") from error

    def _put_result(self, result: actor_pb2.Value, value: Any) -> None:
        codec, data = values.encode(value)
        size = len(data) if type(data) is bytes else _size(data)
        if size <= INLINE_LIMIT:
            result.codec = codec
            result.inline = data if type(data) is bytes else b"".join(data if type(data) is list else [data])
        else:
            # The codec stays empty: the store knows it.
            reference = self._actor.store().put(data, codec)
            result.reference.id = reference.id
            result.reference.source = reference.source
        result.size = size


def _size(data: Any) -> int:
    return sum(memoryview(part).nbytes for part in data) if type(data) is list else data.nbytes


def _loaded(function: Function) -> bytes:
    report = actor_pb2.ActorReport()
    answer = report.loaded.add()
    answer.function_number = function.number
    if function.failure is not None:
        answer.error.CopyFrom(function.failure)
    return report.SerializeToString()
