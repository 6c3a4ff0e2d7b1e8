"""Reads an array that .NET put, where it lies in shared memory, and puts the sums of its rows."""

import array
import sys
import time

from iarnet_worker.store import StoreClient

try:
    import numpy
except ImportError:
    numpy = None


def own_memory():
    """Bytes of memory that are this process' own: a copy of the array would count, shared memory does not."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) * 1024


def say(text):
    print("Python:", text, flush=True)


folder, numbers_id, sums_id, row = sys.argv[1], bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3]), int(sys.argv[4])
with StoreClient(None, "python", folder=folder) as store:
    before, began = own_memory(), time.perf_counter()
    with store.get(numbers_id) as lease:
        got = time.perf_counter()
        if numpy:
            sums = lease.array().reshape(-1, row).sum(axis=1)
        else:
            numbers = lease.view.cast("d")
            sums = array.array("d", (sum(numbers[at : at + row]) for at in range(0, len(numbers), row)))
        summed = time.perf_counter()
        copied = own_memory() - before

    # The name of a codec is what lets C# read it as double[].
    store.put(sums, "array.float64", object_id=sums_id)
    say(f"{lease.size >> 20} MiB readable after {(got - began) * 1e3:.2f} ms, summed in {(summed - got) * 1e3:.1f} ms with {'NumPy' if numpy else 'plain Python'}")
    if copied > lease.size // 4:
        sys.exit(f"Python: its own memory grew by {copied} bytes: the array was copied")
    say(f"its own memory grew by {max(0, copied) >> 10} KiB meanwhile: nothing was copied")
