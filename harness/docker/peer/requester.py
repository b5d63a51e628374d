"""
Asks and waits for answers, with a number of requests under way, and tells how long each took.

    requester.py --connect 10.77.0.1:5001 --pattern /shared/pattern --request 1 --response 1024 --count 10000

Prints {"event": "connected"} and, after the last response, one {"event": "result"}. A latency runs from just before
a request is handed to the kernel until its whole response has been taken from it.
"""

import collections
import socket
import time

import endpoint
import tcp_info
from stream import Stream

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}


class Client:
    """One connection, its requests in order. Those under way have to fit into the sockets' buffers (some MiB)."""

    def __init__(self, connection, request, response):
        self.connection = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.expected = Stream(response, repeats=True)
        self.asked_nanos = collections.deque()
        self.received = 0
        self.answered = 0
        self.latencies_nanos = []
        self.mismatch = None

    def ask(self):
        self.asked_nanos.append(time.monotonic_ns())
        self.connection.sendall(self.request)

    def take(self):
        """Receives once; the number of responses that are complete now."""
        chunk = self.connection.recv(1 << 16)
        if not chunk:
            raise ConnectionError("the other end closed before the last response")
        now = time.monotonic_ns()
        if self.mismatch is None:
            self.mismatch = self.expected.first_mismatch(chunk, self.received)
        self.received += len(chunk)
        complete = self.received // self.expected.period - self.answered
        self.answered += complete
        for _ in range(complete):
            self.latencies_nanos.append(now - self.asked_nanos.popleft())
        return complete

    def run(self, count, depth):
        """Asks `count` times; the latencies of these requests alone."""
        self.latencies_nanos = []
        asked = 0
        while asked < min(depth, count):
            self.ask()
            asked += 1
        while len(self.latencies_nanos) < count:
            for _ in range(min(self.take(), count - asked)):
                self.ask()
                asked += 1
        return self.latencies_nanos


def summary(latencies_nanos):
    """Latencies in microseconds: extremes, mean and percentiles (the value that this share does not exceed)."""
    ordered = sorted(latencies_nanos)
    last = len(ordered) - 1
    found = {name: ordered[min(last, int(share * len(ordered)))] / 1000 for name, share in PERCENTILES.items()}
    return {
        "min": ordered[0] / 1000,
        "mean": sum(ordered) / len(ordered) / 1000,
        **found,
        "max": ordered[last] / 1000,
    }


def main():
    parser = endpoint.exchange_parser(__doc__)
    parser.add_argument("--count", type=int, required=True, help="requests that are measured")
    parser.add_argument("--warmup", type=int, default=0, metavar="COUNT", help="requests before the measurement begins")
    parser.add_argument("--depth", type=int, default=1, help="requests under way at the same time")
    options = parser.parse_args()
    if options.connections != 1 or options.count < 1 or options.depth < 1:
        raise ValueError("one connection, with at least one request at a time")
    request = endpoint.load_message(options.pattern, options.request)
    response = endpoint.load_message(options.pattern, options.response)
    connection = endpoint.meet(options, socket.SO_SNDBUF)[0]
    client = Client(connection, request, response)
    if options.warmup > 0:
        client.run(options.warmup, options.depth)
    warm_micros = endpoint.now_micros()
    latencies_nanos = client.run(options.count, options.depth)
    measured_micros = endpoint.now_micros() - warm_micros
    info = tcp_info.read(connection)
    connection.close()
    endpoint.tell(
        "result",
        transactions=options.count,
        measuredMicros=measured_micros,
        latencyMicros=summary(latencies_nanos),
        firstMismatch=client.mismatch,
        tcpInfo=info,
        cpuMicros=round(time.process_time() * 1e6),
    )


endpoint.run(main)
