"""A bounded distribution of whole numbers, with the buckets of harness/measure/histogram.ts."""

SUB_BUCKETS = 64
EXACT_BITS = 7
LARGEST = (1 << 31) - 1


def bucket_of(ticks):
    value = min(ticks, LARGEST)
    shift = max(0, value.bit_length() - EXACT_BITS)
    return shift * SUB_BUCKETS + (value >> shift)


class Histogram:
    def __init__(self):
        self.counts = {}

    def record(self, ticks, times=1):
        bucket = bucket_of(ticks)
        self.counts[bucket] = self.counts.get(bucket, 0) + times

    def pairs(self):
        return sorted(self.counts.items())
