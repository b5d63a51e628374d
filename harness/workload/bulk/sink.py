"""
Receives streams and compares every byte with the expected one.

    sink.py --listen 5001 --pattern /shared/pattern --warmup 1000000

Prints {"event": "listening"}, {"event": "connected"} and, when every stream has ended, one {"event": "result"}.
"""

import selectors
import socket
import time

import endpoint
import tcp_info
from stream import Stream


# The kernel wakes this program once this many bytes are there, or the stream ended. A wake-up for every segment would
# cost more than receiving the segment, on processors that the sender needs.
LOW_WATER = 512 << 10


class Receiver:
    """One connection. Verified bytes are the prefix that was equal; what follows a mismatch is only counted."""

    def __init__(self, connection, stream, options):
        self.connection = connection
        self.stream = stream
        limit = stream.piece_limit(0, options.chunk) if stream and stream.period else options.chunk
        # Reused for every piece: new memory would have to be mapped each time.
        self.buffer = memoryview(bytearray(limit))
        self.warmup = options.warmup
        self.received = 0
        self.verified = 0
        self.mismatch = None
        self.reset = None
        self.warm_bytes = 0
        self.warm_micros = None
        self.last_micros = 0

    def take(self):
        """Receives once. False at the end of the stream."""
        try:
            size = self.connection.recv_into(self.buffer)
        except ConnectionResetError as error:
            self.reset = str(error)
            return False
        if size == 0:
            return False
        chunk = self.buffer[:size]
        self.last_micros = endpoint.now_micros()
        if self.stream and self.mismatch is None:
            self.verify(chunk)
        self.received += len(chunk)
        if self.warm_micros is None and self.received >= self.warmup:
            self.warm_micros = self.last_micros
            self.warm_bytes = self.received
        return True

    def verify(self, chunk):
        if self.stream.matches(chunk, self.received):
            self.verified += len(chunk)
            return
        self.mismatch = self.stream.first_mismatch(chunk, self.received)
        self.verified = self.mismatch

    def result(self):
        return {
            "bytesReceived": self.received,
            "bytesVerified": self.verified,
            "firstMismatch": self.mismatch,
            "reset": self.reset,
            "measuredBytes": self.received - self.warm_bytes if self.warm_micros is not None else 0,
            "measuredMicros": self.last_micros - self.warm_micros if self.warm_micros is not None else 0,
            "tcpInfo": tcp_info.read(self.connection),
        }


def receive_one(receiver):
    while receiver.take():
        pass


def receive_many(receivers, timeout):
    with selectors.DefaultSelector() as selector:
        for receiver in receivers:
            selector.register(receiver.connection, selectors.EVENT_READ, receiver)
        while selector.get_map():
            ready = selector.select(timeout)
            if not ready:
                raise TimeoutError(f"no bytes for {timeout} s")
            for key, _ in ready:
                if not key.data.take():
                    selector.unregister(key.fileobj)


def main():
    options = endpoint.stream_parser(__doc__).parse_args()
    stream = Stream.load(options.pattern, options.file)
    connections = endpoint.meet(options, socket.SO_RCVBUF)
    for connection in connections:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, LOW_WATER)
    receivers = [Receiver(each, stream, options) for each in connections]
    if len(receivers) == 1:
        receive_one(receivers[0])
    else:
        receive_many(receivers, options.timeout)
    results = [receiver.result() for receiver in receivers]
    for receiver in receivers:
        receiver.connection.close()
    endpoint.tell("result", **combine(receivers, results), perConnection=results if len(results) > 1 else [])


def combine(receivers, results):
    """All connections together: sums, and the time from the first end of a warm-up to the last byte of all."""
    if len(results) == 1:
        return {**results[0], "cpuMicros": round(time.process_time() * 1e6)}
    warm = [receiver.warm_micros for receiver in receivers if receiver.warm_micros is not None]
    mismatches = [each["firstMismatch"] for each in results if each["firstMismatch"] is not None]
    resets = [each["reset"] for each in results if each["reset"] is not None]
    sums = {name: sum(each[name] for each in results) for name in ("bytesReceived", "bytesVerified", "measuredBytes")}
    return {
        **sums,
        "firstMismatch": min(mismatches, default=None),
        "reset": resets[0] if resets else None,
        "measuredMicros": max(receiver.last_micros for receiver in receivers) - min(warm) if warm else 0,
        "tcpInfo": {},
        "cpuMicros": round(time.process_time() * 1e6),
    }


endpoint.run(main)
