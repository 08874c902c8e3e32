"""Faults to put into calls: scripted one by one, at random from a seed, or as an outage."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class FaultKind(StrEnum):
    """What goes wrong with a call."""

    ERROR = "500"
    BAD_GATEWAY = "502 with a body that is not UTF-8"
    HANG = "no answer"
    RESET = "connection broken"
    SLOW = "late answer"
    GARBAGE = "200 with an unreadable body"
    RATE = "429 rate"
    CONCURRENCY = "429 concurrency"
    MONTH = "429 month"
    PERSON = "429 too many to one person"
    UNAUTHORIZED = "401"


#: these say in the answer that nothing was done, so they never follow an acceptance
_REFUSALS = frozenset(
    {
        FaultKind.RATE,
        FaultKind.CONCURRENCY,
        FaultKind.MONTH,
        FaultKind.PERSON,
        FaultKind.UNAUTHORIZED,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One fault. `after` = the platform does the work first: the nasty one."""

    kind: FaultKind
    after: bool = False
    #: how long HANG and SLOW keep the caller waiting
    seconds: float = 3600.0

    def __post_init__(self) -> None:
        if self.after and self.kind in _REFUSALS:
            msg = f"{self.kind.name} cannot follow an acceptance"
            raise ValueError(msg)


ERROR_BEFORE = Fault(kind=FaultKind.ERROR)
ERROR_AFTER = Fault(kind=FaultKind.ERROR, after=True)
BAD_GATEWAY_BEFORE = Fault(kind=FaultKind.BAD_GATEWAY)
BAD_GATEWAY_AFTER = Fault(kind=FaultKind.BAD_GATEWAY, after=True)
HANG_BEFORE = Fault(kind=FaultKind.HANG)
HANG_AFTER = Fault(kind=FaultKind.HANG, after=True)
RESET_BEFORE = Fault(kind=FaultKind.RESET)
RESET_AFTER = Fault(kind=FaultKind.RESET, after=True)
SLOW = Fault(kind=FaultKind.SLOW, seconds=1.0)
GARBAGE = Fault(kind=FaultKind.GARBAGE, after=True)
RATE_LIMIT = Fault(kind=FaultKind.RATE)
CONCURRENCY_LIMIT = Fault(kind=FaultKind.CONCURRENCY)
MONTHLY_LIMIT = Fault(kind=FaultKind.MONTH)
PERSON_LIMIT = Fault(kind=FaultKind.PERSON)
UNAUTHORIZED = Fault(kind=FaultKind.UNAUTHORIZED)

#: rates like those of a bad day, for crash tests: everything that may follow a send
BAD_DAY: dict[Fault, float] = {
    ERROR_BEFORE: 0.05,
    RATE_LIMIT: 0.03,
    ERROR_AFTER: 0.05,
    HANG_AFTER: 0.05,
    RESET_AFTER: 0.03,
    SLOW: 0.02,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outage:
    from_at: int
    until_at: int
    fault: Fault


class Faults:
    """Decides for each call what goes wrong; endpoints are named as in `calls.ROUTES`."""

    def __init__(self) -> None:
        self._scripts: dict[str, deque[Fault | None]] = {}
        self._rates: dict[Fault, float] = {}
        self._random = Random(0)  # noqa: S311 - repeatable on purpose
        self._endpoints: frozenset[str] = frozenset()
        self._outages: list[_Outage] = []
        #: the faults that calls met, in order, each with its endpoint
        self.drawn: list[tuple[str, Fault]] = []

    def script(self, endpoint: str, *faults: Fault | None) -> None:
        """The next calls of an endpoint meet these in turn; None lets one pass."""
        self._scripts.setdefault(endpoint, deque()).extend(faults)

    def randomly(
        self,
        rates: Mapping[Fault, float],
        *,
        seed: int,
        endpoints: tuple[str, ...] = ("reply", "push"),
    ) -> None:
        """Each call of these endpoints meets a fault with the given probability."""
        self._rates = dict(rates)
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose
        self._endpoints = frozenset(endpoints)

    def outage(self, *, from_at: int, until_at: int, fault: Fault = RESET_BEFORE) -> None:
        """From one moment of the platform's clock to the other every call meets the fault."""
        self._outages.append(_Outage(from_at=from_at, until_at=until_at, fault=fault))

    def clear(self) -> None:
        self._scripts.clear()
        self._rates = {}
        self._outages.clear()

    def draw(self, endpoint: str, now: int) -> Fault | None:
        fault = self._choose(endpoint, now)
        if fault is not None:
            self.drawn.append((endpoint, fault))
        return fault

    def _choose(self, endpoint: str, now: int) -> Fault | None:
        for outage in self._outages:
            if outage.from_at <= now < outage.until_at:
                return outage.fault
        script = self._scripts.get(endpoint)
        if script:
            return script.popleft()
        return self._draw_random() if endpoint in self._endpoints else None

    def _draw_random(self) -> Fault | None:
        chance = self._random.random()
        for fault, rate in self._rates.items():
            if chance < rate:
                return fault
            chance -= rate
        return None
