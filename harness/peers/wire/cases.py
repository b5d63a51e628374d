"""The cases by name. A case is a function of a host; it raises `Complaint` if the stack does not do the right thing."""

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function
