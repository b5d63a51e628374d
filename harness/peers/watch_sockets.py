"""
Asks `ss -ti` for this host's connections, again and again, until it is told to stop (SIGTERM): the kernel's own view.

    watch_sockets.py --port 5001

Prints {"event": "listening"} once it can be stopped, and one {"event": "result"} with what each look showed, as the program wrote it.
"""

import argparse
import signal
import subprocess

import endpoint

# A longer exchange is watched at its beginning only.
MOST_LOOKS = 400


def main():
    options = argparse.ArgumentParser(description="the kernel's view of its connections")
    options.add_argument("--port", type=int, required=True, help="of the end that listens, here or there")
    options.add_argument("--step", type=float, default=0.01, metavar="SECONDS", help="pause between two looks")
    options = options.parse_args()
    # Waited for, not handled: a handler runs in the midst of whatever it interrupts, and would wait for ever for a lock that
    # is held there.
    stop = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    command = ["ss", "-tinOH", f"( sport = :{options.port} or dport = :{options.port} )"]
    endpoint.tell("listening")
    looks = []
    while len(looks) < MOST_LOOKS:
        if signal.sigtimedwait(stop, options.step) is not None:
            break
        shown = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=10)
        if shown.stdout.strip():
            looks.append({"micros": endpoint.now_micros(), "shown": shown.stdout})
    else:
        signal.sigwait(stop)
    endpoint.tell("result", looks=looks)


main()
