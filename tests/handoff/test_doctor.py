"""What the doctor says about a server's surroundings, with a LINE platform on loopback."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.clock import now_ms
from bot.schema import upgrade_sqlite
from bot.sqlite_store import locked
from bot.standin import faults
from bot.standin.platform import Platform
from bot.standin.web import create_standin
from handoff import doctor, machine
from handoff.configuration import load_settings
from handoff.doctor import examine
from handoff.finding import Finding

KNOWLEDGE = """\
entries:
  - id: return-deadline
    question: 返品はいつまでできますか？
    answer: 8日以内です。
"""
SECRET, TOKEN = "a-channel-secret", "an-access-token"
PUBLIC = "https://chat.shop.example"
WEBHOOK = f"{PUBLIC}/line/webhook"


@pytest.fixture
def platform():
    platform = Platform(SECRET, TOKEN, account_name="みどり商店")
    platform.webhook_url = WEBHOOK
    return platform


@pytest.fixture
async def line(platform) -> AsyncIterator[SimpleNamespace]:
    """Where the stand-in listens."""
    async with TestServer(create_standin(platform, phone=False)) as server:
        yield SimpleNamespace(base=str(server.make_url("/")))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "returns.yaml").write_text(KNOWLEDGE, encoding="utf-8")
    (tmp_path / "data").mkdir(mode=0o700)
    upgrade_sqlite(tmp_path / "data" / "madoguchi.db")
    return tmp_path


def settings_for(folder, line=None, *, token=TOKEN, **changes):
    door = {}
    if line is not None:
        door = {
            "channel_secret": SECRET,
            "channel_access_token": token,
            "api_base": line.base,
            "api_data_base": line.base,
            "timeout_seconds": 2,
        }
    flags = {"data_dir": folder / "data", "knowledge": folder / "knowledge", "line": door}
    return load_settings(**{"public_url": PUBLIC, **flags, **changes})


async def examined(folder, line=None, *, clock=now_ms, **changes) -> list[Finding]:
    settings = await asyncio.to_thread(settings_for, folder, line, **changes)
    return await examine(settings, clock=clock)


def said(findings: list[Finding], name: str) -> list[tuple[str, str]]:
    """What was found under a name: how bad it is, and the text."""
    return [
        ("bad" if each.bad else "look" if each.warn else "ok", each.text)
        for each in findings
        if each.name == name
    ]


def graded(findings: list[Finding]) -> list[str]:
    return [str(each).split(":")[0] for each in findings]


async def test_with_line_off_everything_else_is_looked_at(folder, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.51.3")
    findings = await examined(folder)
    assert graded(findings) == [
        "ok    settings",
        "ok    public address",
        "ok    data folder",
        "ok    disk",
        "ok    SQLite",
        "ok    database",
        "ok    knowledge",
        "ok    LINE",
    ]
    assert said(findings, "LINE") == [
        (
            "ok",
            (
                "the door is closed, because no channel secret is set; the web chat runs. "
                "To open it: docs/howto/connect-line.md."
            ),
        )
    ]


async def test_a_good_line_door_is_told_piece_by_piece(folder, platform, line):
    async with TestServer(always(200)) as server:
        public = str(server.make_url("/")).rstrip("/")
        platform.webhook_url = f"{public}/line/webhook"
        findings = await examined(folder, line, public_url=public)
    assert graded(findings)[7:] == [
        "ok    clock",
        "ok    LINE token",
        "ok    LINE chat mode",
        "ok    LINE webhook",
        "ok    LINE webhook test",
        "ok    LINE quota",
        "look  LINE reminder",
        "look  LINE reminder",
    ]
    assert said(findings, "LINE token") == [("ok", "accepted for みどり商店 (@standin).")]
    assert platform.violations == []
    # a loopback address is no https: that is told as well
    assert said(findings, "public address")[0][0] == "bad"


def always(status):
    async def answer(_request):
        return web.Response(status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


async def test_an_inactive_webhook_is_bad(folder, platform, line):
    platform.webhook_active = False
    platform.webhook_url = f"http://127.0.0.1:{unused_port()}/line/webhook"
    findings = await examined(folder, line, public_url=platform.webhook_url[:-13])
    assert said(findings, "LINE webhook") == [
        ("ok", f"leads to {platform.webhook_url}."),
        (
            "bad",
            (
                "is switched off, so LINE sends us nothing. Switch Use webhook on "
                "(LINE Developers Console, tab Messaging API)."
            ),
        ),
    ]


async def test_a_webhook_that_leads_elsewhere_is_bad(folder, platform, line):
    async with TestServer(always(404)) as server:
        platform.webhook_url = str(server.make_url("/old/webhook"))
        findings = await examined(folder, line)
    assert said(findings, "LINE webhook") == [
        (
            "bad",
            (
                f"leads to {platform.webhook_url}. Set it to {WEBHOOK} "
                "(LINE Developers Console, tab Messaging API)."
            ),
        )
    ]
    assert said(findings, "LINE webhook test") == [
        (
            "bad",
            (
                "LINE called it without success (error_status_code, status 404); check that the "
                "server runs, with the channel secret of this channel."
            ),
        )
    ]


async def test_an_account_without_a_webhook_is_told_which_one_to_set(folder, platform, line):
    platform.webhook_url = None
    findings = await examined(folder, line)
    assert said(findings, "LINE webhook") == [
        (
            "bad",
            f"has no address. Set it to {WEBHOOK} (LINE Developers Console, tab Messaging API).",
        )
    ]
    assert said(findings, "LINE webhook test") == []


async def test_a_wrong_token_is_bad_and_never_printed(folder, platform, line):
    wrong = "a-token-of-somebody-else"
    platform.revoke_token(TOKEN)
    for token in (TOKEN, wrong):
        findings = await examined(folder, line, token=token)
        assert said(findings, "LINE token") == [
            (
                "bad",
                (
                    "LINE does not accept it. Issue one in the LINE Developers Console (tab "
                    "Messaging API, Channel access token) and set "
                    "MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN."
                ),
            )
        ]
        printed = "\n".join(map(str, findings))
        assert not [each for each in (SECRET, TOKEN, wrong) if each in printed]


async def test_a_missing_token_is_bad(folder, platform, line):
    findings = await examined(folder, line, token="")
    assert [str(each) for each in findings[7:]] == [
        (
            "bad   LINE token: the channel secret is set and the token is not, so the server does "
            "not start. Set MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN."
        )
    ]


async def test_line_out_of_reach_is_bad(folder):
    nowhere = SimpleNamespace(base=f"http://127.0.0.1:{unused_port()}")
    findings = await examined(folder, nowhere)
    assert said(findings, "LINE")[0][0] == "bad"
    assert nowhere.base in said(findings, "LINE")[0][1]
    assert said(findings, "clock") == [("look", "LINE told no time to compare with.")]


@pytest.mark.parametrize(
    ("limit", "used", "expected"),
    [
        (None, 1500, ("ok", "no limit; used this month: 1,500.")),
        (200, 30, ("ok", "170 of 200 push messages are left this month.")),
        (
            200,
            190,
            (
                "look",
                (
                    "10 of 200 push messages are left this month; below line.quota_floor. "
                    "Think of a larger plan."
                ),
            ),
        ),
        (
            200,
            200,
            (
                "bad",
                (
                    "0 of 200 push messages are left this month; what has to be pushed waits for "
                    "the next month or a larger plan (LINE Official Account Manager, Plans)."
                ),
            ),
        ),
    ],
)
async def test_the_quota(folder, platform, line, *, limit, used, expected):
    platform.webhook_url = None
    platform.quota.limit, platform.quota.used = limit, used
    assert said(await examined(folder, line), "LINE quota") == [expected]


async def test_a_line_that_fails_halfway_is_told_and_the_rest_goes_on(folder, platform, line):
    platform.webhook_url = None
    platform.faults.script("get_webhook", faults.ERROR_BEFORE)
    findings = await examined(folder, line)
    assert said(findings, "LINE") == [
        ("look", "could not be asked everything (LINE answered 500.) Try again later.")
    ]
    assert said(findings, "LINE quota") == [("ok", "no limit; used this month: 0.")]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, ("ok", "agrees with LINE's.")),
        (1, ("look", "NN s away from LINE's. Switch time synchronisation (NTP) on.")),
        (
            -5,
            (
                "bad",
                (
                    "NN s away from LINE's. Opening hours go wrong. "
                    "Switch time synchronisation (NTP) on."
                ),
            ),
        ),
    ],
)
async def test_the_clock_is_compared_with_lines(folder, platform, line, minutes, expected):
    platform.webhook_url = None
    findings = await examined(folder, line, clock=lambda: now_ms() + minutes * 60_000)
    [(grade, text)] = said(findings, "clock")
    if not text.startswith("agrees"):
        seconds, _, rest = text.partition(" ")
        assert abs(int(seconds) - abs(minutes) * 60) <= 3
        text = f"NN {rest}"
    assert (grade, text) == expected


async def test_in_bot_mode_lines_own_read_marks_are_told(folder, platform, line):
    platform.webhook_url = None
    platform.chat_mode = "bot"
    [(grade, text)] = said(await examined(folder, line), "LINE chat mode")
    assert (grade, text.split(";")[0].split(":")[0]) == ("ok", "bot")


def test_problems_of_the_knowledge_are_told_with_their_places(folder):
    (folder / "knowledge" / "returns.yaml").write_text(KNOWLEDGE + "    answr: x\n")
    [finding] = doctor.check_knowledge(settings_for(folder))
    place = folder / "knowledge" / "returns.yaml"
    assert (finding.bad, finding.text.split(": ")[0]) == (True, f"{place}:5:5")


def test_a_missing_knowledge_folder_is_bad(folder):
    [finding] = doctor.check_knowledge(settings_for(folder, knowledge=folder / "nowhere"))
    assert str(finding) == (
        f"bad   knowledge: there is no folder {folder / 'nowhere'}. "
        "Make one with `madoguchi init DIR`, or set MADOGUCHI_KNOWLEDGE."
    )


def test_many_problems_are_counted(folder):
    entries = "".join(f"  - id: e{n}\n    question: q{n}\n" for n in range(14))
    (folder / "knowledge" / "returns.yaml").write_text("entries:\n" + entries)
    found = doctor.check_knowledge(settings_for(folder))
    assert [each.bad for each in found] == [True] * len(found)
    assert found[10].text == "4 more problems; `madoguchi check` lists them."


def test_a_database_in_use_is_looked_at_beside_the_server(folder):
    settings = settings_for(folder)
    path = settings.database_path()
    with locked(path):
        finding = doctor.check_database(settings)
        assert (finding.bad, finding.warn) == (False, False)
        assert finding.text.startswith(f"A server is using it. {path} is whole and at version ")
        body = bytearray(path.read_bytes())
        body[4096 * 2 : 4096 * 40] = b"\xff" * 4096 * 38
        path.write_bytes(body)
        finding = doctor.check_database(settings)
    assert (finding.bad, "Stop the server, keep the file" in finding.text) == (True, True)


def test_what_a_killed_server_left_is_looked_at_and_left_as_it_is(folder):
    settings = settings_for(folder)
    path = settings.database_path()
    code = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode=WAL')\n"
        "c.execute('CREATE TABLE left_behind (a)')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)  # noqa: S603 - our own
    log = path.with_name("madoguchi.db-wal")
    before = (path.read_bytes(), log.read_bytes())
    assert before[1]
    assert str(doctor.check_database(settings)).startswith("ok  ")
    assert (path.read_bytes(), log.read_bytes()) == before


def test_a_database_of_a_newer_version_is_bad(folder):
    settings = settings_for(folder)
    connection = sqlite3.connect(settings.database_path())
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    finding = doctor.check_database(settings)
    assert (finding.bad, "is at version 9999, which" in finding.text) == (True, True)


def test_an_empty_database_is_brought_up_by_the_next_start(folder):
    settings = settings_for(folder, data_dir=folder / "other")
    (folder / "other").mkdir()
    assert doctor.check_database(settings).text.endswith("the first start makes it.")
    settings.database_path().touch()
    finding = doctor.check_database(settings)
    assert (finding.bad, finding.warn) == (False, True)


def test_a_file_that_is_no_database_is_bad(folder):
    settings = settings_for(folder)
    settings.database_path().write_bytes(b"not a database at all, whatever its name" * 40)
    assert doctor.check_database(settings).bad


def test_another_kind_of_database_is_refused(folder):
    settings = settings_for(folder, database_url="postgresql://db/madoguchi")
    assert doctor.check_database(settings).bad


def test_a_data_folder_that_others_can_read_is_worth_a_look(folder):
    (folder / "data").chmod(0o755)
    finding = machine.check_data_dir(folder / "data")
    assert str(finding) == (
        f"look  data folder: other accounts of this machine may look into {folder / 'data'}. "
        f"Run: chmod 700 {folder / 'data'}"
    )


def test_a_file_in_place_of_the_data_folder_is_bad(folder):
    (folder / "file").touch()
    assert machine.check_data_dir(folder / "file").bad


@pytest.mark.parametrize(
    ("free_mb", "grade"), [(50, (True, False)), (500, (False, True)), (5000, (False, False))]
)
def test_the_room_on_the_disk(folder, monkeypatch, free_mb, grade):
    usage = SimpleNamespace(free=free_mb * 1024 * 1024)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _path: usage)
    finding = machine.check_space(folder / "not" / "there")
    assert (finding.bad, finding.warn) == grade


@pytest.mark.parametrize(
    ("version", "warn"),
    [
        ("3.40.1", True),
        ("3.44.5", True),
        ("3.44.6", False),
        ("3.50.6", True),
        ("3.50.7", False),
        ("3.51.2", True),
        ("3.51.3", False),
        ("3.52.0", False),
    ],
)
def test_sqlite_releases(version, warn):
    assert machine.check_sqlite(version).warn is warn


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"people": {"teams": {"x": {"name": {"ja": "係"}}}}}, "people.teams needs a team"),
        (
            {"people": {"hours": {"chat": {"week": {"mon": "9-8"}}}}},
            "people.hours.chat: week: mon",
        ),
        (
            {"people": {"timezone": "Mars/Phobos"}},
            'people.hours.chat: "Mars/Phobos" is not a time',
        ),
        ({"talk": {"phrases": {"helo": {"ja": "やあ"}}}}, "talk.phrases: there is no phrase"),
    ],
)
def test_settings_that_do_not_fit_together(folder, changes, text):
    finding = doctor.check_settings(settings_for(folder, **changes))
    assert (finding.bad, finding.text[: len(text)]) == (True, text)


@pytest.mark.parametrize(("url", "grade"), [("", "look"), ("http://shop.example", "look")])
def test_an_address_without_https(folder, url, grade):
    finding = doctor.check_public_url(settings_for(folder, public_url=url))
    assert str(finding)[:4] == grade
    with_line = settings_for(folder, SimpleNamespace(base="http://127.0.0.1:1"), public_url=url)
    assert doctor.check_public_url(with_line).bad
