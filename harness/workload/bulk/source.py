"""
Sends a stream, and waits until the other end has acknowledged all of it and closed.

    source.py --connect 10.77.0.1:5001 --pattern /shared/pattern --bytes 100000000

Prints {"event": "connected"} (after {"event": "listening"} if it listens) and one {"event": "result"}.
"""

import selectors
import socket
import time

import endpoint
import tcp_info
from stream import Stream

# As in sink.py.
MOST_TOLD = 64


class Sender:
    """One connection. The measurement runs from the end of the warm-up to the other end's close."""

    def __init__(self, connection, stream, options):
        self.connection = connection
        self.stream = stream
        self.content = memoryview(stream.content)
        self.bytes = options.bytes
        self.chunk = options.chunk
        self.warmup = options.warmup
        self.sent = 0
        self.warm_bytes = 0
        self.warm_micros = None
        self.end_micros = 0
        self.closed = False
        self.failure = None
        self.info = {}

    def advance(self):
        """Does one step, and returns the event that the next one waits for: 0 if the connection is over."""
        try:
            if self.sent < self.bytes:
                self.send_once()
                if self.sent < self.bytes:
                    return selectors.EVENT_WRITE
                self.connection.shutdown(socket.SHUT_WR)
                return selectors.EVENT_READ
            if self.connection.recv(65536):
                return selectors.EVENT_READ
            self.closed = True
        except BlockingIOError:
            return selectors.EVENT_WRITE if self.sent < self.bytes else selectors.EVENT_READ
        except OSError as error:
            self.failure = f"{type(error).__name__}: {error}"
        self.end_micros = endpoint.now_micros()
        self.info = tcp_info.read(self.connection)
        return 0

    def send_once(self):
        if self.warm_micros is None and self.sent >= self.warmup:
            self.warm_micros = endpoint.now_micros()
            self.warm_bytes = self.sent
        wanted = min(self.chunk, self.bytes - self.sent)
        wanted = self.stream.piece_limit(self.sent, wanted)
        if wanted == 0:
            raise OSError("the stream's file is shorter than --bytes")
        start = self.stream.offset(self.sent)
        self.sent += self.connection.send(self.content[start : start + wanted])

    def result(self):
        warm = self.warm_micros is not None
        return {
            "bytesSent": self.sent,
            "closed": self.closed,
            "failure": self.failure,
            "measuredBytes": self.sent - self.warm_bytes if warm else 0,
            "measuredMicros": self.end_micros - self.warm_micros if warm else 0,
            "tcpInfo": self.info,
        }


def main():
    parser = endpoint.stream_parser(__doc__)
    parser.add_argument("--bytes", type=int, required=True, help="length of each stream")
    options = parser.parse_args()
    stream = Stream.load(options.pattern, options.file)
    if stream is None:
        raise ValueError("give --pattern or --file")
    senders = [Sender(each, stream, options) for each in endpoint.meet(options, socket.SO_SNDBUF)]
    if len(senders) == 1:
        while senders[0].advance():
            pass
        senders[0].connection.close()
    else:
        send_many(senders, options.timeout)
    results = [sender.result() for sender in senders]
    told = results if 1 < len(results) <= MOST_TOLD else []
    endpoint.tell("result", **combine(senders, results), perConnection=told)


def send_many(senders, timeout):
    with selectors.DefaultSelector() as selector:
        for sender in senders:
            sender.connection.setblocking(False)
            selector.register(sender.connection, selectors.EVENT_WRITE, sender)
        while selector.get_map():
            ready = selector.select(timeout)
            if not ready:
                raise TimeoutError(f"no progress for {timeout} s")
            for key, _ in ready:
                wanted = key.data.advance()
                if wanted == 0:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                elif wanted != key.events:
                    selector.modify(key.fileobj, wanted, key.data)


def combine(senders, results):
    """All connections together: sums, and the time from the first end of a warm-up to the last close."""
    if len(results) == 1:
        return {**results[0], "cpuMicros": round(time.process_time() * 1e6)}
    warm = [sender.warm_micros for sender in senders if sender.warm_micros is not None]
    failures = [each["failure"] for each in results if each["failure"] is not None]
    return {
        "bytesSent": sum(each["bytesSent"] for each in results),
        "closed": all(each["closed"] for each in results),
        "failure": failures[0] if failures else None,
        "measuredBytes": sum(each["measuredBytes"] for each in results),
        "measuredMicros": max(sender.end_micros for sender in senders) - min(warm) if warm else 0,
        "tcpInfo": {},
        "cpuMicros": round(time.process_time() * 1e6),
    }


endpoint.run(main)
