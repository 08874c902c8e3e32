"""Which letters a pattern can begin with, for plain patterns: letters, groups, `?`, looking."""

import re

_OPTIONAL = ("?", "*")


def first_letters(pattern: str) -> frozenset[str]:
    """Every letter with which something can begin that the pattern fits."""
    letters, may_be_empty = _read(pattern)
    if may_be_empty:
        raise ValueError(pattern)
    return frozenset(letters)


def _read(pattern: str) -> tuple[set[str], bool]:
    """The first letters of any of its branches, and whether one fits nothing at all."""
    letters: set[str] = set()
    may_be_empty = False
    for branch in _branches(pattern):
        begun, empty = _read_branch(branch)
        letters |= begun
        may_be_empty |= empty
    return letters, may_be_empty


def _read_branch(branch: str) -> tuple[set[str], bool]:
    letters: set[str] = set()
    place = 0
    while place < len(branch):
        found = branch[place]
        end = place + 1
        if found == "(":
            end = _closing(branch, place)
            inner = branch[place + 1 : end - 1]
            begun, empty = (set[str](), True) if inner.startswith("?") else _read(inner)
        elif found == "[":
            end = branch.index("]", place) + 1
            begun, empty = set(branch[place + 1 : end - 1]), False
        else:
            begun, empty = {found}, False
        letters |= begun
        if branch[end : end + 1] in _OPTIONAL:
            empty, end = True, end + 1
        if not empty:
            return letters, False
        place = end
    return letters, True


def _branches(pattern: str) -> list[str]:
    """What stands between the bars that are in no group."""
    branches, depth, start = [], 0, 0
    for found in re.finditer(r"[()|]", pattern):
        if found.group() == "|" and not depth:
            branches.append(pattern[start : found.start()])
            start = found.end()
        else:
            depth += {"(": 1, ")": -1, "|": 0}[found.group()]
    return [*branches, pattern[start:]]


def _closing(text: str, opening: int) -> int:
    """The place behind the bracket that closes this one."""
    depth = 0
    for found in re.finditer(r"[()]", text[opening:]):
        depth += 1 if found.group() == "(" else -1
        if not depth:
            return opening + found.end()
    raise ValueError(text)
