"""
Sends a stream for some seconds, or until it is asked to end (SIGTERM), and waits until the other end has taken all of it
and closed.

    sender.py --connect 10.77.0.4:5001 --pattern /shared/pattern --seconds 5

Prints {"event": "connected"} and one {"event": "result"}.
"""

import signal
import socket
import time

import endpoint
import tcp_info
from stream import Stream
from window_trace import WindowTrace

CHUNK = 64 << 10


class Asked:
    """Whether the program was asked to end."""

    def __init__(self):
        self.to_end = False
        signal.signal(signal.SIGTERM, self.note)

    def note(self, *_):
        self.to_end = True


def main():
    parser = endpoint.parser(__doc__)
    parser.add_argument("--pattern", required=True, help="file whose bytes, repeated, are the stream")
    parser.add_argument("--seconds", type=float, required=True, help="longest time to send")
    parser.add_argument("--trace", type=float, metavar="MILLIS", help="look at the connection's windows so often")
    options = parser.parse_args()
    asked = Asked()
    stream = Stream.load(options.pattern, None)
    content = memoryview(stream.content)
    (connection,) = endpoint.meet(options, socket.SO_SNDBUF)
    trace = WindowTrace(connection, options.trace / 1000) if options.trace else None
    ends_at = time.monotonic() + options.seconds
    sent = 0
    while not asked.to_end and time.monotonic() < ends_at:
        start = stream.offset(sent)
        sent += connection.send(content[start : start + stream.piece_limit(sent, CHUNK)])
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(CHUNK):
        pass
    traced = {} if trace is None else {"trace": trace.stop()}
    endpoint.tell("result", sent=sent, retransmits=tcp_info.read(connection)["total_retrans"], **traced)


endpoint.run(main)
