"""What the doctor and /readyz say about folders, disk, log, backups and clock."""

import asyncio
import os
from datetime import UTC, datetime
from email.utils import format_datetime
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.line.dates import LineDates
from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, from_ms, now_ms
from handoff import doctor, machine
from handoff.configuration import load_settings
from handoff.health import Surroundings

NOON = 1_800_345_600_000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "knowledge").mkdir()
    return tmp_path


def settings_for(folder, **changes):
    flags = {"data_dir": folder / "data", "knowledge": folder / "knowledge"}
    return load_settings(**{**flags, **changes})


def refuse(monkeypatch, *folders):
    """As an account without the right: root, who runs tests in containers, has every right."""
    plain = machine.tempfile.TemporaryFile

    def make(*, dir):  # noqa: A002 - the name of the standard library
        if dir in folders:
            raise PermissionError(13, "Permission denied")
        return plain(dir=dir)

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", make)


def told(findings):
    return [str(each) for each in findings]


def test_all_is_well(folder):
    found = machine.list_machine(settings_for(folder), NOON)
    assert [(each.name, each.bad) for each in found] == [("data folder", False), ("disk", False)]


def test_every_disk_that_fills_is_looked_at_once(folder, monkeypatch):
    settings = settings_for(
        folder,
        database_url=f"sqlite:///{folder}/far/away/m.db",
        backup_dir=folder / "copies",
    )
    assert machine.list_places(settings) == [folder / "data"]
    plain = machine._nearest
    far = SimpleNamespace(stat=lambda: SimpleNamespace(st_dev=-1))
    monkeypatch.setattr(
        machine, "_nearest", lambda path: far if path.name == "copies" else plain(path)
    )
    assert machine.list_places(settings) == [folder / "data", folder / "copies"]


def test_a_data_folder_without_the_right_to_write(folder, monkeypatch):
    refuse(monkeypatch, folder / "data")
    assert str(machine.check_data_dir(folder / "data")) == (
        f"bad   data folder: {folder / 'data'} takes no files (Permission denied). "
        "Give it to the account that serves."
    )


def test_a_media_folder_without_the_right_to_write(folder, monkeypatch):
    media = folder / "data" / "media"
    assert machine.check_media(folder / "data") == []
    media.mkdir()
    assert machine.check_media(folder / "data") == []
    refuse(monkeypatch, media)
    assert told(machine.check_media(folder / "data")) == [
        (
            f"bad   media folder: {media} takes no files (Permission denied), so customers cannot "
            "send any. Give it to the account that serves."
        )
    ]


def test_a_knowledge_folder_without_the_right_to_write(folder, monkeypatch):
    settings = settings_for(folder)
    assert doctor.check_knowledge_folder(settings) == []
    refuse(monkeypatch, folder / "knowledge")
    assert told(doctor.check_knowledge_folder(settings)) == [
        (
            f"look  knowledge: {folder / 'knowledge'} takes no files (Permission denied), so "
            "nothing can be published in the browser. Give it to the account that serves, if that "
            "is wanted."
        )
    ]


@pytest.mark.parametrize(
    ("megabytes", "grade"), [(None, None), (64, None), (200, "look"), (1500, "bad ")]
)
def test_a_log_that_does_not_shrink(folder, megabytes, grade):
    database = folder / "data" / "madoguchi.db"
    if megabytes is not None:
        with (folder / "data" / "madoguchi.db-wal").open("wb") as log:
            log.truncate(megabytes * 1024 * 1024)  # a file with a hole: it takes no room
    found = machine.check_log(database)
    assert [str(each)[:4] for each in found] == ([grade] if grade else [])
    assert [f"madoguchi.db-wal has grown to {megabytes:,} MB" in str(each) for each in found] == (
        [True] if grade else []
    )
    assert [f"lsof {database}" in str(each) for each in found] == ([True] if grade else [])


@pytest.mark.parametrize(
    ("age_ms", "expected"),
    [
        (None, "bad   backup: there is none in {}. Run `madoguchi backup` every day"),
        (3 * HOUR_MS, "ok    backup: the newest in {} is 3 hours old."),
        (2 * DAY_MS, "look  backup: the newest in {} is 48 hours old. Run"),
        (8 * DAY_MS, "bad   backup: the newest in {} is 192 hours old. Run"),
        # the clock was put back since
        (-DAY_MS, "ok    backup: the newest in {} is 0 hours old."),
    ],
)
def test_the_age_of_the_newest_backup(folder, age_ms, expected):
    copies = folder / "copies"
    copies.mkdir()
    if age_ms is not None:
        for name, more in (("madoguchi-1.db", 5 * DAY_MS), ("madoguchi-2.db", 0)):
            (copies / name).touch()
            at = (NOON - age_ms - more) * 1_000_000
            os.utime(copies / name, ns=(at, at))
    # what is on its way and what belongs to somebody else are no backups
    (copies / "madoguchi-3.db.part").touch()
    (copies / "letter.db").touch()
    text = str(machine.check_backups(copies, NOON))
    assert text.startswith(expected.format(copies))


async def test_readyz_has_short_names_and_does_not_look_at_every_request(folder, monkeypatch):
    settings = await asyncio.to_thread(settings_for, folder, backup_dir=folder / "copies")
    now = NOON
    surroundings = Surroundings(settings, lambda: now)
    assert await surroundings.list_notes() == ["backup"]
    usage = SimpleNamespace(free=50 * 1024 * 1024)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _path: usage)
    refuse(monkeypatch, folder / "data")
    assert await surroundings.list_notes() == ["backup"]
    now += MINUTE_MS
    assert await surroundings.list_notes() == ["data folder", "disk", "backup"]
    monkeypatch.undo()
    # a clock that is put back does not stop the looking
    now -= DAY_MS
    assert await surroundings.list_notes() == ["backup"]


async def test_who_may_look_into_the_folder_is_not_told_in_public(folder):
    (folder / "data").chmod(0o755)
    settings = await asyncio.to_thread(settings_for, folder)
    assert await Surroundings(settings, now_ms).list_notes() == []


@pytest.mark.parametrize(
    ("minutes", "far"), [(0, False), (1, False), (3, True), (-3, True), (60 * 24, True)]
)
async def test_our_clock_is_compared_with_every_answer_of_line(minutes, far):
    async def answer(_request):
        theirs = from_ms(NOON + minutes * MINUTE_MS)
        return web.Response(headers={"Date": format_datetime(theirs.astimezone(UTC), usegmt=True)})

    dates = LineDates(lambda: NOON)
    assert not dates.far_off
    app = web.Application()
    app.router.add_get("/", answer)
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession(trace_configs=[dates.trace()]) as session,
        session.get(server.make_url("/")),
    ):
        pass
    assert (dates.off_ms, dates.far_off) == (abs(minutes) * MINUTE_MS, far)


async def test_an_answer_without_a_readable_date_changes_nothing():
    async def answer(_request):
        return web.Response(headers={"Date": "yesterday"})

    dates = LineDates(lambda: int(datetime(2027, 1, 19, tzinfo=UTC).timestamp() * 1000))
    app = web.Application()
    app.router.add_get("/", answer)
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession(trace_configs=[dates.trace()]) as session,
        session.get(server.make_url("/")),
    ):
        pass
    assert not dates.far_off
