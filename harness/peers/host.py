"""
Runs the programs of a Linux host, each in a process of its own: a fork of this one, which has loaded Python and the
modules that most programs need. To start Python in a container anew takes a tenth of a second of its processors, for
every program of every sample.

    host.py

Standard input has one request a line, as JSON:

    {"id": 1, "file": "/workload/bulk/sink.py", "argv": ["--listen", "5001"]}
    {"id": 1, "signal": "TERM"}

Standard output tells of each program, one JSON object a line:

    {"id": 1, "line": "…"}    a line of its standard output
    {"id": 1, "error": "…"}   a line of its standard error
    {"id": 1, "exit": 0}      its exit code, 128 + n after signal n; the last of this program

Ends when its input ends, and kills what still runs. A program and what it started are a process group.
"""

# What programs use is loaded here once: a fork has it already. A workload's own module must not have the name of one of
# these: it would not be loaded.
import argparse  # noqa: F401
import gc
import json
import os
import selectors
import signal
import socket  # noqa: F401
import struct  # noqa: F401
import subprocess  # noqa: F401
import sys
import traceback
import types

import ends  # noqa: F401
import endpoint  # noqa: F401
import stream  # noqa: F401
import tcp_info  # noqa: F401

PIECE = 1 << 16
# More than a pipe holds.
MOST_PIECES = 4


class Program:
    """A program that runs; `outputs` holds what has come of an unfinished line, by the descriptor it is read from."""

    def __init__(self, number, pid, descriptor, outputs):
        self.number = number
        self.pid = pid
        self.descriptor = descriptor
        self.names = outputs
        self.partial = {each: b"" for each in outputs}

    def take(self, output):
        """Tells the lines that can be read now. False at the end of this output."""
        try:
            piece = os.read(output, PIECE)
        except BlockingIOError:
            return True
        *lines, self.partial[output] = (self.partial[output] + piece).split(b"\n")
        if not piece and self.partial[output]:
            lines, self.partial[output] = [self.partial[output]], b""
        for line in lines:
            tell(self.number, **{self.names[output]: line.decode(errors="replace")})
        return bool(piece)

    def drain(self, output):
        """What was written before the program ended. A process that it left behind may write more, and is not waited for."""
        for _ in range(MOST_PIECES):
            if not self.take(output) or not ready(output):
                return


def ready(descriptor):
    with selectors.PollSelector() as one:
        one.register(descriptor, selectors.EVENT_READ)
        return bool(one.select(0))


def tell(number, **fields):
    print(json.dumps({"id": number, **fields}), flush=True)


class Host:
    def __init__(self):
        self.programs = {}
        self.selector = selectors.DefaultSelector()
        self.requests = b""
        self.selector.register(0, selectors.EVENT_READ, self.read_requests)

    def serve(self):
        """Returns what a fork of this process is to run; None, in this process, once the input has ended."""
        while True:
            for key, _ in self.selector.select():
                # Another event of the same round may have ended this one's program.
                if key.fd not in self.selector.get_map():
                    continue
                outcome = key.data()
                if outcome is not None:
                    return outcome or None

    def read_requests(self):
        piece = os.read(0, PIECE)
        if not piece:
            return self.end()
        *lines, self.requests = (self.requests + piece).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if "signal" in request:
                self.send_signal(request["id"], signal.Signals[f"SIG{request['signal']}"])
                continue
            if self.start(request):
                return request
        return None

    def start(self, request):
        """True in the fork."""
        outputs = [os.pipe(), os.pipe()]
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, (_, write) in enumerate(outputs, 1):
                os.dup2(write, number)
            self.selector.close()
            os.closerange(3, 1024)
            return True
        # Here, too: a signal to the group may be asked for before the fork has run.
        os.setpgid(pid, pid)
        reads = [read for read, _ in outputs]
        for read, write in outputs:
            os.close(write)
            os.set_blocking(read, False)
        descriptor = os.pidfd_open(pid)
        program = Program(request["id"], pid, descriptor, dict(zip(reads, ("line", "error"))))
        self.programs[program.number] = program
        for read in reads:
            self.selector.register(read, selectors.EVENT_READ, lambda read=read: self.read_output(program, read))
        self.selector.register(descriptor, selectors.EVENT_READ, lambda: self.finish(program))
        return False

    def read_output(self, program, output):
        if not program.take(output):
            self.selector.unregister(output)

    def finish(self, program):
        _, status = os.waitpid(program.pid, 0)
        for output in program.names:
            if output in self.selector.get_map():
                self.selector.unregister(output)
                program.drain(output)
            os.close(output)
        self.selector.unregister(program.descriptor)
        os.close(program.descriptor)
        del self.programs[program.number]
        code = os.waitstatus_to_exitcode(status)
        tell(program.number, exit=code if code >= 0 else 128 - code)

    def send_signal(self, number, name):
        """Does nothing if the program has ended. What it started is killed with it, and otherwise left to it."""
        program = self.programs.get(number)
        if program is None:
            return
        try:
            (os.killpg if name == signal.SIGKILL else os.kill)(program.pid, name)
        except ProcessLookupError:
            pass

    def end(self):
        for number in list(self.programs):
            self.send_signal(number, signal.SIGKILL)
        return False


def run(request):
    """As `python3 file argv…` would, in this process, which ends with it."""
    sys.argv = [request["file"], *request["argv"]]
    sys.path[0] = os.path.dirname(request["file"])
    code = 0
    try:
        with open(request["file"], "rb") as source:
            program = compile(source.read(), request["file"], "exec")
        main = types.ModuleType("__main__")
        main.__file__ = request["file"]
        sys.modules["__main__"] = main
        exec(program, main.__dict__)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # At once: Python would look through all its objects first, for as long as many a program runs. No program leaves
    # threads behind.
    os._exit(code)


# What is there by now lives as long as the process: forks need not look through it when they collect garbage and end.
gc.freeze()
request = Host().serve()
if request is not None:
    run(request)
