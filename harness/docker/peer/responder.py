"""
Answers requests: for every request's length of bytes received, one response. Serves until the other end closes.

    responder.py --listen 5001 --pattern /shared/pattern --request 1 --response 1024

Prints {"event": "listening"}, {"event": "connected"} and, when every connection has ended, one {"event": "result"}.
"""

import selectors
import socket
import time

import endpoint
import tcp_info
from stream import Stream


class Server:
    """One connection. Requests may arrive in pieces or several at once."""

    def __init__(self, connection, request, response):
        self.connection = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expected = Stream(request, repeats=True)
        self.response = response
        self.received = 0
        self.answered = 0
        self.mismatch = None

    def serve(self):
        """Receives once, and answers what is complete. False at the end of the connection."""
        try:
            chunk = self.connection.recv(1 << 16)
            if not chunk:
                return False
            if self.mismatch is None:
                self.mismatch = self.expected.first_mismatch(chunk, self.received)
            self.received += len(chunk)
            due = self.received // self.expected.period - self.answered
            if due > 0:
                self.connection.sendall(self.response * due)
                self.answered += due
        except (ConnectionResetError, BrokenPipeError):
            return False
        return True


def main():
    options = endpoint.exchange_parser(__doc__).parse_args()
    request = endpoint.load_message(options.pattern, options.request)
    response = endpoint.load_message(options.pattern, options.response)
    servers = [Server(each, request, response) for each in endpoint.meet(options, socket.SO_RCVBUF)]
    if len(servers) == 1:
        while servers[0].serve():
            pass
    else:
        serve_many(servers, options.timeout)
    mismatches = [server.mismatch for server in servers if server.mismatch is not None]
    endpoint.tell(
        "result",
        transactions=sum(server.answered for server in servers),
        firstMismatch=min(mismatches, default=None),
        tcpInfo=tcp_info.read(servers[0].connection) if len(servers) == 1 else {},
        cpuMicros=round(time.process_time() * 1e6),
    )


def serve_many(servers, timeout):
    with selectors.DefaultSelector() as selector:
        for server in servers:
            selector.register(server.connection, selectors.EVENT_READ, server)
        while selector.get_map():
            ready = selector.select(timeout)
            if not ready:
                raise TimeoutError(f"no bytes for {timeout} s")
            for key, _ in ready:
                if not key.data.serve():
                    selector.unregister(key.fileobj)


endpoint.run(main)
