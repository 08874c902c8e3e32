"""`./dev crash`: as many kills as wanted, in one world after the other."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.crash.history import History
from tests.crash.lives import Nursery
from tests.crash.mutants import list_mutants
from tests.crash.report import Totals
from tests.crash.scenes import CATCHES, PUSHED, play
from tests.crash.storm import Result, storm
from tests.crash.world import open_world

#: Kills of one world; the next begins with an empty database.
WORLD = 100
#: LINE is called both ways in turn.
DELIVERY = ("free_first", "exactly_once")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="at least so many; default 100")
    parser.add_argument(
        "--seed", type=int, default=1, help="decides everything but the scheduling"
    )
    parser.add_argument("--each", type=int, default=3, help="hits of each failpoint in a world")
    parser.add_argument("--agents", type=int, default=4, help="who claim the same conversation")
    parser.add_argument("--report", type=Path, help="write the report to this file too")
    parser.add_argument("--history", type=Path, help="append everything that happened here")
    parser.add_argument("--keep", type=Path, help="copy the folder of a broken world here")
    parser.add_argument("--mutant", choices=list_mutants(), help="put this bug into the server")
    parser.add_argument("--scene", action="store_true", help="with --mutant: its scene alone")
    return parser.parse_args(arguments)


async def run(options: argparse.Namespace) -> Totals:
    """World after world, until there were enough kills."""
    totals = Totals(first_seed=options.seed)
    async with Nursery() as nursery:
        while totals.kills < options.kills:
            seed = options.seed + totals.worlds
            history = History(path=options.history)
            with tempfile.TemporaryDirectory(prefix="madoguchi-crash-") as folder:
                try:
                    world = Path(folder) / "world"
                    result = await _one_world(world, nursery, seed, history, options)
                except Exception as error:  # noqa: BLE001 - the report tells
                    history.broken("harness", f"{type(error).__name__}: {error}")
                    result = Result(seed)
                    totals.add(result, history)
                    break
                if options.keep and (history.violations or result.stuck):
                    shutil.copytree(folder, options.keep, dirs_exist_ok=True)
            totals.add(result, history)
            _say(totals.line())
            if history.violations or result.stuck or options.scene:
                # the first broken world is the one to look at
                break
    return totals


async def _one_world(
    folder: Path, nursery: Nursery, seed: int, history: History, options: argparse.Namespace
) -> Result:
    mutant = options.mutant or ""
    delivery = DELIVERY[seed % 2] if mutant not in PUSHED else "exactly_once"
    async with open_world(
        folder, nursery, seed=seed, agents=options.agents, mutant=mutant, history=history,
        delivery=delivery,
    ) as world:  # fmt: skip
        if options.scene:
            await play(world, CATCHES[mutant])
            return Result(seed)
        kills = min(WORLD, options.kills)
        return await storm(world, kills=kills, each=options.each, progress=_say)


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")


def main() -> int:
    """0 when every promise was kept."""
    options = parse(sys.argv[1:])
    totals = asyncio.run(run(options))
    report = totals.report()
    sys.stdout.write(report)
    if options.report:
        options.report.write_text(report, encoding="utf-8")
    return 0 if totals.verdict == "ok" else 1


if __name__ == "__main__":
    sys.exit(main())
