"""When how much of a stream had arrived: pairs of the monotonic clock, which all containers share, and a number of bytes."""

import endpoint

# Least time between two records.
STEP_MICROS = 10_000


class Arrivals:
    def __init__(self):
        self.pairs = [(endpoint.now_micros(), 0)]
        self.last = self.pairs[0]

    def note(self, received):
        """`received` is all that arrived so far; nothing is noted if nothing came."""
        if received == self.last[1]:
            return
        self.last = (endpoint.now_micros(), received)
        if self.last[0] - self.pairs[-1][0] >= STEP_MICROS:
            self.pairs.append(self.last)

    def recorded(self):
        """All records, and the last arrival even if it came within a step."""
        return self.pairs if self.pairs[-1] is self.last else [*self.pairs, self.last]
