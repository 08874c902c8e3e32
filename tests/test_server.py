"""The command line as an operator types it: every test runs the program itself."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

ROOT = Path(__file__).parent.parent
MADOGUCHI = [sys.executable, "-W", "error", "-m", "server"]
SECRET = "a-secret-that-nobody-may-read"


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "MADOGUCHI" not in name}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", **variables}


def run(*arguments: object, cwd: Path, typed: str = "", **variables: str) -> SimpleNamespace:
    """Run a command to its end."""
    done = subprocess.run(  # noqa: S603 - our own program
        [*MADOGUCHI, *map(str, arguments)],
        cwd=cwd,
        env=environment(**variables),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder as `init` makes it."""
    folder = tmp_path_factory.mktemp("init") / "shop"
    told = run("init", folder, cwd=folder.parent)
    assert (told.code, told.err) == (0, "")
    return folder


@pytest.fixture
def shop(made, tmp_path) -> Path:
    """The same, with a data folder of its own."""
    folder = tmp_path / "shop"
    (folder / "data").mkdir(parents=True, mode=0o700)
    (folder / "knowledge").symlink_to(made / "knowledge")
    (folder / "madoguchi.yaml").write_bytes((made / "madoguchi.yaml").read_bytes())
    return folder


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[SimpleNamespace]:
    """A server in a process of its own, from its first line to its end."""
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*MADOGUCHI, "serve", "--port", "0", *options],
            cwd=folder,
            env=environment(PYTHONUNBUFFERED="1", **variables),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, (line, (folder / "stderr").read_text())
        yield SimpleNamespace(url=found[0], process=process, line=line.strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def get(url: str) -> tuple[int, object]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - a loopback address
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None


# --- help


def test_help_imports_nothing_heavy(tmp_path):
    code = (
        "import sys, server\n"
        "try:\n    server.app(['--help'])\nexcept SystemExit as end:\n    code = end.code\n"
        "heavy = {'aiohttp', 'linebot', 'sqlalchemy', 'sqlmodel', 'numpy', 'pydantic'}\n"
        "print('loaded', code, sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "loaded 0 []\n"
    assert [name for name in ("serve", "demo", "check", "doctor") if name not in done.stdout] == []


def test_version(tmp_path):
    told = run("--version", cwd=tmp_path)
    assert (told.code, told.err) == (0, "")
    assert re.fullmatch(r"madoguchi \d+\.\d+\.\d+\n", told.out)
    assert f'version = "{told.out.split()[1]}"' in (ROOT / "pyproject.toml").read_text()


def test_an_unknown_command_or_option_is_told(tmp_path):
    for words in (["srve"], ["serve", "--prot", "1"], ["ask"]):
        told = run(*words, cwd=tmp_path)
        assert (told.code, told.out, "Traceback" in told.err) == (2, "", False)
        assert "--help" in told.err


# --- init, check, ask, schema


def test_init_makes_a_folder_that_is_good(made):
    assert sorted(path.name for path in made.iterdir()) == ["data", "knowledge", "madoguchi.yaml"]
    assert (made / "data").stat().st_mode & 0o777 == 0o700
    told = run("check", cwd=made)
    assert (told.code, told.out) == (0, "")
    assert re.match(r"\d+項目、お知らせ1件: 誤り0件、警告0件、参考\d+件", told.err)
    assert re.match(
        r"\d+ entries, 1 announcement\(s\): 0 errors, 0 warnings",
        run("check", "--lang=en", cwd=made).err,
    )


def test_init_overwrites_nothing(made):
    before = (made / "madoguchi.yaml").read_bytes()
    told = run("init", made, cwd=made)
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        f"madoguchi: {made} is not empty. Name a new folder, so that nothing is lost.\n"
    )
    assert (made / "madoguchi.yaml").read_bytes() == before


def test_check_tells_where_a_problem_is(tmp_path):
    (tmp_path / "faq.yaml").write_text(
        "entries:\n  - id: a\n    question: 返品できますか？\n    answr: はい\n", encoding="utf-8"
    )
    told = run("check", tmp_path, cwd=tmp_path)
    assert told.code == 2
    assert re.search(r"^faq\.yaml:4:5: ", told.out, re.MULTILINE)
    (tmp_path / "good.yaml").write_text(
        "entries:\n  - id: b\n    question: 送料はいくらですか？\n    answer: 500円です。\n",
        encoding="utf-8",
    )
    assert run("check", tmp_path, cwd=tmp_path).code == 1


def test_ask_answers_from_the_knowledge(made):
    told = run("ask", "返品はいつまでできますか？", "--json", cwd=made)
    row = json.loads(told.out)
    best = row["candidates"][0]
    assert (told.code, best["id"], best["confidence"] > 90) == (0, "return-deadline", True)
    plain = run("ask", "返品はいつまでできますか？", "--knowledge", made / "knowledge", cwd=made)
    assert plain.out.startswith("answer ")


def test_eval_measures_and_writes_predictions(made, tmp_path):
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"text": "返品はいつまでできますか？", "expect": ["return-deadline"]}\n'
        '{"text": "qwrt zxcv plkj", "expect": []}\n',
        encoding="utf-8",
    )
    told = run(
        "eval", "--queries", questions, "--predictions", tmp_path / "p.jsonl", "--json", cwd=made
    )
    assert told.code == 0
    assert json.loads(told.out)["questions"] == 2
    lines = (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["decision"] for line in lines] == ["answer", "fallback"]


