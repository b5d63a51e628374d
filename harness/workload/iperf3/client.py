"""
Runs the iperf3 of this host against a server: once to settle, if asked for, and once to measure.

    client.py --connect 10.77.0.1:5001 --bytes 100000000 --settle 10000000 --connections 4
    client.py --connect 10.77.0.1:5001 --bytes 100000000 --reverse --pattern /shared/pattern

With --reverse the server sends, and iperf3 writes what it receives to a file, which is compared with the pattern, or,
without one, with iperf3's own repeating payload. All streams write to the same file, each from its beginning: of
several, what the file has at a position is what one of them brought. Prints one {"event": "result"}; the counts are
iperf3's own.
"""

import argparse
import json
import subprocess
import time

import endpoint
import received

# A server that has just served one test may not listen yet, or still believe itself busy.
NOT_YET = ("unable to connect", "server is busy")
TRIES_SECONDS = 5


def iperf3(options, size):
    """The JSON of one test."""
    host, _, port = options.connect.rpartition(":")
    command = ["iperf3", "-J", "-c", host, "-p", port, "-n", str(size), "-P", str(options.connections)]
    command += ["-l", str(options.block)]
    if options.reverse:
        command += ["-R", "-F", received.PATH]
    if options.pattern is None:
        command += ["--repeating-payload"]
    deadline = time.monotonic() + TRIES_SECONDS
    while True:
        done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout)
        told = json.loads(done.stdout)
        error = told.get("error")
        if error is None:
            return told
        if time.monotonic() > deadline or not any(words in error for words in NOT_YET):
            raise ValueError(f"iperf3: {error}")
        time.sleep(0.02)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connect", required=True, metavar="HOST:PORT")
    options.add_argument("--bytes", type=int, required=True, help="of all streams together")
    options.add_argument("--settle", type=int, default=0, metavar="BYTES", help="a test of this size comes before")
    options.add_argument("--connections", type=int, default=1, help="streams")
    options.add_argument("--reverse", action="store_true", help="the server sends")
    options.add_argument("--pattern", help="file whose bytes, repeated, the server sends; else the repeating payload")
    options.add_argument("--block", type=int, default=131072, metavar="BYTES", help="of each write")
    options.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="of each test")
    options = options.parse_args()
    sizes = [size for size in (options.settle, options.bytes) if size > 0]
    totals = {"bytesSent": 0, "bytesReceived": 0, "bytesVerified": 0}
    for size in sizes:
        end = iperf3(options, size)["end"]
        counted = end["sum_received"]["bytes"]
        totals["bytesSent"] += end["sum_sent"]["bytes"]
        totals["bytesReceived"] += counted
        if options.reverse:
            totals["bytesVerified"] += received.verified(counted, options.connections, options.pattern, options.block)
    endpoint.tell(
        "result",
        **totals,
        measuredBytes=counted,
        measuredMicros=round(end["sum_received"]["seconds"] * 1e6),
        streams=[stream["receiver"]["bytes"] for stream in end["streams"]],
    )


endpoint.run(main)
