"""The power goes: nothing acknowledged is missing, nothing is half, nothing is damaged."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace

from bot.sqlite_store import PRAGMAS
from tests.power.evening import live_through
from tests.power.images import list_images
from tests.power.judge import Verdict, judge

IMAGES, SEED = 240, 20_270_119


def cut_often(path, *, seed=SEED, images=IMAGES, pragmas=PRAGMAS):
    evening = live_through(path, seed=seed, pragmas=pragmas)
    verdict = Verdict()
    rng = random.Random(seed)  # noqa: S311 - no secret
    for image in list_images(evening.before, evening.disk.deeds, count=images, rng=rng):
        judge(image, evening, path.parent / "image", verdict)
    return evening, verdict


def test_no_power_cut_loses_what_was_acknowledged(database):
    evening, verdict = cut_often(database)
    assert (verdict.lost, verdict.damaged, verdict.torn) == ([], [], [])
    assert verdict.images == IMAGES
    kinds = [(deed.kind, deed.file) for deed in evening.disk.deeds]
    # enough happened for a verdict: acknowledged messages, commits of many, the log emptied
    assert kinds.count(("acknowledged", "")) == 48
    assert 3 < kinds.count(("begun", "")) < 48 + 10
    assert kinds.count(("sync", database.name)) > 3


def test_a_store_that_syncs_less_is_found_out(database):
    """A test that could not see the loss would prove nothing."""
    lazy = tuple(each.replace("synchronous=FULL", "synchronous=NORMAL") for each in PRAGMAS)
    assert lazy != PRAGMAS
    _, verdict = cut_often(database, pragmas=lazy)
    assert len(verdict.lost) > IMAGES // 4
    # less is synced, and still all or nothing
    assert (verdict.damaged, verdict.torn) == ([], [])


def test_telling_before_the_commit_is_found_out(database, monkeypatch):
    """Callers told while their group is still on its way to the disk."""
    from bot import sqlite_store

    plain = sqlite_store.SqliteStore._commit_group

    def hasty(store, group):
        plain_execute = store._writer.execute

        def execute(sql, values=None):
            if sql == "COMMIT":
                store._loop.call_soon_threadsafe(sqlite_store._tell, list(group))
            return plain_execute(sql, values)

        monkeypatch.setattr(store._writer, "execute", execute)
        plain(store, group)
        monkeypatch.setattr(store._writer, "execute", plain_execute)

    monkeypatch.setattr(sqlite_store.SqliteStore, "_commit_group", hasty)
    _, verdict = cut_often(database)
    assert verdict.lost


def test_a_missing_row_and_a_broken_page_are_found_out(database):
    evening = live_through(database, seed=SEED)
    last = len(evening.disk.deeds)
    rng = random.Random(SEED)  # noqa: S311 - no secret
    images = list_images(evening.before, evening.disk.deeds, count=IMAGES, rng=rng)
    image = next(each for each in images if each.cut > last // 2 and each.kept == "none")
    folder, file = database.parent / "image", database.parent / "image" / database.name
    verdicts = {}
    for name, harm in (("nothing", None), ("row", remove_a_message), ("page", break_a_page)):
        image.write_to(folder)
        if harm:
            harm(file)
        harmed = replace(image, files={each.name: each.read_bytes() for each in folder.iterdir()})
        verdicts[name] = Verdict()
        judge(harmed, evening, folder, verdicts[name])
    assert verdicts["nothing"].clean
    assert (verdicts["row"].torn, verdicts["row"].damaged) == ([image.cut], [])
    assert [cut for cut, _ in verdicts["page"].damaged] == [image.cut]


def remove_a_message(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as found:
        found.execute("DELETE FROM inbox WHERE id = (SELECT MAX(id) FROM inbox)")
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def break_a_page(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = found.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'inbox'"
        ).fetchone()
    body = bytearray(path.read_bytes())
    body[4096 * (root - 1) : 4096 * root] = bytes(4096)
    path.write_bytes(body)
