"""`python -m tests.power --images 10000 --seed 1`: many evenings, many power cuts, one verdict."""

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from bot.schema import upgrade_sqlite  # noqa: E402 - the tests' own folder comes first
from bot.sqlite_store import PRAGMAS  # noqa: E402 - as above
from tests.power.evening import live_through  # noqa: E402 - as above
from tests.power.images import list_images  # noqa: E402 - as above
from tests.power.judge import Verdict, judge  # noqa: E402 - as above

#: Images from one evening; the next one has other customers.
PER_EVENING = 500


def main() -> int:
    """Print what was found; 1 when anything was lost, damaged or half."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--images", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--synchronous", choices=("FULL", "NORMAL", "OFF"), default="FULL")
    wish = asked.parse_args()
    pragmas = tuple(each.replace("=FULL", f"={wish.synchronous}") for each in PRAGMAS)
    verdict, kinds, acknowledged = Verdict(), Counter[str](), 0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "madoguchi.db"
        seed = wish.seed
        while verdict.images < wish.images:
            for old in Path(name).glob("madoguchi.db*"):
                old.unlink()
            upgrade_sqlite(path)
            evening = live_through(path, seed=seed, pragmas=pragmas)
            count = min(PER_EVENING, wish.images - verdict.images)
            rng = random.Random(seed)  # noqa: S311 - no secret
            for image in list_images(evening.before, evening.disk.deeds, count=count, rng=rng):
                judge(image, evening, Path(name) / "image", verdict)
                kinds[image.kept] += 1
                acknowledged += len(image.acknowledged)
            seed += 1
            say(f"{verdict.images} images", end="\r", file=sys.stderr)
    say(f"seeds {wish.seed}-{seed - 1}, images {verdict.images} ({dict(sorted(kinds.items()))})")
    say(f"acknowledged messages looked for: {acknowledged}")
    say(f"images with losses {len(verdict.lost)}, damaged {len(verdict.damaged)}, ", end="")
    say(f"with half a transaction {len(verdict.torn)}")
    for found in (verdict.lost, verdict.damaged, verdict.torn):
        if found:
            say(f"first: {found[0]}")
    return 0 if verdict.clean else 1


def say(text: str, *, end: str = "\n", file: object = None) -> None:
    """To whoever runs it."""
    print(text, end=end, file=file, flush=True)  # type: ignore[call-overload] # any stream


if __name__ == "__main__":
    sys.exit(main())
