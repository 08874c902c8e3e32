"""Opens what is left after a power cut with the ordinary SQLite, and judges it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.power.evening import Evening, digest
from tests.power.images import Image


@dataclass(eq=False)
class Verdict:
    """What was found in many images."""

    images: int = 0
    #: images with something that was acknowledged and is missing; how many were missing
    lost: list[tuple[int, int]] = field(default_factory=list)
    #: images that are damaged, with SQLite's own words
    damaged: list[tuple[int, str]] = field(default_factory=list)
    #: images that hold what the database never held: half a transaction
    torn: list[int] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing damaged, nothing half."""
        return not (self.lost or self.damaged or self.torn)


def judge(image: Image, evening: Evening, folder: Path, verdict: Verdict) -> None:
    """Start up after the cut and compare with what was promised."""
    image.write_to(folder)
    verdict.images += 1
    (name,) = evening.before
    try:
        with closing(sqlite3.connect(folder / name)) as database:
            ok = database.execute("PRAGMA integrity_check").fetchall()
            foreign = database.execute("PRAGMA foreign_key_check").fetchall()
            rows = database.execute("SELECT event_key FROM inbox").fetchall()
            found = digest(lambda sql: database.execute(sql).fetchall())
    except sqlite3.DatabaseError as error:
        verdict.damaged.append((image.cut, str(error)))
        return
    if ok != [("ok",)] or foreign:
        verdict.damaged.append((image.cut, str((ok, foreign))))
    missing = set(image.acknowledged) - {key for (key,) in rows}
    if missing:
        verdict.lost.append((image.cut, len(missing)))
    # every commit that had begun may be there; what had not cannot be
    if found not in evening.states[: image.begun or 1]:
        verdict.torn.append(image.cut)
