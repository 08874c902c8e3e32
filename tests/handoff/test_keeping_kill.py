"""A server killed in the middle of a publishing: the file, the history and the draft agree."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sqlite_store import SqliteStore
from faq.library import Library
from handoff.keeping import Edit, Keeping
from handoff.settings import KnowledgePageSettings
from tests.handoff.keeping_world import RETURNS, open_keeping

ROOT = Path(__file__).parents[2]
#: opens the store that the test has closed, publishes the draft that is there, and is killed
PUBLISH = """
import asyncio, sys
from pathlib import Path
from bot.hints import Hints
from bot.sqlite_store import SqliteStore
from faq.library import Library
from handoff.access import Agent, Role
from handoff.keeping import Keeping
from handoff.settings import KnowledgePageSettings

async def main(database, folder):
    library = Library(Path(folder))
    await library.reload()
    store = await SqliteStore.open(Path(database))
    settings = KnowledgePageSettings(git="off")
    keeping = Keeping(store, Hints(), library, lambda: 1_800_000_000_000, settings)
    admin = Agent(id=1, login="x", name="x", role=Role.ADMIN)
    await keeping.publish(admin, "refund-when", seen=1)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("point", "file", "kinds", "drafts"),
    [
        ("knowledge.before_write", RETURNS, [], 1),
        ("knowledge.after_write", RETURNS.replace("5営業日", "3営業日"), ["edit"], 0),
    ],
)
async def test_a_killed_server_leaves_no_half_publishing(  # noqa: PLR0917 - a table's columns
    world, tmp_path, point, file, kinds, drafts
):
    k = await open_keeping(world, tmp_path / "knowledge")
    await k.keeping.notice()
    view = await k.keeping.get_entry(k.admin, "refund-when")
    edit = Edit(entry_id="refund-when", text=view.text.replace("5営業日", "3営業日"))
    await k.keeping.save_draft(k.admin, edit, seen=0)
    database = tmp_path / "copy.sqlite3"
    await asyncio.to_thread(copy_database, tmp_path / "madoguchi.sqlite3", database)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", PUBLISH, str(database), str(k.folder)],
        cwd=ROOT,
        env={**os.environ, "MADOGUCHI_FAILPOINT": f"{point}:1", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == -9
    assert await asyncio.to_thread(k.text) == file
    store = await SqliteStore.open(database)
    library = Library(k.folder)
    await library.reload()
    again = Keeping(store, k.world.hints, library, k.world.clock, KnowledgePageSettings())
    assert await again.notice() == 0
    assert [each.kind.value for each in await again.list_changes(k.admin)] == kinds
    assert len(await again.list_drafts(k.admin)) == drafts
    await store.close()


def copy_database(source: Path, target: Path) -> None:
    """With what stands in the log beside it."""
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()