def test_tune_follows_the_settings_and_needs_labels(shop, tmp_path):
    told = run("tune", cwd=shop)
    assert (told.code, told.out, told.err[:25]) == (2, "", "No labelled questions yet")
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"text": "送料はいくらですか", "expect": ["delivery-fee"]}\n', "utf-8")
    words = ("tune", "--queries", questions, "--json")
    told = run(*words, cwd=shop, MADOGUCHI_TALK__ANSWER_AT="61", MADOGUCHI_TALK__MARGIN="7")
    figures = json.loads(told.out)
    assert (figures["now"]["answer_at"], figures["now_margin"], figures["wanted"]) == (61, 7, 0.02)


def test_schema_is_json(tmp_path):
    told = run("schema", cwd=tmp_path)
    assert (told.code, "entries" in json.loads(told.out)["properties"]) == (0, True)


def test_chat_talks_until_the_input_ends(made):
    told = run("chat", cwd=made, typed="返品はいつまでできますか？\n")
    assert (told.code, told.err) == (0, "")
    assert "8日以内" in told.out


# --- settings


def test_config_show_masks_secrets(shop):
    (shop / "token").write_text(SECRET + "\n")
    told = run(
        "config",
        "show",
        cwd=shop,
        MADOGUCHI_LINE__CHANNEL_SECRET=SECRET,
        MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN_FILE=str(shop / "token"),
        MADOGUCHI_CHAT__SITES='["https://shop.example"]',
        MADOGUCHI_PORT="9999",
    )
    shown = yaml.safe_load(told.out)
    assert (told.code, SECRET in told.out + told.err) == (0, False)
    assert (shown["port"], shown["chat"]["sites"]) == (9999, ["https://shop.example"])
    assert shown["line"]["channel_secret"] == "**********"
    assert shown["line"]["channel_access_token"] == "**********"
    assert shown["line"]["previous_channel_secret"] == ""


