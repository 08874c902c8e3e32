"""A problem in a knowledge file, told so that its writer can find and mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Where something is wrong, what it is and how to mend it."""

    #: relative to the knowledge folder
    file: str
    #: both from 1; the column counts characters
    line: int
    column: int
    what: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}; {self.how}"
