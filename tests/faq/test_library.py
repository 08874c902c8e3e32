"""The served knowledge: good versions replace each other, bad ones replace nothing."""

import asyncio
import threading
from contextlib import suppress

import pytest

from faq.errors import KnowledgeUnusable
from faq.library import Library
from faq.loader import load_folder
from tests.faq.knowledge_files import SHOP, write_folder

MORE = SHOP + "  - {id: gift, question: ギフト包装はできますか, answer: できます。}\n"


async def until(condition, seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_good_edit_is_served_and_told_to_listeners(tmp_path):
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP)
    library, heard = Library(folder), []
    library.on_change(lambda knowledge: heard.append(len(knowledge.entries)))
    await library.reload()
    await library.reload()  # unchanged: nothing to tell
    await asyncio.to_thread(write_folder, folder, kb=MORE)
    await library.reload()
    assert (heard, sorted(library.current.entries)) == (
        [3, 4],
        ["delivery-fee", "gift", "return-deadline", "return-how"],
    )


async def test_a_bad_edit_changes_nothing_but_the_problems(tmp_path):
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP)
    library = Library(folder)
    await library.reload()
    before = library.current
    await asyncio.to_thread(write_folder, folder, kb=MORE + "  - id: x\n")
    await library.reload()
    assert library.current is before
    assert [str(problem) for problem in library.problems] == [
        "kb.yaml:21:5: the entry has no `answer`; add `answer: …`",
        "kb.yaml:21:5: the entry has no `question`; add `question: …`",
    ]
    await asyncio.to_thread(write_folder, folder, kb=MORE)
    await library.reload()
    assert (len(library.current.entries), library.problems) == (4, ())


async def test_an_emptied_folder_keeps_the_old_version(tmp_path):
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP)
    library = Library(folder)
    await library.reload()
    await asyncio.to_thread((folder / "kb.yaml").unlink)
    await library.reload()
    assert len(library.current.entries) == 3
    assert [problem.what for problem in library.problems] == ["the folder holds no entries"]


async def test_the_first_start_serves_what_can_be_read(tmp_path):
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP, bad="entries: [")
    library = Library(folder)
    with pytest.raises(KnowledgeUnusable, match="nothing that can be served"):
        library.current  # noqa: B018 — reading it is what fails
    await library.reload()
    assert (len(library.current.entries), len(library.problems)) == (3, 1)


async def test_watching_sees_an_edit_and_many_edits_are_one(tmp_path):
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP)
    library, heard = Library(folder), []
    await library.reload()
    library.on_change(lambda knowledge: heard.append(len(knowledge.entries)))
    watching = asyncio.create_task(library.watch())
    await asyncio.sleep(0.5)  # the watcher needs a moment before it sees anything
    for _ in range(20):
        await asyncio.to_thread(write_folder, folder, kb=SHOP + "\n")
    await asyncio.to_thread(write_folder, folder, kb=MORE)
    await until(lambda: heard)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert heard == [4]


@pytest.mark.parametrize("half", [SHOP[:-60], SHOP[: SHOP.index("  - id: delivery-fee")]])
async def test_a_half_written_file_is_not_served(tmp_path, monkeypatch, half):
    monkeypatch.setattr("faq.library._DOUBT", 1.5)
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP)
    library, heard = Library(folder), []
    await library.reload()
    library.on_change(lambda knowledge: heard.append(sorted(knowledge.entries)))
    watching = asyncio.create_task(library.watch())
    await asyncio.sleep(0.5)
    await asyncio.to_thread(write_folder, folder, kb=half)
    await asyncio.sleep(1.2)
    await asyncio.to_thread(write_folder, folder, kb=MORE)
    await until(lambda: heard)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert heard == [["delivery-fee", "gift", "return-deadline", "return-how"]]


async def test_entries_that_stay_gone_are_gone(tmp_path, monkeypatch):
    monkeypatch.setattr("faq.library._DOUBT", 0.2)
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=MORE)
    library = Library(folder)
    await library.reload()
    watching = asyncio.create_task(library.watch())
    await asyncio.sleep(0.5)
    await asyncio.to_thread(write_folder, folder, kb=SHOP)
    await until(lambda: len(library.current.entries) == 3)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def test_a_folder_is_read_beside_the_loop(tmp_path, monkeypatch):
    folder = await asyncio.to_thread(write_folder, tmp_path / "k", kb=SHOP)
    library = Library(folder)
    looked = threading.Event()

    def load_while_the_loop_runs(*args, **kwargs):
        # on the loop itself nobody would come to say that it runs
        assert looked.wait(10)
        return load_folder(*args, **kwargs)

    monkeypatch.setattr("faq.library.load_folder", load_while_the_loop_runs)
    loading = asyncio.create_task(library.reload())
    await asyncio.sleep(0)
    looked.set()
    result = await loading
    assert result.problems == ()
    assert len(library.current.entries) == 3
