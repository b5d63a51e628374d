"""
Keeps a number of requests under way on each connection for some time, and tells how many were answered and how long each
took.

    requester.py --connect 10.77.0.1:5001 --pattern /shared/pattern --message 1024 --depth 8 --settle 0.5 --seconds 2

Prints {"event": "connected"} and, after the last response, one {"event": "result"}. A latency runs from before the first
byte of a request is handed to the kernel until the last byte of its response has been taken from it.
"""

import collections
import socket
import time

import endpoint
from ends import End, combined, run_all
from histogram import Histogram
from stream import Stream

NANOS_PER_TICK = 100


class Clock:
    """When the measurement begins and ends, for all connections alike."""

    def __init__(self, settle, seconds):
        self.opens = time.monotonic_ns() + round(settle * 1e9)
        self.closes = self.opens + round(seconds * 1e9)


class Client(End):
    def __init__(self, connection, stream, options, clock, latencies):
        super().__init__(connection, stream)
        self.message_bytes = options.message
        self.depth = options.depth
        self.clock = clock
        self.latencies = latencies
        self.asked_nanos = collections.deque()
        self.answered = 0
        self.measured = 0
        self.asking = True
        self.ask(time.monotonic_ns())

    def ask(self, now):
        """Makes requests until `depth` of them are under way."""
        while len(self.asked_nanos) < self.depth:
            self.asked_nanos.append(now)
            self.owed += self.message_bytes

    def advance(self):
        now = time.monotonic_ns()
        complete = self.received // self.message_bytes - self.answered
        self.answered += complete
        measures = self.clock.opens <= now < self.clock.closes
        for _ in range(complete):
            asked = self.asked_nanos.popleft()
            if measures:
                self.measured += 1
                self.latencies.record((now - asked) // NANOS_PER_TICK)
        if now < self.clock.closes:
            self.ask(now)
        self.send()
        if self.finished:
            if self.asked_nanos:
                raise ConnectionError("the other end closed before the last response")
            self.connection.close()
            return False
        if self.asking and now >= self.clock.closes and not self.asked_nanos:
            self.asking = False
            self.connection.shutdown(socket.SHUT_WR)
        return True


def main():
    parser = endpoint.exchange_parser(__doc__)
    parser.add_argument("--depth", type=int, default=1, help="requests under way at the same time on each connection")
    parser.add_argument("--settle", type=float, default=0.0, metavar="SECONDS", help="before the measurement begins")
    parser.add_argument("--seconds", type=float, required=True, help="how long it measures")
    options = parser.parse_args()
    stream = Stream.load(options.pattern, None)
    connections = endpoint.meet(options, socket.SO_SNDBUF)
    clock = Clock(options.settle, options.seconds)
    latencies = Histogram()
    clients = [Client(each, stream, options, clock, latencies) for each in connections]
    run_all(clients, options.timeout)
    endpoint.tell(
        "result",
        **combined(clients),
        transactions=sum(client.measured for client in clients),
        allTransactions=sum(client.answered for client in clients),
        measuredMicros=round(options.seconds * 1e6),
        latencyTicks=latencies.pairs(),
    )


endpoint.run(main)