@pytest.mark.parametrize(
    ("command", "variables", "sentence"),
    [
        (["config", "show"], {"MADOGUCHI_PORT": "many"}, "port: Input should be a valid integer"),
        (["serve", "--port", "70000"], {}, "port: Input should be less than or equal to 65535"),
        (["check"], {"MADOGUCHI_TALK__DEFAULT_LANG": "fr"}, "talk.default_lang: "),
        (["check", "--config", "nowhere.yaml"], {}, "nowhere.yaml: there is no such file"),
        (["serve"], {"MADOGUCHI_KNOWLEDGE": "nowhere"}, "knowledge: there is no folder nowhere"),
        (["serve"], {"MADOGUCHI_DATABASE_URL": "mysql://db"}, "database_url: this version stores"),
        (["serve"], {"MADOGUCHI_LINE__CHANNEL_SECRET": SECRET}, "line.channel_access_token: "),
        (["config", "show"], {"MADOGUCHI_LINE__CHANNEL_SECRET_FILE": "none"}, "cannot read none"),
        (["serve"], {"MADOGUCHI_PEOPLE__TIMEZONE": "Mars/Phobos"}, "Mars/Phobos"),
        (["serve"], {"MADOGUCHI_TRUSTED_PROXIES": '["me"]'}, "trusted_proxies: "),
        (["serve"], {"MADOGUCHI_CHAT__SITES": '["shop.example"]'}, "shop.example"),
        (["config", "show"], {"MADOGUCHI_CHAT__SITES": "shop.example"}, "MADOGUCHI_CHAT"),
        (["serve"], {"MADOGUCHI_TALK__PHRASES": '{"helo": {"ja": "x"}}'}, "no phrase 'helo'"),
    ],
)
def test_bad_settings_are_told_in_a_sentence(shop, command, variables, sentence):
    told = run(*command, cwd=shop, **variables)
    assert (told.code, told.out, "Traceback" in told.err) == (2, "", False)
    assert sentence in told.err[told.err.index("madoguchi: ") :]
    assert SECRET not in told.err


def test_a_typo_in_the_settings_file_is_found(shop):
    for text, sentence in (
        ("talk: {acount_name: {ja: x}}\n", "talk.acount_name: Extra inputs are not permitted"),
        ("talk: [\n", "madoguchi.yaml"),
        ("just words\n", "madoguchi.yaml"),
    ):
        (shop / "madoguchi.yaml").write_text(text)
        told = run("config", "show", cwd=shop)
        assert (told.code, told.out, "Traceback" in told.err) == (2, "", False)
        assert sentence in told.err


# --- database, accounts, doctor


def test_db_upgrade_makes_the_tables(shop):
    told = run("db", "upgrade", cwd=shop)
    assert (told.code, told.out) == (0, "data/madoguchi.db is up to date.\n")
    connection = sqlite3.connect(shop / "data" / "madoguchi.db")
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert {"conversation", "message", "outbox", "agent"} - tables == set()


def test_staff_add_prints_a_one_time_password(shop):
    told = run("staff", "add", "hana", "--role", "admin", "--name", "花", cwd=shop)
    assert (told.code, told.err) == (0, "")
    first, password, last = told.out.splitlines()
    assert first == "Added hana (花) as admin."
    assert re.fullmatch(r"One-time password: [\w-]{20}", password)
    assert last == "It is shown only here and has to be changed at the first login."

    again = run("staff", "add", "hana", "--role", "agent", cwd=shop)
    assert (again.code, again.out, again.err.startswith("madoguchi: ")) == (2, "", True)

    (shop / "password").write_text("correct horse battery\n")
    given = run("staff", "add", "taro", "--role", "agent", "--password-file", "password", cwd=shop)
    assert (given.code, given.out) == (0, "Added taro (taro) as agent.\n")
    listed = run("staff", "list", cwd=shop)
    assert sorted(line.split() for line in listed.out.splitlines()) == [
        ["hana", "admin", "active", "花"],
        ["taro", "agent", "active", "taro"],
    ]
    assert run("staff", "disable", "taro", cwd=shop).code == 0
    last_admin = run("staff", "disable", "hana", cwd=shop)
    assert (last_admin.code, last_admin.out) == (2, "")


def test_staff_add_refuses_what_cannot_be(shop):
    (shop / "short").write_text("short")
    for words in (
        ["add", "x", "--role", "king"],
        ["add", "", "--role", "agent"],
        ["add", "x", "--role", "agent", "--password-file", "nowhere"],
        ["add", "x", "--role", "agent", "--password-file", "short"],
        ["disable", "nobody"],
    ):
        told = run("staff", *words, cwd=shop)
        assert (told.code, told.out, "Traceback" in told.err) == (2, "", False)
        assert told.err.startswith("madoguchi: ")


