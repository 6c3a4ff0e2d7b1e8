"""Functions in a component: made known by the engine, loaded by an executor, called by number."""

from __future__ import annotations

import inspect
import pickle
import sys
import threading
from collections.abc import Callable
from typing import Any

from iarnet_worker import parameters, requirements
from iarnet_worker.errors import WorkerError, describe
from iarnet_worker.wire import actor_pb2


class Function:
    """One function. ``body`` is None until it is loaded; ``failure`` says why it never will be."""

    __slots__ = ("number", "name", "parameters", "variadic", "body", "readers", "failure", "_ready")

    def __init__(self, message: actor_pb2.LoadFunction) -> None:
        self.number = message.function_number
        self.name = message.name or f"function {message.function_number}"
        self.parameters = list(message.parameters)
        #: The function takes one list that holds all arguments of a call.
        self.variadic = message.variadic
        self.body: Callable[..., Any] | None = None
        #: How each argument is read, where it is not as usual.
        self.readers: tuple[parameters.Reader, ...] | None = None
        self.failure: actor_pb2.Error | None = None
        self._ready = threading.Event()

    def load(self, message: actor_pb2.LoadFunction, read: Callable[[actor_pb2.Value], Any]) -> None:
        """Loads the function; never raises. read: gives the bytes of a value, from the store when they are there."""
        try:
            if message.WhichOneof("code") != "python":
                raise WorkerError(f"the code of '{self.name}' is not Python: this component runs Python functions only")
            requirements.check(message.python.requirements)
            body = _unpickled(self.name, read(message.python.pickle))
            if not callable(body):
                raise WorkerError(f"the pickle of '{self.name}' holds a {type(body).__name__}, which cannot be called")
            if inspect.isgeneratorfunction(body) or inspect.isasyncgenfunction(body):
                raise WorkerError(f"'{self.name}' is a generator; streams are not supported yet: return a list")
            if not self.variadic:
                self.readers = parameters.readers(body)
            self.body = body
        except BaseException as error:  # noqa: BLE001 - unpickling imports and runs user code
            self.failure = describe(error, skip=1)
        finally:
            self._ready.set()

    def wait(self) -> Callable[..., Any] | None:
        """The body once loading has ended, None when it failed. Its load was queued before any call of it, so it is under way."""
        self._ready.wait()
        return self.body


def _unpickled(name: str, data: Any) -> Any:
    try:
        return pickle.loads(data)
    except ModuleNotFoundError as error:
        raise WorkerError(
            f"'{name}' imports '{error.name}', which is not importable by {sys.executable}: "
            f"install it there, and name it in the function's requirements"
        ) from error
