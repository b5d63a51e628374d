"""
Receives streams and compares every byte with the expected one.

    sink.py --listen 5001 --pattern /shared/pattern --warmup 1000000

Prints {"event": "listening"}, {"event": "connected"} and, when every stream has ended, one {"event": "result"}.
"""

import array
import fcntl
import selectors
import socket
import termios
import time

import endpoint
import tcp_info
from stream import Stream


# Connections are told of one by one only up to this number: the kernel has sixty facts of each.
MOST_TOLD = 64


class Receiver:
    """One connection. Verified bytes are the prefix that was equal; what follows a mismatch is only counted."""

    def __init__(self, connection, stream, buffer, warmup):
        self.connection = connection
        self.stream = stream
        self.buffer = buffer
        self.warmup = warmup
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

    def arrived(self):
        """Bytes that have arrived, those that wait in the kernel included."""
        waiting = array.array("i", [0])
        fcntl.ioctl(self.connection, termios.FIONREAD, waiting)
        return self.received + waiting[0]

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


class CommonWindow:
    """
    The time in which all connections are under way: from the first that has its warm-up to the first that has all. From
    then on the others share what it leaves; in the end every connection has the same number of bytes.
    """

    def __init__(self, receivers):
        self.receivers = receivers
        self.received = None
        self.before = None
        self.shares = None

    def open(self):
        self.received = sum(receiver.received for receiver in self.receivers)
        self.before = [receiver.arrived() for receiver in self.receivers]

    def close(self):
        after = [receiver.arrived() for receiver in self.receivers]
        self.shares = [late - early for early, late in zip(self.before, after)]

    def note(self, receiver, ended):
        """To be called after each step of a connection."""
        if self.before is None and receiver.warm_micros is not None:
            self.open()
        if ended and self.shares is None and self.before is not None:
            self.close()


def receive_one(receiver):
    while receiver.take():
        pass


def receive_many(receivers, timeout):
    """Returns the window of all connections."""
    window = CommonWindow(receivers)
    with selectors.DefaultSelector() as selector:
        for receiver in receivers:
            selector.register(receiver.connection, selectors.EVENT_READ, receiver)
        while selector.get_map():
            ready = selector.select(timeout)
            if not ready:
                raise TimeoutError(f"no bytes for {timeout} s")
            for key, _ in ready:
                ended = not key.data.take()
                window.note(key.data, ended)
                if ended:
                    selector.unregister(key.fileobj)
    return window


def main():
    parser = endpoint.stream_parser(__doc__)
    parser.add_argument("--measure", type=int, default=0, metavar="BYTES", help="that follow the warm-up; 0: many")
    options = parser.parse_args()
    stream = Stream.load(options.pattern, options.file)
    connections = endpoint.meet(options, socket.SO_RCVBUF)
    endpoint.sleep_until_much_arrived(connections, options.measure)
    limit = stream.piece_limit(0, options.chunk) if stream and stream.period else options.chunk
    # Reused for every piece of every connection: new memory would have to be mapped each time.
    buffer = memoryview(bytearray(limit))
    receivers = [Receiver(each, stream, buffer, options.warmup) for each in connections]
    if len(receivers) == 1:
        receive_one(receivers[0])
        result = {**receivers[0].result(), "shares": None, "perConnection": []}
    else:
        result = combine(receivers, receive_many(receivers, options.timeout))
    for receiver in receivers:
        receiver.connection.close()
    endpoint.tell("result", **result, cpuMicros=round(time.process_time() * 1e6))


def combine(receivers, window):
    """All connections together: sums, and the bytes and the time from the first end of a warm-up to the last byte of all."""
    warm = [receiver.warm_micros for receiver in receivers if receiver.warm_micros is not None]
    mismatches = [receiver.mismatch for receiver in receivers if receiver.mismatch is not None]
    resets = [receiver.reset for receiver in receivers if receiver.reset is not None]
    received = sum(receiver.received for receiver in receivers)
    return {
        "bytesReceived": received,
        "bytesVerified": sum(receiver.verified for receiver in receivers),
        "firstMismatch": min(mismatches, default=None),
        "reset": resets[0] if resets else None,
        "measuredBytes": received - window.received if warm else 0,
        "measuredMicros": max(receiver.last_micros for receiver in receivers) - min(warm) if warm else 0,
        "tcpInfo": {},
        "shares": window.shares,
        "perConnection": [receiver.result() for receiver in receivers] if len(receivers) <= MOST_TOLD else [],
    }


endpoint.run(main)
