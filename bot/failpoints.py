"""Dies or dawdles at a named point when a crash test asks for it, and does nothing otherwise.

docs/reference/failpoints.md lists the points.
"""

import errno
import os
import random
import signal
import threading
from dataclasses import dataclass

VARIABLE = "MADOGUCHI_FAILPOINT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Failpoint:
    """What happens at one point."""

    name: str
    #: 0 to 1, for each time the point is passed
    probability: float
    #: None: the process is killed as by `kill -9`
    sleep_ms: int | None = None
    #: the system's error that is raised, as a number
    error: int | None = None


def parse_failpoint(text: str) -> Failpoint | None:
    """`name:probability[:kill|sleep=ms|raise=NAME]`; None for an empty text. Raises ValueError."""
    if not text:
        return None
    name, _, rest = text.partition(":")
    probability, _, action = rest.partition(":")
    verb, _, value = action.partition("=")
    if verb not in ("", "kill", "sleep", "raise") or (verb in ("sleep", "raise")) != bool(value):
        raise ValueError(f"{VARIABLE}: {action}: kill, sleep=milliseconds or raise=ENOSPC")
    if verb == "raise" and value not in errno.errorcode.values():
        raise ValueError(f"{VARIABLE}: {value}: there is no such error")
    return Failpoint(
        name=name,
        probability=float(probability or 1),
        sleep_ms=int(value) if verb == "sleep" else None,
        error=getattr(errno, value) if verb == "raise" else None,
    )


_armed = parse_failpoint(os.environ.get(VARIABLE, ""))


def hit(name: str) -> None:
    """Pass a point. Costs one comparison while no failpoint is set."""
    if _armed is None or _armed.name != name:
        return
    if random.random() >= _armed.probability:  # noqa: S311 - no secret
        return
    if _armed.error is not None:
        raise OSError(_armed.error, os.strerror(_armed.error))
    if _armed.sleep_ms is None:
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        # the thread stands still on purpose, be it the event loop's own
        threading.Event().wait(_armed.sleep_ms / 1000)
