"""
Receives one stream as bulk/sink.py does, while tcpdump keeps the headers of all segments that arrive, and says how far they
were reordered.

    watched_sink.py --capture /shared/arrivals.pcap -- --listen 5001 --pattern /shared/pattern

What follows `--` is for the sink. Prints what the sink prints; its result has a field `arrivals` more, which is null if the
kernel could not keep up and left segments out of the capture.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import arrivals

SINK = str(pathlib.Path(__file__).parent.parent / "bulk" / "sink.py")
# Ethernet, IP and TCP headers with all options.
SNAP_BYTES = 128
# Holds the whole capture, so that tcpdump may be late.
BUFFER_KIBIBYTES = 64 << 10
PATIENCE_SECONDS = 20


def start_capture(path, port):
    """Returns once every segment is seen."""
    command = ["tcpdump", "-Z", "root", "-n", "-i", "any", "-Q", "in", "-s", str(SNAP_BYTES)]
    command += ["-B", str(BUFFER_KIBIBYTES), "-w", path, f"tcp dst port {port}"]
    capture = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in capture.stderr:
        if "listening on" in line:
            return capture
    raise RuntimeError("tcpdump did not start")


def end_capture(capture):
    """How many segments the kernel left out."""
    capture.send_signal(signal.SIGINT)
    _, words = capture.communicate(timeout=PATIENCE_SECONDS)
    dropped = re.search(r"(\d+) packets dropped by kernel", words)
    return int(dropped.group(1)) if dropped else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capture", required=True)
    parser.add_argument("sink", nargs="+")
    options = parser.parse_args()
    port = options.sink[options.sink.index("--listen") + 1]
    capture = start_capture(options.capture, port)
    try:
        sink = subprocess.Popen([sys.executable, SINK, *options.sink], stdout=subprocess.PIPE, text=True)
        result = None
        for line in sink.stdout:
            event = json.loads(line)
            if event["event"] == "result":
                result = event
            else:
                print(line, end="", flush=True)
        code = sink.wait()
        dropped = end_capture(capture)
        if result is not None:
            result["arrivals"] = None if dropped else arrivals.read(options.capture)
            print(json.dumps(result), flush=True)
        sys.exit(code)
    finally:
        capture.kill()
        if os.path.exists(options.capture):
            os.remove(options.capture)


main()
