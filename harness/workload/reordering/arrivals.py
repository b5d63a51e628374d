"""
Reordering of the segments of one TCP stream, from a capture at the receiver (RFC 4737).

A segment is reordered if it begins before bytes that arrived earlier (section 3.3: its number is below NextExp). Its extent
is how many segments ago the first of those arrived (section 4.2.1). It is n-reordered if all of the n segments before it
begin after it (section 5.4.1): 3-reordered segments draw three duplicate ACKs. Bytes that have arrived already are no
reordering: a duplicate. Where segments are lost, the one that is sent again counts as reordered, since it comes late.
"""

import bisect
import struct

import histogram

# n-reordering is looked for up to here: what matters is 3.
MOST_DEGREE = 64
SYN = 2
# Bytes before the IP header, by the link type of a capture: Ethernet, and "any" device in both of its versions.
LINK_BYTES = {1: 14, 113: 16, 276: 20}


def read(path):
    with open(path, "rb") as file:
        return summarize(data_segments(file.read()))


def data_segments(capture):
    """Begin and length of every segment with payload, in order of arrival; begins are relative and do not wrap."""
    order = "<" if capture[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    record = struct.Struct(order + "IIII")
    link_type, = struct.unpack_from(order + "I", capture, 20)
    segments = []
    at, begin = 24, None
    while at + record.size <= len(capture):
        _, _, kept, _ = record.unpack_from(capture, at)
        ip = at + record.size + LINK_BYTES[link_type]
        at += record.size + kept
        header = (capture[ip] & 15) * 4
        total, = struct.unpack_from(">H", capture, ip + 2)
        tcp = ip + header
        sequence, = struct.unpack_from(">I", capture, tcp + 4)
        length = total - header - (capture[tcp + 12] >> 4) * 4
        if begin is None:
            begin = sequence
        if length <= 0 or capture[tcp + 13] & SYN:
            continue
        last = segments[-1][0] if segments else 0
        # The nearest number to the last one that has these 32 bits.
        offset = (sequence - begin - last + 2**31) % 2**32 - 2**31
        segments.append((last + offset, length))
    return segments


def summarize(segments):
    """Segments that are no duplicates, and of them those that are reordered, those 3-reordered, and the extents of all."""
    counted, duplicates, reordered, three = 0, 0, 0, 0
    extents = histogram.Histogram()
    arrived = []  # Ends and places of the segments that went beyond all before.
    begins = []  # Of all that count, in order of arrival.
    seen = set()
    next_expected = 0
    for begin, length in segments:
        if begin in seen:
            duplicates += 1
            continue
        seen.add(begin)
        if begin >= next_expected:
            arrived.append((begin, counted))
            next_expected = begin + length
        else:
            reordered += 1
            first = arrived[bisect.bisect_right(arrived, (begin, counted))]
            extent = counted - first[1]
            extents.record(extent)
            three += degree(begins, begin) >= 3
        begins.append(begin)
        counted += 1
    return {
        "segments": counted,
        "duplicates": duplicates,
        "reordered": reordered,
        "threeReordered": three,
        "extents": extents.pairs(),
    }


def degree(begins, begin):
    """How many of the segments just before this one begin after it."""
    count = 0
    for other in reversed(begins[-MOST_DEGREE:]):
        if other <= begin:
            break
        count += 1
    return count
