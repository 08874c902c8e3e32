"""What a server says that cannot start: one sentence with the way on, and no traceback."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from bot.errors import NewerDatabase, StoreUnavailable
from bot.schema import upgrade_sqlite
from handoff.configuration import BadSettings
from handoff.keys import key_path, read_key
from tests.trouble.server_process import make_folder, refused


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "home")


def test_a_data_folder_that_takes_no_files(folder):
    data = folder / "data"
    data.chmod(0o500)
    code, told = refused(folder)
    data.chmod(0o700)
    assert (code, told) == (
        2,
        (
            f"madoguchi: {data / 'madoguchi.db.lock'} cannot be used: Permission denied. Give the "
            "folder to the account that serves, or set MADOGUCHI_DATA_DIR to another.\n"
        ),
    )


def test_a_database_file_that_is_damaged(folder):
    path = folder / "data" / "madoguchi.db"
    path.write_bytes(b"Dear Sir, " * 1_000)
    assert refused(folder) == (
        2,
        (
            f"madoguchi: {path} cannot be opened: file is not a database. Keep the file and "
            "restore a backup: docs/howto/back-up.md.\n"
        ),
    )
    # it is still there for whoever can save something from it
    assert path.read_bytes() == b"Dear Sir, " * 1_000


def test_a_schema_that_is_damaged(folder, empty_database):
    path = folder / "data" / "madoguchi.db"
    body = bytearray(empty_database.read_bytes())
    body[100:4096] = b"\xff" * (4096 - 100)
    path.write_bytes(body)
    with pytest.raises(StoreUnavailable) as told:
        upgrade_sqlite(path)
    assert str(told.value).endswith("Keep the file and restore a backup: docs/howto/back-up.md.")


def test_a_file_in_place_of_the_data_folder(folder):
    shutil.rmtree(folder / "data")
    (folder / "data").touch()
    code, told = refused(folder)
    assert (code, "Traceback" in told) == (2, False)
    assert told.startswith(f"madoguchi: {folder / 'data'} cannot be used: File exists.")


def test_a_damaged_signing_key(folder):
    key_path(folder / "data").write_bytes(b"short")
    with pytest.raises(BadSettings) as told:
        read_key(folder / "data")
    assert str(told.value) == (
        f"{folder / 'data' / 'signing.key'} is damaged. Restore it from a backup; or remove it, "
        "and visitors' chats begin anew."
    )


def test_a_start_that_died_while_it_made_the_key_is_no_damage(folder):
    """Half a key never stands under the key's name."""
    (folder / "data" / "signing.key.part").write_bytes(b"half")
    key = read_key(folder / "data")
    assert (len(key), read_key(folder / "data")) == (32, key)
    assert [path.name for path in (folder / "data").iterdir()] == ["signing.key"]
    assert key_path(folder / "data").stat().st_mode & 0o777 == 0o600


def test_a_key_that_cannot_be_read(folder):
    key_path(folder / "data").mkdir()
    with pytest.raises(BadSettings) as told:
        read_key(folder / "data")
    assert "Give it to the account that serves." in str(told.value)


@pytest.mark.parametrize("version", ["0000", "9999", "newer-still"])
def test_tables_of_a_version_that_is_not_known_here(database, version):
    """An older program before a newer database, and the other way round what nobody made."""
    with closing(sqlite3.connect(database)) as found:
        found.execute("UPDATE alembic_version SET version_num = ?", (version,))
        found.commit()
    before = database.read_bytes()
    with pytest.raises(NewerDatabase) as told:
        upgrade_sqlite(database)
    assert f"is at version {version}, which this program does not know" in str(told.value)
    assert database.read_bytes() == before
