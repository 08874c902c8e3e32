"""What everybody did and was told, as seen from outside, and what must not have happened."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: its code and one example."""

    code: str
    text: str


@dataclass
class History:
    """invoke, ok, fail and info of every act; kept in a file when there is one."""

    path: Path | None = None
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    #: seconds that webhooks took to be answered
    waits: list[float] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)

    def note(self, phase: str, who: str, act: str, **more: Any) -> None:
        """One line; `phase` is invoke, ok, fail (nothing was done) or info (nobody knows)."""
        self.counts[f"{act} {phase}"] += 1
        if self.path is not None:
            line = {"at": round(time.time(), 3), "phase": phase, "who": who, "act": act, **more}
            self._lines.append(json.dumps(line, ensure_ascii=False))

    def broken(self, code: str, text: str) -> None:
        """A promise was broken."""
        self.violations.append(Violation(code, text))

    def write(self) -> None:
        """Append what was noted since to the file."""
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in self._lines)
            self._lines.clear()
