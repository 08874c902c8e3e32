import asyncio
import shutil
import sqlite3
import subprocess
import sys
import textwrap

import pytest
from factories import NOON

from bot.errors import StoreInUse, StoreUnavailable
from bot.sqlite_store import PRAGMAS, READER_PRAGMAS, SqliteStore, connect


def add(tx, key):
    tx.run(
        "INSERT INTO inbox (channel, event_key, kind, state, attempts, received_at, occurred_at)"
        " VALUES ('line', :key, 'message', 'done', 0, :now, :now)",
        key=key,
        now=NOON,
    )
    return key


def keys(tx):
    return [row["event_key"] for row in tx.all("SELECT event_key FROM inbox ORDER BY id")]


def fail(tx, key, error):
    add(tx, key)
    raise error


async def test_what_was_written_is_read(store):
    assert await store.write(add, "a") == "a"
    assert await store.read(keys) == ["a"]


async def test_units_run_in_the_order_in_which_they_were_given(store):
    wanted = [f"k{number}" for number in range(600)]
    assert await asyncio.gather(*(store.write(add, key) for key in wanted)) == wanted
    assert await store.read(keys) == wanted


@pytest.mark.parametrize(
    "error", [ValueError("no"), KeyError("k"), StopIteration(), sqlite3.IntegrityError("x")]
)
async def test_a_unit_that_fails_fails_alone(store, error):
    outcomes = await asyncio.gather(
        store.write(add, "a"),
        store.write(fail, "b", error),
        store.write(add, "c"),
        store.write(add, "a"),  # its key is taken
        return_exceptions=True,
    )
    expected = RuntimeError if isinstance(error, StopIteration) else type(error)
    assert [type(one) for one in outcomes] == [str, expected, str, sqlite3.IntegrityError]
    assert await store.read(keys) == ["a", "c"]
    assert await store.write(add, "d") == "d"


async def test_a_statement_that_cannot_run_is_an_outage_and_not_a_crash(store):
    with pytest.raises(StoreUnavailable):
        await store.write(lambda tx: tx.run("INSERT INTO nothing VALUES (1)"))
    with pytest.raises(StoreUnavailable):
        await store.read(lambda tx: tx.one("SELECT * FROM nothing"))
    assert await store.write(add, "a") == "a"


async def test_a_reader_cannot_write(store):
    with pytest.raises(StoreUnavailable):
        await store.read(add, "a")
    assert await store.read(keys) == []


async def test_a_reader_sees_one_moment(store):
    def twice(tx):
        before = keys(tx)
        done = asyncio.run_coroutine_threadsafe(store.write(add, "late"), loop)
        done.result(3)
        return before, keys(tx)

    loop = asyncio.get_running_loop()
    assert await store.read(twice) == ([], [])
    assert await store.read(keys) == ["late"]


async def test_a_second_server_is_refused_with_a_way_on(store, database):
    with pytest.raises(StoreInUse) as refused:
        await SqliteStore.open(database)
    text = str(refused.value)
    assert text.startswith("Another madoguchi server (process ")
    assert text.endswith("Stop it first, or set MADOGUCHI_DATA_DIR to another folder.")


async def test_the_file_is_free_after_closing(database):
    for _ in range(2):
        store = await SqliteStore.open(database)
        await store.close()


async def test_what_waits_is_written_before_closing_and_nothing_hangs_after(database):
    store = await SqliteStore.open(database)
    waiting = [asyncio.create_task(store.write(add, f"k{number}")) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert len(await asyncio.gather(*waiting)) == 50
    async with asyncio.timeout(30):
        with pytest.raises(StoreUnavailable):
            await store.write(add, "late")
        with pytest.raises(StoreUnavailable):
            await store.read(keys)


async def test_what_is_no_database_is_told_and_lets_go(tmp_path):
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir, " * 1_000)
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as refused:
            await SqliteStore.open(path)
        assert str(refused.value) == (
            f"{path} cannot be opened: file is not a database. "
            "Keep the file and restore a backup: docs/howto/back-up.md."
        )


async def test_only_its_owner_may_read_the_file(store, database):
    assert (database.stat().st_mode & 0o777) == 0o600


async def test_a_locked_database_is_an_outage_that_heals(store, database):
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(
        store.write(add, "a"), store.write(add, "b"), return_exceptions=True
    )
    assert [type(one) for one in outcomes] == [StoreUnavailable] * 2
    assert await store.read(keys) == []
    other.execute("ROLLBACK")
    other.close()
    assert await store.write(add, "c") == "c"
    assert await store.read(keys) == ["c"]


def settings_of(database, pragmas, names):
    connection = connect(database, pragmas)
    found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    connection.close()
    return found


def test_every_connection_has_our_settings(database):
    written = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 1500,
        "trusted_schema": 0,
        "secure_delete": 1,
        "cell_size_check": 1,
    }
    assert settings_of(database, PRAGMAS, written) == written
    read = {"query_only": 1, "busy_timeout": 1500, "trusted_schema": 0, "wal_autocheckpoint": 0}
    assert settings_of(database, READER_PRAGMAS, read) == read


