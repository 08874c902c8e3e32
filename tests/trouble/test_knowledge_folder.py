"""The knowledge's folder goes, cannot be read, and comes back: the last good version serves on."""

import asyncio
import shutil

import pytest

from bot.background import Background
from faq import library as library_module
from faq.library import Library

GOOD = "entries:\n  - id: a\n    question: 送料はいくらですか？\n    answer: {}円です。\n"


async def until(found, seconds=20):
    end = asyncio.get_running_loop().time() + seconds
    while not found() and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.05)
    return found()


def fill(folder, price):
    folder.mkdir(exist_ok=True)
    (folder / "faq.yaml").write_text(GOOD.format(price), encoding="utf-8")


@pytest.fixture
async def watched(tmp_path, monkeypatch):
    """A library as a server runs it; looks more often, so that tests need not wait."""
    monkeypatch.setattr(library_module, "_LOOK_MS", 300)
    monkeypatch.setattr(library_module, "_PAUSE", 0.05)
    folder = tmp_path / "knowledge"
    fill(folder, 500)
    library = Library(folder)
    await library.reload()
    background = Background()
    background.keep("knowledge", library.watch)
    yield library
    await background.stop()


def answer(library):
    return library.current.entries["a"].answer


async def test_moved_away_and_back(watched):
    folder = watched.path
    await asyncio.sleep(0.5)
    folder.rename(folder.with_name("elsewhere"))
    assert await until(lambda: watched.problems)
    assert [problem.what for problem in watched.problems] == ["there is no such folder"]
    assert answer(watched) == "500円です。"
    folder.with_name("elsewhere").rename(folder)
    assert await until(lambda: not watched.problems)
    fill(folder, 600)
    assert await until(lambda: answer(watched) == "600円です。")


async def test_removed_and_made_anew(watched):
    folder = watched.path
    await asyncio.sleep(0.5)
    shutil.rmtree(folder)
    assert await until(lambda: watched.problems)
    assert answer(watched) == "500円です。"
    fill(folder, 700)
    assert await until(lambda: answer(watched) == "700円です。")
    assert watched.problems == ()
    fill(folder, 800)
    assert await until(lambda: answer(watched) == "800円です。")


async def test_a_link_that_leads_to_the_next_version(watched):
    """As deployments do it: the name stays, another folder stands behind it."""
    folder = watched.path
    await asyncio.sleep(0.5)
    fill(folder.with_name("second"), 900)
    folder.rename(folder.with_name("first"))
    folder.symlink_to(folder.with_name("second"))
    assert await until(lambda: answer(watched) == "900円です。")
    assert await until(lambda: not watched.problems)


async def test_a_file_that_cannot_be_read_for_a_while(watched, monkeypatch):
    """As for an account without the right: root, who runs tests in containers, has every right."""
    file = watched.path / "faq.yaml"
    plain = type(file).open
    locked = True

    def read(path, *arguments, **named):
        if locked and path.name == "faq.yaml":
            raise PermissionError(13, "Permission denied")
        return plain(path, *arguments, **named)

    await asyncio.sleep(0.5)
    monkeypatch.setattr(type(file), "open", read)
    file.chmod(0o000)
    assert await until(lambda: watched.problems)
    assert answer(watched) == "500円です。"
    locked = False
    file.chmod(0o644)
    assert await until(lambda: not watched.problems)
    assert answer(watched) == "500円です。"
