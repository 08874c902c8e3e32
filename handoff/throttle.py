"""How long a login waits after failed ones: guessing becomes slow, nobody is locked out."""

from dataclasses import dataclass

from bot.clock import MINUTE_MS, SECOND_MS

#: Failures older than this are forgotten.
WINDOW_MS = 15 * MINUTE_MS
#: So many mistypings are free.
FREE_FOR_PAIR = 4
FREE_FOR_ADDRESS = 30
#: From so many failures from everywhere on, a login name is answered slowly.
FREE_FOR_LOGIN = 30
LONGEST_WAIT_MS = MINUTE_MS
SLOW_MS = 2 * SECOND_MS
_MOST_DOUBLINGS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Failures:
    """Failed logins within the window, and when the last one of each kind was."""

    #: of this login name from this address
    pair: int = 0
    pair_at: int = 0
    #: of any login name from this address
    address: int = 0
    address_at: int = 0
    #: of this login name from any address
    login: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """What becomes of the next try."""

    #: refuse it and say so; 0: let it through
    wait_ms: int
    #: answer it after this long
    slow_ms: int


def decide_pace(failures: Failures, now: int) -> Pace:
    """Who guesses from one address waits longer each time, and only that address waits.

    Guesses at one name from many addresses are answered slowly and never refused: otherwise
    anybody could keep the owner out.
    """
    wait = max(
        _wait(failures.pair - FREE_FOR_PAIR, failures.pair_at, now),
        _wait(failures.address - FREE_FOR_ADDRESS, failures.address_at, now),
    )
    return Pace(wait_ms=wait, slow_ms=SLOW_MS if failures.login >= FREE_FOR_LOGIN else 0)


def _wait(surplus: int, last_at: int, now: int) -> int:
    """1, 2, 4 ... 60 seconds from the last failure on."""
    if surplus <= 0:
        return 0
    pause = min(SECOND_MS << min(surplus - 1, _MOST_DOUBLINGS), LONGEST_WAIT_MS)
    return max(0, min(last_at + pause - now, LONGEST_WAIT_MS))
