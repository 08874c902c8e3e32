"""Adds up what storms came to and says it in a page of text."""

from collections import Counter
from dataclasses import dataclass, field

from tests.crash.history import History, Violation
from tests.crash.storm import Result, list_points

#: Acts that count as messages, with the words for them.
ACTS = (
    ("webhook ok", "LINE calls acknowledged"),
    ("web ok", "web messages acknowledged"),
    ("reply ok", "agents' replies acknowledged"),
    ("claim ok", "claims won"),
    ("claim fail", "claims lost to somebody else"),
    ("transfer ok", "transfers"),
    ("release ok", "releases"),
    ("marked as sent again", "answers marked as sent again"),
)


@dataclass
class Totals:
    """Everything so far."""

    first_seed: int
    worlds: int = 0
    outside: int = 0
    seconds: float = 0.0
    hits: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, result: Result, history: History) -> None:
        """One more world."""
        self.worlds += 1
        self.outside += result.outside
        self.seconds += result.seconds
        self.hits += result.hits
        self.counts += history.counts
        self.violations += history.violations
        self.slowest = max([self.slowest, *history.waits])
        if result.stuck:
            self.stuck.append(f"seed {result.seed}: {result.stuck}")

    @property
    def kills(self) -> int:
        return self.hits.total() + self.outside

    @property
    def verdict(self) -> str:
        """ok; broken: a promise was; stuck: work is left over, and nobody knows if it is lost."""
        if self.violations:
            return "broken"
        return "stuck" if self.stuck else "ok"

    def line(self) -> str:
        """How far it is."""
        return f"{self.kills} kills in {self.seconds:.0f} s, {len(self.violations)} violations"

    def report(self) -> str:
        """All of it."""
        seeds = f"{self.first_seed} to {self.first_seed + self.worlds - 1}"
        lines = [
            f"verdict: {self.verdict}",
            f"seeds: {seeds}; {self.line()}",
            f"killed at failpoints: {self.hits.total()}, at any moment: {self.outside}",
            f"slowest answer of a webhook: {self.slowest:.2f} s",
            "",
            *(f"{self.counts[key]:>8}  {words}" for key, words in ACTS),
            "",
            *(f"{self.hits[point]:>8}  {point}" for point in list_points()),
        ]
        first: dict[str, str] = {}
        for violation in self.violations:
            first.setdefault(violation.code, violation.text)
        counted = Counter(violation.code for violation in self.violations)
        lines += [""] if first else []
        lines += [f"{counted[code]:>8}  {code}, first: {text}" for code, text in first.items()]
        lines += [f"stuck: {text}" for text in self.stuck]
        return "\n".join(lines) + "\n"
