"""A call on its way through the component, and what a function can learn about the call that it serves."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iarnet_worker.store import StoreClient


class CallCancelled(Exception):
    """Raised by a function that gives up because nobody waits for its result: the call is answered as canceled."""


class Call:
    """One call. A function reads it through :func:`current_call`; ``cancelled`` may turn true while the function runs."""

    __slots__ = ("id", "invoke", "arrived", "cancelled", "function_name")

    def __init__(self, invoke: Any, arrived: int) -> None:
        self.id: int = invoke.call_id
        self.invoke = invoke
        self.arrived = arrived
        self.cancelled = False
        self.function_name = ""

    @property
    def attempt(self) -> int:
        """How often the call was given to a component before: 0 the first time."""
        return self.invoke.attempt

    @property
    def traceparent(self) -> str:
        """The W3C trace context of the call; empty when there is none."""
        return self.invoke.traceparent

    def raise_if_cancelled(self) -> None:
        """Ends the function when nobody waits for its result any more."""
        if self.cancelled:
            raise CallCancelled(f"call {self.id} was canceled")


class _Here(threading.local):
    """Which executor's thread this is; the executor knows its call."""

    executor: Any = None


here = _Here()


def current_store() -> "StoreClient":
    """The client of the node's object store, which the component and its functions share: do not close it.

    What a function puts there itself belongs to the component, and is gone when the component ends, unless it is released before.
    Raises RuntimeError as current_call does.
    """
    if here.executor is None:
        raise RuntimeError("current_store() is only known in the thread in which Iarnet runs the function, while it runs")
    return here.executor.store()


def current_call() -> Call:
    """The call that the calling thread serves.

    Raises RuntimeError in a thread that serves none: outside a function, or in a thread that a function started itself.
    """
    call = here.executor.current if here.executor is not None else None
    if call is None:
        raise RuntimeError("current_call() is only known in the thread in which Iarnet runs the function, while it runs")
    return call
