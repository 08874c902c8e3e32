"""Every hostile case on every door, and as many mutations of them as one likes.

python -m tests.hostile.run --count 50000 --seed 7 [--report hostile.json]
"""

# ruff: noqa: FBT003 - what is expected is a value
# ruff: noqa: S311 - repeatable on purpose
# ruff: noqa: T201 - a command that prints

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.hostile import doors_desk, doors_knowledge, doors_line, doors_raw, doors_web
from tests.hostile.arena import Arena, Staff, each, open_arena
from tests.hostile.mutators import mutate_text, split_text
from tests.hostile.texts import ALL, FORMULAS, MARKUP, Case
from tests.hostile.yaml_files import BAD

CANARY = "合言葉はかなりあ七三九一です"
#: Replies in one conversation, before the agent takes another.
_REPLIES = 40
#: How a line of the log begins, in each of its forms.
_BEGINNING = re.compile(r"timestamp=|\{|\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ |$")

Tell = Callable[[str], None]


@dataclass
class Report:
    """What was done, what was seen, what did not hold."""

    seed: int
    cases: int = len(ALL)
    mutants: int = 0
    requests: int = 0
    seconds: float = 0
    statuses: dict[int, int] = field(default_factory=dict)
    doors: dict[str, int] = field(default_factory=dict)
    waits_ms: dict[str, float] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


@dataclass
class Run:
    """The arena with everybody in it."""

    arena: Arena
    agent: Staff
    supervisor: Staff
    admin: Staff
    tell: Tell

    async def all_cases(self, *, thorough: bool) -> None:
        """Each text on each door, each body and request of its own kind."""
        arena = self.arena
        webs = [doors_web.Web(arena) for _ in range(3)]
        few = ALL if thorough else ALL[::5]
        for name, work in {
            "line": [_call(doors_line.try_text, arena, case) for case in ALL],
            "line bodies": [_call(doors_line.try_raw, arena)],
            "web": [_call(self._web, web, ALL[n::3]) for n, web in enumerate(webs)],
            "web bodies": [
                _call(doors_web.try_socket, arena, list(ALL)),
                _call(doors_web.try_frames, arena),
                _call(doors_web.try_bodies, arena),
                _call(doors_raw.try_requests, arena),
            ],
            "desk": [_call(self._desk, ALL if thorough else (*ALL[::6], *MARKUP[::3]))],
            "forms": [
                _call(doors_desk.try_forms, arena, self.admin, case)
                for case in (*few, *MARKUP[::3])
            ],
            "surveys": [_call(self._surveys)],
            "knowledge": [
                _call(doors_knowledge.try_text, self.admin, case, slow=thorough or n % 20 == 0)
                for n, case in enumerate(ALL if thorough else (*ALL[::4], *MARKUP[::4]))
            ],
            "drafts": [_call(self._drafts, few, every=4 if thorough else 8)],
            "files": [_call(doors_knowledge.try_files, arena, BAD)],
            "secret words": [_call(self._canary)],
        }.items():
            began = time.monotonic()
            await each(work, at_once=3)
            self.tell(f"{name}: {time.monotonic() - began:.1f} s")
        await doors_line.check_good(arena)

    async def mutants(self, count: int, chance: Random) -> None:
        """Seeded mutations, each on one door, three at a time."""
        arena = self.arena
        dice = [Random(chance.random()) for _ in range(3)]
        await asyncio.gather(
            *(self._mutate(one, len(range(n, count, 3))) for n, one in enumerate(dice))
        )
        await doors_line.check_good(arena)

    async def _mutate(self, chance: Random, count: int) -> None:
        web = doors_web.Web(self.arena)
        talk = await doors_desk.open_talk(self.arena, self.agent)
        for number in range(count):
            seedling = chance.choice(ALL)
            text = mutate_text(seedling.text, chance)
            case = Case(name=f"{seedling.name} {chance.random()}", text=text)
            match chance.randrange(6):
                case 5:
                    parts = split_text(case.text[:4_000], chance)
                    await doors_web.try_parts(web, case, parts)
                    await doors_line.try_parts(self.arena, case, parts)
                case 0:
                    await doors_line.try_mutant(self.arena, case, chance)
                case 1 | 2:
                    await doors_web.try_mutant(web, case, chance)
                case 3:
                    await doors_desk.try_mutant(talk, case, chance)
                case _:
                    await doors_knowledge.try_mutant(self.admin, case, chance)
            if number % 500 == 499:
                # a conversation's flood guard and an agent's patience have their limits
                talk = await doors_desk.open_talk(self.arena, self.agent)
                self.tell(f"{number + 1} of {count}, {len(self.arena.complaints)} complaints")

    async def _web(self, web: doors_web.Web, cases: tuple[Case, ...]) -> None:
        for case in cases:
            await doors_web.try_text(web, case)

    async def _desk(self, cases: tuple[Case, ...]) -> None:
        for number, case in enumerate(cases):
            if number % _REPLIES == 0:
                talk = await doors_desk.open_talk(self.arena, self.agent)
            await doors_desk.try_text(talk, self.supervisor, case)
        await doors_desk.try_socket(self.arena, self.agent, list(ALL[::12]))

    async def _surveys(self) -> None:
        for case in (*FORMULAS, *MARKUP[::4]):
            await doors_desk.try_survey(self.arena, self.agent, self.supervisor, case)
        await doors_desk.check_file(self.arena, self.supervisor)

    async def _drafts(self, cases: tuple[Case, ...], *, every: int) -> None:
        for number, case in enumerate(cases):
            await doors_knowledge.try_draft(self.admin, case, publish=number % every == 0)

    async def _canary(self) -> None:
        """What customers and agents write stands in no log."""
        arena = self.arena
        case = Case(name="canary", text=CANARY)
        who = arena.customer(CANARY)
        await doors_line.between_good(arena, "canary", [arena.platform.events.text(who, CANARY)])
        await doors_web.try_text(doors_web.Web(arena), case)
        talk = await doors_desk.open_talk(arena, self.agent)
        await doors_desk.try_text(talk, self.supervisor, case)
        await doors_knowledge.try_draft(self.admin, case, publish=False)
        arena.expect("log", "canary", CANARY in arena.log_text(), False)


