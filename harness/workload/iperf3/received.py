"""What iperf3 has written of what it received, compared with what the other end sends."""

import mmap
import os

from stream import Stream

# In memory: a disk would be slower than the network.
PATH = "/dev/shm/iperf3-received"

PERIOD = 10
DIGITS = b"0123456789" * (1 << 15)
# Most incomplete writes of a block, as in payload.ts.
RESTART_LIMIT = 16


def verified(counted, streams, pattern, block):
    """
    How many of the bytes that iperf3 has counted are as they have to be. It may have written more: bytes that arrived when the
    test was over. Removes the file.
    """
    longest = -(-counted // streams)
    with open(PATH, "rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
        equal = equal_prefix(content, pattern, block)
        is_intact = equal >= min(longest, len(content)) and len(content) >= longest
    os.remove(PATH)
    return counted if is_intact else min(equal, counted)


def equal_prefix(content, pattern, block):
    with memoryview(content) as view:
        if pattern is None:
            return repeating_prefix(view, block)
        mismatch = Stream.load(pattern, None).first_mismatch(view, 0)
        return len(view) if mismatch is None else mismatch


def repeating_prefix(content, block):
    """The prefix that is iperf3's repeating payload; payload.ts says what that is."""
    done = 0
    while done < len(content):
        phase = 0
        restarts = -1
        end = min(len(content), done - done % block + block)
        while done < end:
            restarts += 1
            piece = content[done : min(end, done + len(DIGITS) - PERIOD)]
            equal = common_prefix(piece, phase)
            done += equal
            phase = (phase + equal) % PERIOD
            if equal < len(piece):
                if content[done] != DIGITS[0] or restarts >= RESTART_LIMIT:
                    return done
                phase = 0
    return done


def common_prefix(piece, phase):
    """How many bytes are the digits from a phase on; found by halves, since most pieces are equal as a whole."""
    if DIGITS.startswith(piece, phase):
        return len(piece)
    equal, unequal = 0, len(piece)
    while unequal - equal > 1:
        middle = (equal + unequal) // 2
        if DIGITS.startswith(piece[equal:middle], phase + equal):
            equal = middle
        else:
            unequal = middle
    return equal
