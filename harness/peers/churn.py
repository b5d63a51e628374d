"""
Connections one after the other: each is opened, has its message echoed and is closed, by this end or by the other.

    churn.py --connect 10.77.0.1:7 --closes-first 8 --every 4 --count 10000

Every fourth goes to the port where the other end closes first; it is then read to its end. Prints one
{"event": "result"}.
"""

import argparse
import socket
import time

import endpoint

MESSAGE = bytes(range(256)) * 4
LIMIT_SECONDS = 5
FAILURES_LIMIT = 5


def receive(connection, length):
    """That many bytes, or fewer if the stream ends before."""
    received = b""
    while len(received) < length and (piece := connection.recv(length - len(received))):
        received += piece
    return received


def exchange(host, port, other_end_closes):
    """Why a connection failed; None if it did not."""
    try:
        with socket.create_connection((host, port), LIMIT_SECONDS) as connection:
            connection.sendall(MESSAGE)
            if receive(connection, len(MESSAGE)) != MESSAGE:
                return "other bytes"
            if other_end_closes and connection.recv(1) != b"":
                return "bytes after the echo"
    except OSError as error:
        return f"{type(error).__name__} {error}"
    return None


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connect", required=True, metavar="HOST:PORT")
    options.add_argument("--closes-first", type=int, required=True, metavar="PORT", help="where the other end closes")
    options.add_argument("--every", type=int, default=4, metavar="NTH", help="which of the connections go there")
    options.add_argument("--count", type=int, required=True)
    options = options.parse_args()
    host, _, port = options.connect.rpartition(":")
    began = time.monotonic()
    done = 0
    failures = []
    for number in range(options.count):
        other_end_closes = number % options.every == 0
        failure = exchange(host, options.closes_first if other_end_closes else int(port), other_end_closes)
        if failure is None:
            done += 1
            continue
        failures.append(f"connection {number}: {failure}")
        if len(failures) == FAILURES_LIMIT:
            break
    endpoint.tell("result", done=done, failures=failures, seconds=round(time.monotonic() - began, 2))


endpoint.run(main)