CHILD = """
import asyncio, os, sys
from pathlib import Path
from bot.sqlite_store import SqliteStore

INSERT = (
    "INSERT INTO inbox (channel, event_key, kind, state, attempts, received_at, occurred_at)"
    " VALUES ('line', :key, 'message', 'done', 0, 1, 1)"
)

async def main():
    store = await SqliteStore.open(Path(sys.argv[1]))
    async def one(key):
        try:
            await store.write(lambda tx: tx.run(INSERT, key=key))
        except Exception as error:
            os.write(1, f"refused {type(error).__name__}\\n".encode())
        else:
            os.write(1, f"{key}\\n".encode())
    for round in range(int(sys.argv[2])):
        await asyncio.gather(*(one(f"r{round}-{n}-" + "x" * 60) for n in range(20)))

asyncio.run(main())
"""


def start(database, rounds, *, before=""):
    return subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", textwrap.dedent(before) + CHILD, str(database), str(rounds)],
        stdout=subprocess.PIPE,
    )


async def check(database, said):
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    store = await SqliteStore.open(database)
    stored = await store.read(keys)
    await store.write(add, "afterwards")
    await store.close()
    told = [line for line in said if not line.startswith("refused")]
    assert told
    assert set(told) <= set(stored)
    return told, stored


@pytest.mark.parametrize("lines", [40, 300])
async def test_a_killed_server_loses_nothing_that_it_acknowledged(database, lines):
    child = start(database, 100_000)

    def kill_after():
        said = [child.stdout.readline().decode().strip() for _ in range(lines)]
        child.kill()
        rest = child.stdout.read().decode().split()
        child.wait()
        child.stdout.close()
        return said + rest

    said = await asyncio.to_thread(kill_after)
    await check(database, said)


async def test_a_full_disk_refuses_and_loses_nothing(database):
    limit = """
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    """
    child = start(database, 100, before=limit)
    out, _ = await asyncio.to_thread(child.communicate)
    said = out.decode().splitlines()
    told, stored = await check(database, said)
    assert "refused StoreUnavailable" in said
    assert sorted(told) == sorted(stored)


async def test_a_copy_taken_while_writing_is_whole(store, database, tmp_path):
    writing = [asyncio.create_task(store.write(add, f"k{number}")) for number in range(200)]
    source = sqlite3.connect(database)
    copy = sqlite3.connect(tmp_path / "copy.db")
    await asyncio.to_thread(_noop)
    source.backup(copy)
    await asyncio.gather(*writing)
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    source.close()
    copy.close()


def _noop():
    """Gives the loop a turn."""


async def test_a_restored_file_serves(store, database, tmp_path):
    await store.write(add, "a")
    await store.close()
    shutil.copy(database, tmp_path / "restored.db")
    restored = await SqliteStore.open(tmp_path / "restored.db")
    assert await restored.read(keys) == ["a"]
    await restored.close()


async def test_a_broken_page_is_an_outage_that_is_told_once(database, caplog):
    store = await SqliteStore.open(database)
    await store.write(add, "a")
    await store.close()

    def harm():
        connection = sqlite3.connect(database)
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'inbox'"
        ).fetchone()
        connection.close()
        body = bytearray(database.read_bytes())
        body[4096 * (page - 1) : 4096 * page] = bytes(4096)
        database.write_bytes(body)

    await asyncio.to_thread(harm)
    store = await SqliteStore.open(database)
    assert not store.damaged
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await store.read(keys)
        with pytest.raises(StoreUnavailable):
            await store.write(add, "b")
    assert store.damaged
    assert [record.getMessage() for record in caplog.records] == [
        "the database is damaged: database disk image is malformed; see docs/howto/back-up.md"
    ]
    await store.close()
