"""Dask.distributed on the graphs of the dag benchmark: one worker process, one thread.

Reads commands from standard input, one a line ("independent 10000", "chain 1000", "tree 4096"), and answers each with
one line of JSON: the seconds from handing in the graph to having every result. The argument is the worker saturation:
"default" leaves Dask as it ships, "inf" sends everything to the worker at once, which is Dask at its fastest.
"""

import json
import sys
import time

import dask
from dask.distributed import Client, LocalCluster


def noop(value):
    return value


def add(left, right):
    return left + right


def independent(count):
    graph = {("n", i): (noop, i) for i in range(count)}
    return graph, [("n", i) for i in range(count)], lambda results: sum(results) == count * (count - 1) // 2


def chain(count):
    graph = {("c", 0): (add, 0, 1)}
    for i in range(1, count):
        graph["c", i] = (add, ("c", i - 1), 1)
    return graph, [("c", count - 1)], lambda results: results == [count]


def tree(leaves):
    graph = {("l", 0, i): (noop, i) for i in range(leaves)}
    level, width = 0, leaves
    while width > 1:
        for i in range(width // 2):
            graph["l", level + 1, i] = (add, ("l", level, 2 * i), ("l", level, 2 * i + 1))
        level, width = level + 1, width // 2
    return graph, [("l", level, 0)], lambda results: results == [leaves * (leaves - 1) // 2]


SHAPES = {"independent": independent, "chain": chain, "tree": tree}


def main():
    config = {
        "distributed.dashboard.link": "",
        "distributed.worker.use-file-locking": False,
        "optimization.fuse.active": False,
    }
    if sys.argv[1] == "inf":
        config["distributed.scheduler.worker-saturation"] = "inf"
    with dask.config.set(config):
        with LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
        ) as cluster, Client(cluster) as client:
            print(json.dumps({"ready": True}), flush=True)
            for line in sys.stdin:
                shape, size = line.split()
                graph, keys, check = SHAPES[shape](int(size))
                start = time.perf_counter()
                results = client.get(graph, keys, optimize_graph=False, sync=True)
                seconds = time.perf_counter() - start
                print(json.dumps({"seconds": seconds, "right": bool(check(list(results)))}), flush=True)


if __name__ == "__main__":
    main()
