"""The bytes that a connection is to carry: a pattern that repeats, or a file that is the stream itself."""


class Stream:
    """Random access to the expected bytes; all comparisons are memory comparisons without a copy."""

    def __init__(self, content, repeats):
        if not content:
            raise ValueError("the stream's file is empty")
        self.period = len(content) if repeats else 0
        self.length = len(content)
        # Twice over, so that a piece that wraps is contiguous.
        self.content = content + content if repeats else content

    @staticmethod
    def load(pattern_path, file_path):
        """The stream of exactly one of two files: a pattern, or the whole stream. None if neither is given."""
        if pattern_path is not None and file_path is not None:
            raise ValueError("give --pattern or --file, not both")
        path = pattern_path if pattern_path is not None else file_path
        if path is None:
            return None
        with open(path, "rb") as source:
            return Stream(source.read(), pattern_path is not None)

    def offset(self, position):
        return position % self.period if self.period else position

    def piece_limit(self, position, limit):
        """The most bytes from a position on that are contiguous here; 0 past the end of a file."""
        if self.period:
            return min(limit, self.period)
        return max(0, min(limit, self.length - position))

    def matches(self, chunk, position):
        return self.content.startswith(chunk, self.offset(position))

    def first_mismatch(self, chunk, position):
        """Position of the first byte of a chunk that is not the stream's; None if all are."""
        at = 0
        limit = self.period or len(chunk)
        while at < len(chunk):
            piece = chunk[at : at + limit]
            if not self.matches(piece, position + at):
                start = self.offset(position + at)
                expected = self.content[start : start + len(piece)]
                for index, byte in enumerate(piece):
                    if index >= len(expected) or byte != expected[index]:
                        return position + at + index
            at += len(piece)
        return None
