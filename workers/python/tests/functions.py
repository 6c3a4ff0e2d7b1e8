"""Functions that the tests send to workers. They travel by value: a worker cannot import this module."""

import sys

import cloudpickle
import numpy as np
import numpy.typing


def nothing(*_):
    return None


def add(a, b):
    return a + b


def echo(value):
    return value


def fail(text):
    raise ValueError(text)


def leave():
    sys.exit(3)


def interrupt():
    raise KeyboardInterrupt("by the function")


def lock():
    import threading

    return threading.Lock()


def numbers():
    yield 1


def lazily():
    return (n for n in range(3))


async def later(x):
    import asyncio

    await asyncio.sleep(0)
    return x + 1


def make_set():
    return {1, 2}


def set_size(items):
    return len(items)


def big(n):
    return b"x" * n


def read_stdin():
    return sys.stdin.read()


def touch_and_wait(started, limit):
    """Tells the test that it runs, then waits to be canceled."""
    import pathlib
    import time

    from iarnet_worker import current_call

    pathlib.Path(started).touch()
    end = time.monotonic() + limit
    while time.monotonic() < end:
        current_call().raise_if_cancelled()
        time.sleep(0.005)
    return "never canceled"


def call_facts():
    from iarnet_worker import current_call

    call = current_call()
    return [call.id, call.function_name, call.attempt, call.traceparent]


def meet(folder, mine, other):
    """Ends only when another call runs at the same time."""
    import pathlib
    import time

    pathlib.Path(folder, mine).touch()
    end = time.monotonic() + 20
    while not pathlib.Path(folder, other).exists():
        if time.monotonic() > end:
            raise TimeoutError("the other call did not run")
        time.sleep(0.005)
    return mine


class Wordless(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def fail_wordless():
    raise Wordless()


def fail_surrogate():
    raise ValueError("bad \ud800 text")


cloudpickle.register_pickle_by_value(sys.modules[__name__])


def total_of_array(big: "np.ndarray", small: "numpy.typing.NDArray[np.int32]", empty: "np.ndarray"):
    assert not big.flags.owndata and not big.flags.writeable and big.dtype == np.int32 and empty.dtype == np.uint8
    return [int(big.sum()), int(small.sum()), int(empty.sum())]


def total_of_memory(big: memoryview, small: memoryview, empty: memoryview):
    assert big.readonly
    return [sum(big.cast("i")), sum(small.cast("i")), sum(empty)]


def total_of_list(big: list, small, empty: "no such type"):  # noqa: F722
    return [sum(big), sum(small), sum(empty)]


def make_array(count):
    return np.arange(count)


def look_at_array(array):
    return [int(array.sum()), bool(array.flags.owndata), bool(array.flags.writeable)]


def put_and_get(text):
    from iarnet_worker import current_store

    store = current_store()
    put = store.put([text.encode(), b"!"], metadata={"made": "by a function"})
    with store.get(put.id) as lease:
        return [bytes(lease.view).decode(), lease.metadata, put.id.hex()]


def plain_array(array):
    from iarnet_worker import PlainArray

    return PlainArray(array)
