"""kill -9 at every failpoint and at any moment, under load: all comes once and in order."""

import os
import sqlite3
from contextlib import closing

import pytest

from tests.crash.__main__ import main
from tests.crash.history import History
from tests.crash.lives import Nursery
from tests.crash.report import Totals
from tests.crash.storm import Result, list_points, storm
from tests.crash.world import open_world

#: Every commit tries other moments; a failure names its seed.
SEED = int(os.environ.get("MADOGUCHI_CRASH_SEED", "20261122"))
KILLS = 100
EACH = 3


# a hundred lives on a machine that does other things too
@pytest.mark.timeout(1800)
@pytest.mark.promise("P01", "P02", "P16")
async def test_a_hundred_kills_lose_double_and_disorder_nothing(tmp_path, empty_database):
    """Acknowledged messages, claims, replies, surveys and views survive everything."""
    totals = Totals(first_seed=SEED)
    history = History()
    async with (
        Nursery() as nursery,
        open_world(
            tmp_path / "world", nursery, seed=SEED, history=history, empty_database=empty_database
        ) as world,
    ):
        totals.add(await storm(world, kills=KILLS, each=EACH), history)
    assert totals.verdict == "ok", totals.report()
    assert totals.kills >= KILLS
    assert {point: min(totals.hits[point], EACH) for point in list_points()} == dict.fromkeys(
        list_points(), EACH
    )
    # enough went on to prove something
    busy = {act: totals.counts[f"{act} ok"] for act in ("webhook", "web", "reply", "claim")}
    assert all(count > KILLS for count in busy.values()), busy


@pytest.mark.promise("P21")
async def test_a_death_at_any_statement_of_a_migration_leaves_it_to_be_done_again(tmp_path):
    """Half a version never stays: the next start does the whole of it."""
    whole = tmp_path / "whole.db"
    async with Nursery() as nursery:
        assert await nursery.run(act="migrate", folder=str(tmp_path), database=str(whole)) == 0
        expected = _schema(whole)
        assert len(expected) > 50
        # every seventh: all of them would only take longer
        number, step = 1, 7
        died = []
        while True:
            path = tmp_path / f"{number}.db"
            wish = {"act": "migrate", "folder": str(tmp_path), "database": str(path)}
            code = await nursery.run(failpoint=f"migrate.statement_{number}:1", **wish)
            if code == 0:
                break
            assert code == -9
            died.append(number)
            assert await nursery.run(**wish) == 0
            assert _schema(path) == expected
            path.unlink()
            number += step
    assert len(died) > 10


def _schema(path):
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sorted(
            database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        )


def test_the_report_tells_what_broke_first_and_what_is_only_stuck():
    totals, history = Totals(first_seed=4), History()
    history.note("ok", "somebody", "webhook")
    result = Result(4, outside=2, seconds=3.0, stuck="outbox: [('pending', 1)]")
    result.hits["erase.mid"] = 1
    totals.add(result, history)
    assert totals.verdict == "stuck"
    assert "stuck: seed 4: outbox: [('pending', 1)]\n" in totals.report()
    history.broken("I1", "lost the first")
    history.broken("I1", "lost the second")
    totals.add(Result(5), history)
    assert totals.verdict == "broken"
    report = totals.report().splitlines()
    assert report[:3] == [
        "verdict: broken",
        "seeds: 4 to 5; 3 kills in 3 s, 2 violations",
        "killed at failpoints: 1, at any moment: 2",
    ]
    assert "       2  I1, first: lost the first" in report
    assert "       1  erase.mid" in report


def test_the_command_ends_with_1_on_a_violation(monkeypatch, capsys, tmp_path):
    """The smallest world of a mutant is caught by the command itself."""
    path = tmp_path / "report.txt"
    monkeypatch.setattr(
        "sys.argv", ["crash", "--mutant", "busy_is_failure", "--scene", "--report", str(path)]
    )
    assert main() == 1
    assert capsys.readouterr().out.endswith(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8").startswith("verdict: broken\n")
