"""
Answers requests: for every request's length of bytes received, as many of the response. Serves until the other end closes.

    responder.py --listen 5001 --pattern /shared/pattern --message 1024

Prints {"event": "listening"}, {"event": "connected"} and, when every connection has ended, one {"event": "result"}.
"""

import socket

import endpoint
from ends import End, combined, run_all
from stream import Stream


class Server(End):
    def __init__(self, connection, stream, message_bytes):
        super().__init__(connection, stream)
        self.message_bytes = message_bytes

    def advance(self):
        self.owed = self.received - self.received % self.message_bytes
        self.send()
        if self.finished and self.sent == self.owed:
            self.connection.close()
            return False
        return True


def main():
    parser = endpoint.exchange_parser(__doc__)
    options = parser.parse_args()
    stream = Stream.load(options.pattern, None)
    servers = [Server(each, stream, options.message) for each in endpoint.meet(options, socket.SO_RCVBUF)]
    run_all(servers, options.timeout)
    endpoint.tell("result", **combined(servers))


endpoint.run(main)
