"""Ends of connections that carry bytes both ways at the same time: sending, receiving, and waiting for either."""

import selectors
import socket

CHUNK = 1 << 18


class End:
    """
    One connection. Both directions carry the same stream from its beginning; so a byte that is missing, doubled or out of
    place does not match.
    """

    def __init__(self, connection, stream):
        self.connection = connection
        self.stream = stream
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        self.content = memoryview(stream.content)
        self.buffer = memoryview(bytearray(stream.piece_limit(0, CHUNK)))
        # Positions in the two streams. The outgoing stream is to be sent up to the position `owed`.
        self.owed = 0
        self.sent = 0
        self.received = 0
        self.verified = 0
        self.mismatch = None
        self.finished = False

    def send(self):
        """Sends what is owed, as far as the kernel takes it."""
        try:
            while self.sent < self.owed:
                start = self.stream.offset(self.sent)
                size = self.stream.piece_limit(self.sent, self.owed - self.sent)
                self.sent += self.connection.send(self.content[start : start + size])
        except BlockingIOError:
            pass

    def receive(self):
        """Receives once and compares."""
        try:
            size = self.connection.recv_into(self.buffer)
        except BlockingIOError:
            return
        if size == 0:
            self.finished = True
            return
        chunk = self.buffer[:size]
        if self.mismatch is None:
            if self.stream.matches(chunk, self.received):
                self.verified += size
            else:
                self.mismatch = self.stream.first_mismatch(chunk, self.received)
                self.verified = self.mismatch
        self.received += size

    def totals(self):
        return {"sent": self.sent, "received": self.received, "verified": self.verified}


def run_all(ends, timeout):
    """
    Sends and receives on all ends, and calls `advance` of an end after each step, until it has returned false for all.
    Raises TimeoutError after `timeout` seconds in which no end could go on.
    """
    with selectors.DefaultSelector() as selector:
        for end in ends:
            end.send()
            selector.register(end.connection, wanted(end), end)
        while selector.get_map():
            ready = selector.select(timeout)
            if not ready:
                raise TimeoutError(f"no bytes for {timeout} s")
            for key, events in ready:
                end = key.data
                if events & selectors.EVENT_READ:
                    end.receive()
                if not end.advance():
                    selector.unregister(key.fileobj)
                elif wanted(end) != key.events:
                    selector.modify(key.fileobj, wanted(end), end)


def wanted(end):
    """The events that an end waits for. After the end of its stream it does not read: it would be readable for ever."""
    reads = 0 if end.finished else selectors.EVENT_READ
    return reads | (selectors.EVENT_WRITE if end.sent < end.owed else 0)


def combined(ends):
    """The sums over all connections."""
    return {name: sum(end.totals()[name] for end in ends) for name in ("sent", "received", "verified")}
