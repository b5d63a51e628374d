"""
Makes requests by a schedule, whether or not earlier ones were answered, and tells how long each took.

    generator.py --connect 10.77.0.1:5001 --pattern /shared/pattern --message 1024 --rate 2000 --most 256 --seed 1
        --settle 0.1 --seconds 1

Arrivals are a Poisson process: the times between requests are drawn from an exponential distribution. A latency runs from
the time at which a request was due until the last byte of its response has been taken from the kernel; so a request that
is made late has waited meanwhile. A request that falls due while `most` are under way is refused: counted, and never made.
Prints {"event": "connected"} and, after the last response, one {"event": "result"}.
"""

import collections
import ctypes
import gc
import random
import selectors
import socket
import time

import endpoint
from ends import End, combined, wanted
from histogram import Histogram
from stream import Stream

NANOS_PER_TICK = 100
# prctl(2): how much later than asked for the kernel may wake this thread, in nanoseconds. The default is 50,000.
PR_SET_TIMERSLACK = 29
TIMER_SLACK_NANOS = 1000


class Schedule:
    """When requests are due, in nanoseconds of the monotonic clock."""

    def __init__(self, options):
        self.draws = random.Random(options.seed)
        self.rate = options.rate
        start = time.monotonic_ns()
        self.opens = start + round(options.settle * 1e9)
        self.closes = self.opens + round(options.seconds * 1e9)
        self.due = start
        self.advance()

    def advance(self):
        self.due += round(self.draws.expovariate(self.rate) * 1e9)

    def measures(self, moment):
        return self.opens <= moment < self.closes

    @property
    def ended(self):
        return self.due >= self.closes


class Account:
    """What happened to the requests that were due within the measured time."""

    def __init__(self):
        self.due = 0
        self.refused = 0
        self.latencies = Histogram()
        self.lags = Histogram()
        # Answered within the measured time, whenever they were due; and all that were answered.
        self.transactions = 0
        self.answered = 0


class Caller(End):
    def __init__(self, connection, stream, message_bytes):
        super().__init__(connection, stream)
        self.message_bytes = message_bytes
        # When the requests under way were due, the oldest first.
        self.under_way = collections.deque()
        self.answered = 0

    def ask(self, due):
        self.under_way.append(due)
        self.owed += self.message_bytes
        self.send()

    def answers(self):
        """The times at which those requests were due whose responses are complete now."""
        complete = self.received // self.message_bytes - self.answered
        self.answered += complete
        return [self.under_way.popleft() for _ in range(complete)]


class Generator:
    def __init__(self, callers, options):
        self.callers = callers
        self.most = options.most
        self.timeout = options.timeout
        self.schedule = Schedule(options)
        self.account = Account()
        self.asked = 0
        self.under_way = 0

    def run(self):
        # Waits to the microsecond; the other selectors round a timeout up to a millisecond.
        with selectors.SelectSelector() as selector:
            for caller in self.callers:
                selector.register(caller.connection, wanted(caller), caller)
            self.follow_schedule(selector)
            while self.under_way > 0:
                self.wait(selector, self.timeout)
            for caller in self.callers:
                caller.connection.shutdown(socket.SHUT_WR)
            while not all(caller.finished for caller in self.callers):
                self.wait(selector, self.timeout)
        for caller in self.callers:
            caller.connection.close()

    def follow_schedule(self, selector):
        schedule = self.schedule
        while not schedule.ended:
            now = time.monotonic_ns()
            while schedule.due <= now and not schedule.ended:
                self.arrive(schedule.due, now, selector)
                schedule.advance()
                now = time.monotonic_ns()
            if not schedule.ended:
                self.select(selector, (schedule.due - now) / 1e9)

    def arrive(self, due, now, selector):
        """A request is due."""
        account = self.account
        measures = self.schedule.measures(due)
        refused = self.under_way >= self.most
        if measures:
            account.due += 1
            account.refused += refused
            account.lags.record((now - due) // NANOS_PER_TICK)
        if refused:
            return
        caller = self.callers[self.asked % len(self.callers)]
        self.asked += 1
        self.under_way += 1
        caller.ask(due)
        self.update(selector, caller)

    def wait(self, selector, seconds):
        if not self.select(selector, seconds):
            raise TimeoutError(f"no bytes for {seconds} s, and {self.under_way} requests without their response")

    def select(self, selector, seconds):
        """Waits for bytes, at most so long, and takes them. Whether there were any, or room for more."""
        ready = selector.select(seconds)
        for key, events in ready:
            caller = key.data
            if events & selectors.EVENT_READ:
                caller.receive()
                self.take(caller)
            caller.send()
            self.update(selector, caller)
        return len(ready) > 0

    def take(self, caller):
        now = time.monotonic_ns()
        account = self.account
        for due in caller.answers():
            self.under_way -= 1
            account.answered += 1
            account.transactions += self.schedule.measures(now)
            if self.schedule.measures(due):
                account.latencies.record((now - due) // NANOS_PER_TICK)
        if caller.finished and caller.under_way:
            raise ConnectionError("the other end closed before the last response")

    def update(self, selector, caller):
        if caller.finished:
            selector.unregister(caller.connection)
        elif wanted(caller) != selector.get_key(caller.connection).events:
            selector.modify(caller.connection, wanted(caller), caller)


def be_punctual():
    """Neither the kernel's timers nor the collector of garbage make requests late."""
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NANOS, 0, 0, 0)
    gc.disable()


def main():
    parser = endpoint.exchange_parser(__doc__)
    parser.add_argument("--rate", type=float, required=True, metavar="PER_SECOND", help="requests that are due")
    parser.add_argument("--most", type=int, required=True, metavar="REQUESTS", help="under way at the same time")
    parser.add_argument("--seed", type=int, required=True, help="of the times of arrival")
    parser.add_argument("--settle", type=float, default=0.0, metavar="SECONDS", help="before the measurement begins")
    parser.add_argument("--seconds", type=float, required=True, help="how long it measures")
    options = parser.parse_args()
    stream = Stream.load(options.pattern, None)
    be_punctual()
    callers = [Caller(each, stream, options.message) for each in endpoint.meet(options, socket.SO_SNDBUF)]
    generator = Generator(callers, options)
    generator.run()
    account = generator.account
    endpoint.tell(
        "result",
        **combined(callers),
        transactions=account.transactions,
        allTransactions=account.answered,
        measuredMicros=round(options.seconds * 1e6),
        latencyTicks=account.latencies.pairs(),
        due=account.due,
        refused=account.refused,
        lagTicks=account.lags.pairs(),
    )


endpoint.run(main)
