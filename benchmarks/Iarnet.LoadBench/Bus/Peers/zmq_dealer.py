"""pyzmq as a DEALER of the bus benchmark: one role of one workload, in a process of its own.

    zmq_dealer.py ROLE - SIZE COUNT WIDTH CURVE

The same roles, lines and order as in zmqbench.c, which says what they are; the ROUTER is another program.
"""

import json
import resource
import signal
import sys
import time

import zmq

LIMIT_SECONDS = 300


class Meter:
    """Times what comes after the first quarter."""

    def __init__(self, count):
        self.warm = count // 4
        self.count = count
        self.total = self.warm + count
        self.started = None

    def start(self):
        self.cpu = cpu_seconds()
        self.started = time.perf_counter()

    def finish(self, **more):
        seconds = time.perf_counter() - self.started if self.started else 0
        cpu = cpu_seconds() - self.cpu if self.started else 0
        print(json.dumps({"messages": self.count, "seconds": seconds, "cpu": cpu, **more}), flush=True)
        sys.stdin.read()


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def take(dealer, size):
    body = dealer.recv()
    if len(body) != size:
        raise ValueError(f"a message of {len(body)} bytes instead of {size}")


def send(dealer, meter, payload):
    for _ in range(meter.total):
        dealer.send(payload)
    meter.finish()


def receive(dealer, meter, payload):
    size = len(payload)
    dealer.send(b"")
    for i in range(meter.total):
        if i == meter.warm:
            meter.start()
        take(dealer, size)
    dealer.send(b"")
    meter.finish()


def round_trips(dealer, meter, payload):
    size = len(payload)
    trips = []
    for i in range(meter.total):
        if i == meter.warm:
            meter.start()
        sent = time.perf_counter_ns()
        dealer.send(payload)
        take(dealer, size)
        if i >= meter.warm:
            trips.append(time.perf_counter_ns() - sent)
    trips.sort()
    meter.finish(p50=trips[len(trips) // 2] / 1e3, p99=trips[len(trips) * 99 // 100] / 1e3)


ROLES = {"dealer-out": send, "dealer-in": receive, "dealer-rtt": round_trips}


def main():
    role, _, size, count, _, _ = sys.argv[1:]
    signal.alarm(LIMIT_SECONDS)
    with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        dealer.set_hwm(1000)
        dealer.linger = 0
        dealer.connect(sys.stdin.readline().split()[0])
        ROLES[role](dealer, Meter(int(count)), b"x" * int(size))


if __name__ == "__main__":
    main()