def test_doctor_looks_at_the_folder(shop):
    told = run("doctor", cwd=shop)
    assert (told.code, told.err) == (0, "")
    assert [line for line in told.out.splitlines() if line[:4] not in ("ok  ", "look")] == []
    (shop / "knowledge").unlink()
    bad = run("doctor", cwd=shop, MADOGUCHI_LINE__CHANNEL_SECRET=SECRET)
    assert [line.split(":")[0] for line in bad.out.splitlines() if line.startswith("bad")] == [
        "bad   public address",
        "bad   knowledge",
        "bad   LINE token",
    ]
    assert (bad.code, SECRET in bad.out + bad.err) == (1, False)


# --- serve


def test_serve_answers_and_ends_in_peace(shop):
    with serving(shop) as server:
        assert server.line == f"Madoguchi serves on {server.url}"
        assert get(f"{server.url}/healthz") == (200, {"alive": True})
        assert get(f"{server.url}/readyz") == (
            200,
            {"ready": True, "missing": [], "notes": []},
        )
        # no LINE secret: that door is closed and the rest runs
        assert get(f"{server.url}/line/webhook")[0] == 405
        assert run("staff", "add", "hana", "--role", "agent", cwd=shop).code == 0
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=15) == 0
    assert "Traceback" not in (shop / "stderr").read_text()
    assert (shop / "data" / "signing.key").stat().st_mode & 0o777 == 0o600
    assert (shop / "data" / "madoguchi.db").stat().st_mode & 0o777 == 0o600


def test_a_second_server_on_the_same_data_is_refused(shop):
    with serving(shop) as server:
        told = run("serve", "--port", "0", cwd=shop)
        assert (told.code, told.out) == (2, "")
        assert told.err == (
            f"madoguchi: Another madoguchi server (process {server.process.pid}) is using "
            "data/madoguchi.db. Stop it first, or set MADOGUCHI_DATA_DIR to another folder.\n"
        )
        assert run("db", "upgrade", cwd=shop).code == 2
        assert "A server is using it. data" in run("doctor", cwd=shop).out
        assert get(f"{server.url}/readyz")[0] == 200


def test_a_taken_port_is_told(shop, tmp_path):
    with serving(shop) as server:
        port = server.url.rpartition(":")[2]
        told = run("serve", "--port", port, cwd=shop, MADOGUCHI_DATA_DIR=str(tmp_path / "other"))
        assert (told.code, told.out) == (2, "")
        assert f"Cannot listen on 127.0.0.1:{port}" in told.err


def test_a_database_of_a_newer_version_is_refused(shop):
    assert run("db", "upgrade", cwd=shop).code == 0
    connection = sqlite3.connect(shop / "data" / "madoguchi.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    told = run("serve", "--port", "0", cwd=shop)
    assert (told.code, told.out, "Traceback" in told.err) == (2, "", False)
    assert "The database is at version 9999" in told.err


def test_a_bad_edit_changes_nothing_but_a_note(shop, made, tmp_path):
    knowledge = tmp_path / "own"
    knowledge.mkdir()
    good = (
        "entries:\n  - id: a\n    question: 送料はいくらですか？\n    answer: 500円です。\n"
    ).encode()
    (knowledge / "faq.yaml").write_bytes(good)
    with serving(shop, MADOGUCHI_KNOWLEDGE=str(knowledge)) as server:
        assert get(f"{server.url}/readyz")[1] == {"ready": True, "missing": [], "notes": []}
        (knowledge / "faq.yaml").write_text("entries: [")
        expected = (200, {"ready": True, "missing": [], "notes": ["knowledge"]})
        # the watcher waits for a quiet moment of the folder, on the real clock
        end = time.monotonic() + 15
        while get(f"{server.url}/readyz") != expected and time.monotonic() < end:
            time.sleep(0.1)  # noqa: TID251 - another process is waited for
        assert get(f"{server.url}/readyz") == expected
