"""
A small HTTP server, in place of the one on our stack.

    server.py --listen 5001 --pattern /shared/pattern

GET /bytes/N is answered by the first N bytes of the pattern, /end ends the server. Prints {"event": "listening"} and
one {"event": "result"}.
"""

import argparse
import asyncio
import re

import endpoint

REQUEST = re.compile(rb"GET /(?:bytes/(\d{1,7})|end) HTTP/1\.1\r\n")
HEAD_LIMIT = 8192


class Server(asyncio.Protocol):
    """One connection."""

    def __init__(self, pattern, state):
        self.pattern = pattern
        self.state = state
        self.waiting = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *requests, self.waiting = (self.waiting + data).split(b"\r\n\r\n")
        for request in requests:
            self.answer(request)
        if len(self.waiting) > HEAD_LIMIT:
            self.transport.abort()

    def answer(self, request):
        asked = REQUEST.match(request + b"\r\n")
        size = int(asked[1] or 0) if asked else None
        status = b"404 Not Found" if size is None or size > len(self.pattern) else b"200 OK"
        body = self.pattern[:size] if status.startswith(b"200") else b""
        head = b"HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
        head %= (status, len(body))
        self.transport.write(head + body)
        self.state.answered += 1
        if asked and asked[1] is None:
            self.state.ended.set()


class State:
    def __init__(self):
        self.answered = 0
        self.ended = asyncio.Event()


async def serve(options):
    with open(options.pattern, "rb") as source:
        pattern = source.read()
    state = State()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(pattern, state), port=options.listen, backlog=128)
    endpoint.tell("listening", port=options.listen)
    await state.ended.wait()
    # What is being answered gets its time.
    await asyncio.sleep(0.05)
    server.close()
    endpoint.tell("result", answered=state.answered)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--listen", type=int, required=True, metavar="PORT")
    options.add_argument("--pattern", required=True, help="file whose first bytes are the bodies")
    asyncio.run(serve(options.parse_args()))


endpoint.run(main)
