"""What all tests share: a watched event loop, an empty database to copy, a talk over it."""

import os
import shutil

import pytest
from blockbuster import BlockBuster
from factories import KNOWLEDGE
from fakes import FakeClock, FakeDesk, Story
from structlog.testing import capture_logs

from bot.hints import Hints
from bot.schema import upgrade_sqlite
from bot.settings import TalkSettings
from bot.sqlite_store import SqliteStore


@pytest.fixture(autouse=True)
def blockbuster():
    """Our coroutines never block the loop: no sqlite3, no files, no sleep."""
    # the stand-in and the example shop are for tests and demos, and may read files
    watcher = BlockBuster(["bot", "faq", "handoff"], excluded_modules=["bot.standin", "bot.demo"])
    for function in watcher.functions.values():
        # routes of static files are built once, at the start
        function.can_block_in("aiohttp/web_urldispatcher.py", "__init__")
    watcher.activate()
    try:
        yield watcher
    finally:
        watcher.deactivate()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """Migrated once; each test works on a copy."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    upgrade_sqlite(path)
    return path


@pytest.fixture
def database(tmp_path, empty_database):
    path = tmp_path / "madoguchi.db"
    shutil.copy(empty_database, path)
    return path


@pytest.fixture
async def store(database):
    store = await SqliteStore.open(database)
    yield store
    await store.close()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def hints():
    return Hints()


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
async def tell(store, clock, hints, desk):
    """Makes a story: a customer, the bot with these settings, and people."""
    stories = []

    def make(*, channel="line", knowledge=KNOWLEDGE, **settings):
        talk = TalkSettings(**{"form": [], **settings})
        story = Story(
            store=store, clock=clock, hints=hints, desk=desk, knowledge=knowledge, settings=talk,
            channel=channel,
        )  # fmt: skip
        stories.append(story)
        return story

    # nothing is rendered: a traceback's source lines would be read from disk in the loop
    with capture_logs() as lines:
        make.logs = lines
        yield make
        for story in stories:
            await story.intake.close()


@pytest.fixture
def story(tell):
    return tell()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything runs: a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") == "true" and skipped and session.exitstatus == 0:
        reporter.write_line(f"{len(skipped)} skipped in CI, where nothing may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
