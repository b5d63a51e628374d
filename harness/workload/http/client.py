"""
Asks an HTTP server: curl downloads files and compares them, then wrk asks for one of them for some time, then curl
again.

    client.py --connect 10.77.0.1:5001 --pattern /shared/pattern --body 1024 --connections 8 --settle 0.5 --seconds 2

The file /bytes/N has the first N bytes of the pattern. Prints one {"event": "result"}. What wrk calls a latency is
that of the last run, with its own correction for requests that it could not make while it waited.
"""

import argparse
import json
import os
import signal
import subprocess

import endpoint
from histogram import Histogram

TICKS_PER_MICRO = 10
SIZES = (0, 1, 1460, 65536, 1_000_000)
FOLDER = "/dev/shm"
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wrk.lua")
# Beyond the measured time: wrk is interrupted when that is over, since its own clock knows only whole seconds.
SPARE_SECONDS = 60
REPEAT_SECONDS = 0.05


def download(options, pattern, sizes):
    """Downloads with one curl, over one connection; what it tells, and the head's length of each response."""
    files = [f"{FOLDER}/download-{number}" for number in range(len(sizes))]
    command = ["curl", "-sS", "--max-time", str(options.timeout)]
    command += ["-w", "%{http_code} %{num_connects} %{size_header}\\n"]
    for file, size in zip(files, sizes):
        command += ["-o", file, f"http://{options.connect}/bytes/{size}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError(f"curl: {done.stderr.strip()}")
    told = [tuple(map(int, line.split())) for line in done.stdout.split("\n") if line]
    received = verified = 0
    for (code, _, _), file, size in zip(told, files, sizes, strict=True):
        with open(file, "rb") as source:
            content = source.read()
        os.remove(file)
        received += len(content)
        if code == 200 and content == pattern[:size]:
            verified += size
    counts = {
        "files": len(sizes),
        "connections": sum(connects for _, connects, _ in told),
        "sizes": sum(sizes),
        "received": received,
        "verified": verified,
    }
    return counts, [head for _, _, head in told]


def load(options, seconds):
    """One run of wrk; what wrk.lua tells of it."""
    url = f"http://{options.connect}/bytes/{options.body}"
    command = ["wrk", "-t", "1", "-c", str(options.connections), "-d", f"{round(seconds) + SPARE_SECONDS}s"]
    command += ["--timeout", f"{round(options.timeout)}s", "-s", SCRIPT, url, "--", options.pattern, str(options.body)]
    # Ignored until wrk has set its handler: else an early interrupt would end it without a word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wrk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait = seconds
    while True:
        try:
            said, _ = wrk.communicate(timeout=wait)
            break
        except subprocess.TimeoutExpired:
            wrk.send_signal(signal.SIGINT)
            wait = REPEAT_SECONDS
    last = said.strip().split("\n")[-1]
    if not last.startswith("{"):
        raise ValueError(f"wrk: {last}")
    return json.loads(last)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connect", required=True, metavar="HOST:PORT")
    options.add_argument("--pattern", required=True, help="file whose first bytes are the bodies")
    options.add_argument("--body", type=int, required=True, metavar="BYTES", help="of the file that wrk asks for")
    options.add_argument("--connections", type=int, default=1, help="of wrk")
    options.add_argument("--settle", type=float, default=0.0, metavar="SECONDS", help="before the measurement begins")
    options.add_argument("--seconds", type=float, required=True, help="how long it measures")
    options.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="of a response")
    options = options.parse_args()
    with open(options.pattern, "rb") as source:
        pattern = source.read(max(SIZES))
    before, heads = download(options, pattern, (*SIZES, options.body))
    runs = [load(options, seconds) for seconds in (options.settle, options.seconds) if seconds > 0]
    after, _ = download(options, pattern, SIZES)
    subprocess.run(["curl", "-sS", "--max-time", str(options.timeout), f"http://{options.connect}/end"], check=True)
    latencies = Histogram()
    last = runs[-1]
    for micros, times in last["latencies"]:
        latencies.record(micros * TICKS_PER_MICRO, times)
    endpoint.tell(
        "result",
        downloads={name: before[name] + after[name] for name in before},
        responses=sum(run["requests"] for run in runs),
        verified=sum(run["verified"] for run in runs),
        errors=sum(run["errors"] for run in runs),
        transactions=last["requests"],
        measuredMicros=last["micros"],
        bytesRead=last["bytes"],
        responseBytes=heads[-1] + options.body,
        latencyTicks=latencies.pairs(),
    )


endpoint.run(main)
