"""The Iarnet worker for Python: what runs in a component whose functions are Python.

A function may import this package to learn about the call that it serves::

    from iarnet_worker import current_call

    def search(text):
        for part in text.split():
            current_call().raise_if_cancelled()
"""

from iarnet_worker.arrays import PlainArray
from iarnet_worker.calls import Call, CallCancelled, current_call, current_store

__all__ = ["Call", "CallCancelled", "PlainArray", "current_call", "current_store"]
__version__ = "0.1.0"
