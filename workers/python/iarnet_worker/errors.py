"""Exceptions in the form that travels."""

from __future__ import annotations

import traceback
from types import TracebackType

from iarnet_worker.wire import actor_pb2

#: A message and a stack longer than this are cut: an error must never be what does not fit into a bus message.
MAX_TEXT = 64 * 1024


class WorkerError(Exception):
    """An error that the worker itself finds; the text says what was expected and what to do."""


class ArgumentError(WorkerError):
    """An argument is missing or cannot be decoded."""


class ResultError(WorkerError):
    """A function returned what cannot travel."""


class UnknownFunctionError(WorkerError):
    """A call names a function that was not loaded."""


class RequirementError(WorkerError):
    """A package that a function requires is not there, or is of another version."""


def describe(error: BaseException, skip: int = 0) -> actor_pb2.Error:
    """The wire form of an exception.

    skip: how many frames of the stack belong to the worker and say nothing to the author of the function.
    """
    return actor_pb2.Error(type=type_name(error), message=_clean(message_of(error)), stack=_clean(_stack(error, skip)))


def type_name(error: BaseException) -> str:
    """"ValueError" for Python's own, "module.Type" for all others."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def message_of(error: BaseException) -> str:
    """The text of an exception, whatever its author did to __str__."""
    try:
        return str(error)
    except BaseException as second:  # noqa: BLE001 - user code
        return f"<the error's own text failed with {type_name(second)}>"


def _stack(error: BaseException, skip: int) -> str:
    stack: TracebackType | None = error.__traceback__
    for _ in range(skip):
        if stack is not None:
            stack = stack.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, stack))
    except BaseException:  # noqa: BLE001 - formatting runs user code (__str__, __repr__)
        return "".join(traceback.format_tb(stack))


def _clean(text: str) -> str:
    # Protobuf strings are UTF-8: a lone surrogate in a message must not cost the answer.
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT // 2] + "\n... cut ...\n" + text[-MAX_TEXT // 2 :]
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
