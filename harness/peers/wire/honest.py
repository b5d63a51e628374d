"""
Honest clients: programs of this Linux host that run again and again during a case. Each try may take one second.
"""

import subprocess
import threading
import time

from host import Complaint

INTERVAL_SECONDS = 0.2
LIMIT_SECONDS = 1


def fetch(stack_address):
    return ["curl", "-sS", "-f", "-o", "/dev/null", "--max-time", str(LIMIT_SECONDS), f"http://{stack_address}/"]


def ping(stack_address, size_bytes):
    return ["ping", "-q", "-c", "1", "-W", str(LIMIT_SECONDS), "-s", str(size_bytes), stack_address]


class Honest:
    """
    Runs a command every 200 ms during the `with` block and for a second longer. The end of the block raises Complaint
    if a run of the command failed.
    """

    def __init__(self, command, after_seconds=1.0):
        self.command = command
        self.after_seconds = after_seconds
        self.tries = 0
        self.failures = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.began = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            self.over.wait(self.after_seconds)
        self.over.set()
        self.thread.join()
        if error is None:
            self.complain()
        elif isinstance(error, Complaint):
            raise Complaint(f"{error}; meanwhile {self.summary()}") from error

    def run(self):
        while not self.over.is_set():
            started = time.monotonic()
            result = subprocess.run(self.command, capture_output=True, text=True)
            self.tries += 1
            if result.returncode != 0:
                words = (result.stderr or result.stdout).strip().splitlines() or [f"exit code {result.returncode}"]
                self.failures.append((started - self.began, words[-1]))
            self.over.wait(max(0, started + INTERVAL_SECONDS - time.monotonic()))

    def summary(self):
        return f"{len(self.failures)} of {self.tries} tries of {self.command[0]} failed"

    def complain(self):
        if self.failures:
            at, words = self.failures[0]
            raise Complaint(
                f"expected each {self.command[0]} to be answered within {LIMIT_SECONDS} s; "
                f"{self.summary()}, the first after {at:.1f} s: {words}"
            )


def expect_alive(stack_address):
    """Whatever a case did, the next client is served."""
    result = subprocess.run(fetch(stack_address), capture_output=True, text=True)
    if result.returncode != 0:
        raise Complaint(f"expected the page within {LIMIT_SECONDS} s afterwards; {result.stderr.strip()}")
