"""
The iperf3 of this host as a server, for a number of tests.

    server.py --listen 5001 --tests 2
    server.py --listen 5001 --tests 2 --compare

Prints {"event": "listening"} and, after the last test, one {"event": "result"}. With --compare, iperf3 writes what it
receives on one stream to a file, which is compared with the client's repeating payload.
"""

import argparse
import os
import subprocess

import endpoint
import received


def serve(options, on_listening):
    """One test. How many bytes were received, and how many of them were as they have to be."""
    command = ["iperf3", "-s", "-1", "--forceflush", "-p", str(options.listen)]
    if options.compare:
        command += ["-F", received.PATH]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        said = []
        for line in server.stdout:
            said.append(line)
            if "listening" in line:
                on_listening()
    if server.returncode != 0:
        raise ValueError(f"iperf3: {''.join(said[-3:]).strip()}")
    if not options.compare:
        return 0, 0
    size = os.path.getsize(received.PATH)
    return size, received.verified(size, 1, None, options.block)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--listen", type=int, required=True, metavar="PORT")
    options.add_argument("--tests", type=int, default=1, help="one after the other")
    options.add_argument("--compare", action="store_true", help="what is received")
    options.add_argument("--block", type=int, default=131072, metavar="BYTES", help="of each write of the client")
    options = options.parse_args()
    told = []

    def listening():
        if not told:
            endpoint.tell("listening", port=options.listen)
        told.append(True)

    served = [serve(options, listening) for _ in range(options.tests)]
    endpoint.tell(
        "result",
        bytesReceived=sum(size for size, _ in served),
        bytesVerified=sum(verified for _, verified in served),
    )


endpoint.run(main)
