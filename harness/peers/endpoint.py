"""What the peer programs share: options, meeting the other end, and one JSON object a line on standard output."""

import argparse
import json
import resource
import socket
import sys
import time


# The kernel wakes a receiver once this many bytes are there over all connections, or a stream ended. A wake-up for every
# segment would cost more than receiving the segment, on processors that the sender needs.
LOW_WATER = 512 << 10
# As little as that on one connection, however many there are.
LEAST_LOW_WATER = 16 << 10
# A short stream is seen in that many steps at least: its end is known as well as that.
STEPS = 64


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def now_micros():
    return time.monotonic_ns() // 1000


def parser(description):
    options = argparse.ArgumentParser(description=description)
    meet = options.add_mutually_exclusive_group(required=True)
    meet.add_argument("--listen", type=int, metavar="PORT", help="wait for connections on this port")
    meet.add_argument("--connect", metavar="HOST:PORT", help="open the connections")
    options.add_argument("--connections", type=int, default=1, help="how many, at the same time")
    options.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="longest silence")
    options.add_argument("--buffer", type=int, default=0, metavar="BYTES", help="socket buffer; 0: the kernel decides")
    return options


def stream_parser(description):
    options = parser(description)
    options.add_argument("--pattern", help="file whose bytes, repeated, are the stream")
    options.add_argument("--file", help="file that is the whole stream")
    options.add_argument("--warmup", type=int, default=0, metavar="BYTES", help="bytes before the measurement begins")
    options.add_argument("--chunk", type=int, default=1 << 20, metavar="BYTES", help="most bytes in one system call")
    return options


def exchange_parser(description):
    options = parser(description)
    options.add_argument("--pattern", required=True, help="file whose bytes, repeated, are both streams")
    options.add_argument("--message", type=int, required=True, metavar="BYTES", help="length of a request and a response")
    return options


def tune(connection, options, buffer_option):
    """Options that have to be set before the handshake; accepted connections inherit them."""
    if options.buffer:
        connection.setsockopt(socket.SOL_SOCKET, buffer_option, options.buffer)


def sleep_until_much_arrived(connections, expected):
    """`expected`: bytes of each connection that are measured; 0: not known, and many."""
    low_water = LOW_WATER // len(connections)
    if expected:
        low_water = min(low_water, expected // STEPS)
    for connection in connections:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, max(LEAST_LOW_WATER, low_water))


def meet(options, buffer_option):
    """The connections, once all of them are open."""
    allow_many_files()
    if options.connect:
        connections = [open_one(options, buffer_option) for _ in range(options.connections)]
    else:
        connections = accept_all(options, buffer_option)
    for connection in connections:
        connection.settimeout(options.timeout)
    tell("connected", connections=len(connections))
    return connections


def allow_many_files():
    """Every connection is an open file, and a process starts with a limit of 1024 on most hosts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def open_one(options, buffer_option):
    host, _, port = options.connect.rpartition(":")
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.settimeout(options.timeout)
    tune(connection, options, buffer_option)
    connection.connect((host, int(port)))
    return connection


def accept_all(options, buffer_option):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.settimeout(options.timeout)
        tune(listener, options, buffer_option)
        listener.bind(("", options.listen))
        listener.listen(max(16, options.connections))
        tell("listening", port=listener.getsockname()[1])
        return [listener.accept()[0] for _ in range(options.connections)]


def run(main):
    """Runs a program. An OSError or ValueError is told as the event `failed`, and the exit code is 1."""
    try:
        main()
    except (OSError, ValueError) as error:
        tell("failed", reason=f"{type(error).__name__}: {error}")
        sys.exit(1)
