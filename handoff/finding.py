"""What the doctor found, one readable line each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at: fine, worth a look, or bad and how to mend it."""

    name: str
    text: str
    #: it does not work like this
    bad: bool = False
    #: it works, and somebody should look at it
    warn: bool = False

    def __str__(self) -> str:
        mark = "bad " if self.bad else "look" if self.warn else "ok  "
        return f"{mark}  {self.name}: {self.text}"


def fine(name: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(name=name, text=text)


def look(name: str, text: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(name=name, text=text, warn=True)


def bad(name: str, text: str) -> Finding:
    """It does not work like this; the text says how to mend it."""
    return Finding(name=name, text=text, bad=True)