def _call(
    do: Callable[..., Awaitable[None]], *given: Any, **more: Any
) -> Callable[[], Awaitable[None]]:
    return lambda: do(*given, **more)


async def run(
    folder: Path, *, count: int, seed: int, thorough: bool = True, tell: Tell = lambda _: None
) -> Report:
    """Everything; the report says whether it held."""
    report, began = Report(seed=seed), time.monotonic()
    async with open_arena(folder) as arena:
        probe = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.hostile.probe", arena.url,
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        people = [await arena.log_in(login) for login in ("sato", "suzuki", "chief")]
        party = Run(arena, *people, tell)
        try:
            await party.all_cases(thorough=thorough)
            await party.mutants(count, Random(seed))
        finally:
            waits, _ = await probe.communicate(b"")
            for one in people:
                await one.client.close()
        _check_log(arena)
        arena.expect("process", "alive", arena.process.returncode, None)
        report.waits_ms = json.loads(waits)
        report.mutants, report.complaints = count, arena.complaints
        report.requests = sum(arena.seen.values())
        report.statuses = dict(_sum(arena.seen, 1))
        report.doors = dict(_sum(arena.seen, 0))
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _sum(seen: Counter[tuple[str, int]], place: int) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for key, number in seen.items():
        total[key[place]] += number
    return total


def _check_log(arena: Arena) -> None:
    """One line an event, and no fault that nobody foresaw."""
    for line in arena.log_text().splitlines():
        if "event='request_failed'" in line and "Store" not in line:
            arena.complain("log", "fault", line)
        if not _BEGINNING.match(line):
            arena.complain("log", "broken line", repr(line))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000, help="mutations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            run(
                Path(folder) / "arena",
                count=given.count,
                seed=given.seed,
                tell=lambda text: print(text, file=sys.stderr, flush=True),
            )
        )
    text = json.dumps(report.__dict__, ensure_ascii=True, indent=1)
    if given.report:
        given.report.write_text(text)
    print(text)
    return 1 if report.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
