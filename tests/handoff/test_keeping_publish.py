"""Publishing: the file, what is served, the history and git say the same, also after a crash."""

import asyncio
import subprocess
import threading
from pathlib import Path

import pytest

from bot.errors import BadInput, NotFound
from faq.loader import LoadResult, load_folder
from handoff import keeping_publishing
from handoff.keeping import Change, ChangeKind, Edit, EditKind, GitState, Published, Remark
from handoff.keeping_errors import CheckFailed, DraftMoved, EntryMoved, FolderBlocked, IdTaken
from handoff.knowledge_git import Author, find_git
from tests.handoff.keeping_world import RETURNS, SHIPPING, KeepingWorld, open_keeping


class Died(BaseException):
    """The process ended here."""


@pytest.fixture
async def k(world, tmp_path) -> KeepingWorld:
    found = await open_keeping(world, tmp_path / "knowledge")
    await found.keeping.notice()
    return found


async def draft(k: KeepingWorld, entry_id: str, **changed: object) -> None:
    values = (await k.keeping.get_entry(k.admin, entry_id)).values
    edit = Edit(entry_id=entry_id, values={**values, **changed})
    await k.keeping.save_draft(k.admin, edit, seen=0)


async def kinds(k: KeepingWorld) -> list[tuple[str, str, str | None]]:
    return [
        (each.kind.value, each.entry_id, each.agent_name)
        for each in await k.keeping.list_changes(k.admin)
    ]


async def test_a_published_draft_is_in_the_file_served_and_in_the_history(k):
    before = k.library.current.version
    await draft(k, "return-deadline", answer="10日以内です。")
    done = await k.keeping.publish(k.admin, "return-deadline", seen=1)
    changed = RETURNS.replace("商品到着後8日以内でしたら返品できます。", "10日以内です。")
    assert k.text() == changed
    assert k.text("shipping.yaml") == SHIPPING
    assert k.library.current.entries["return-deadline"].answer == "10日以内です。"
    assert done == Published(
        change_id=1,
        entry_id="return-deadline",
        file="returns.yaml",
        version_before=before,
        version_after=k.library.current.version,
    )
    change = await k.keeping.get_change(k.other, 1)
    assert isinstance(change, Change)
    assert (change.kind, change.agent_name, change.keys, change.at) == (
        ChangeKind.EDIT,
        "管理 花子",
        ("answer",),
        k.world.clock(),
    )
    assert (await k.keeping.get_entry(k.admin, "return-deadline")).draft is None
    logged = await k.world.rows("SELECT action, agent_id, detail FROM audit_log")
    assert logged == [
        {
            "action": "knowledge_edit",
            "agent_id": k.admin.id,
            "detail": '{"change":1,"entry":"return-deadline"}',
        }
    ]
    assert sorted(path.name for path in k.folder.iterdir()) == ["returns.yaml", "shipping.yaml"]


async def test_a_draft_that_a_colleague_changed_is_not_published_unseen(k):
    await draft(k, "refund-when", answer="3日です。")
    edit = Edit(entry_id="refund-when", text="id: refund-when\nquestion: a\nanswer: b\n")
    await k.keeping.save_draft(k.other, edit, seen=1)
    with pytest.raises(DraftMoved) as caught:
        await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert caught.value.draft.author_name == "管理 次郎"
    assert k.text() == RETURNS


async def test_errors_block_and_failed_tests_need_a_reason(k):
    await draft(k, "refund-when", next=["nowhere"])
    with pytest.raises(CheckFailed) as caught:
        await k.keeping.publish(k.admin, "refund-when", seen=1, reason="急ぎ")
    assert caught.value.report.is_blocked
    await k.keeping.discard_draft(k.admin, "refund-when", seen=1)
    await draft(k, "refund-when", question="返品の期限を教えて")
    with pytest.raises(CheckFailed) as caught:
        await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert caught.value.report.needs_reason
    assert k.text() == RETURNS
    done = await k.keeping.publish(k.admin, "refund-when", seen=1, reason=" 制度が\n変わるため ")
    assert (await k.keeping.get_change(k.admin, done.change_id)).reason == "制度が 変わるため"


async def test_a_new_entry_and_a_delete_can_be_taken_back(k):
    values = {"id": "gift", "question": "ギフト包装はできますか？", "answer": "承ります。"}
    new = Edit(entry_id="gift", kind=EditKind.NEW, file="gift/new.yaml", values=values)
    await k.keeping.save_draft(k.admin, new, seen=0)
    made = await k.keeping.publish(k.admin, "gift", seen=1)
    assert k.text("gift/new.yaml") == (
        "entries:\n  - id: gift\n    question: ギフト包装はできますか？\n    answer: 承ります。\n"
    )
    gone = await k.keeping.roll_back(k.admin, made.change_id)
    assert "gift" not in k.library.current.entries
    again = await k.keeping.roll_back(k.admin, gone.change_id)
    assert k.library.current.entries["gift"].answer == "承ります。"
    with pytest.raises(IdTaken):
        await k.keeping.roll_back(k.admin, gone.change_id)
    assert await kinds(k) == [
        ("rollback", "gift", "管理 花子"),
        ("rollback", "gift", "管理 花子"),
        ("new", "gift", "管理 花子"),
    ]
    assert (await k.keeping.get_change(k.admin, again.change_id)).undoes_id == gone.change_id


@pytest.mark.parametrize("entry_id", ["return-deadline", "refund-when"])
async def test_a_deleted_entry_comes_back_where_it_was_with_its_remarks(k, entry_id):
    await k.keeping.save_draft(k.admin, Edit(entry_id=entry_id, kind=EditKind.DELETE), seen=0)
    done = await k.keeping.publish(k.admin, entry_id, seen=1)
    assert entry_id not in k.library.current.entries
    await k.keeping.roll_back(k.admin, done.change_id)
    assert k.text() == RETURNS


async def test_a_delete_is_taken_back_beside_what_changed_since(k):
    await k.keeping.save_draft(
        k.admin, Edit(entry_id="return-deadline", kind=EditKind.DELETE), seen=0
    )
    done = await k.keeping.publish(k.admin, "return-deadline", seen=1)
    await draft(k, "refund-when", answer="3日です。")
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    await k.keeping.roll_back(k.admin, done.change_id)
    assert k.text() == RETURNS.replace("返品の到着から5営業日です。", "3日です。")


async def test_a_rollback_keeps_what_changed_since(k):
    await draft(k, "return-deadline", answer="10日以内です。")
    done = await k.keeping.publish(k.admin, "return-deadline", seen=1)
    await draft(k, "return-deadline", owner="返品係")
    await k.keeping.publish(k.admin, "return-deadline", seen=1)
    await k.keeping.roll_back(k.admin, done.change_id)
    assert k.text() == RETURNS.replace("owner: 受注チーム", "owner: 返品係")
    with pytest.raises(BadInput, match="published already"):
        await k.keeping.roll_back(k.admin, done.change_id)


async def test_a_rollback_of_what_was_changed_again_shows_both(k):
    await draft(k, "refund-when", answer="3日です。")
    done = await k.keeping.publish(k.admin, "refund-when", seen=1)
    await draft(k, "refund-when", answer="7日です。")
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    with pytest.raises(EntryMoved) as caught:
        await k.keeping.roll_back(k.admin, done.change_id)
    assert [(each.key, each.theirs) for each in caught.value.merge.conflicts] == [
        ("answer", "7日です。")
    ]
    with pytest.raises(NotFound):
        await k.keeping.roll_back(k.admin, 99)


async def test_a_file_that_moved_on_is_merged_or_shown(k):
    await draft(k, "return-deadline", answer="10日以内です。")
    outside = RETURNS.replace("owner: 受注チーム", "owner: 返品係")
    k.write(outside)
    await k.keeping.publish(k.admin, "return-deadline", seen=1)
    assert k.text() == outside.replace("商品到着後8日以内でしたら返品できます。", "10日以内です。")
    assert await kinds(k) == [
        ("edit", "return-deadline", "管理 花子"),
        ("outside", "return-deadline", None),
    ]
    await draft(k, "return-deadline", answer="20日以内です。")
    k.write(k.text().replace("10日以内です。", "30日以内です。"))
    with pytest.raises(EntryMoved) as caught:
        await k.keeping.publish(k.admin, "return-deadline", seen=1)
    assert [(each.theirs, each.mine) for each in caught.value.merge.conflicts] == [
        ("30日以内です。", "20日以内です。")
    ]


async def test_changes_made_outside_are_noticed_once(k):
    k.write(RETURNS.replace("5営業日", "3営業日").replace("# 返品まわり\n", "# 別の見出し\n\n"))
    k.write(SHIPPING.split("- id: shipping-days")[0], "shipping.yaml")
    k.write("entries: [{id: gift}]\n", "kept.yaml")
    await k.library.reload()
    assert await k.keeping.notice() == 1, "while a file cannot be read nothing counts as gone"
    (k.folder / "kept.yaml").unlink()
    assert [await k.keeping.notice(), await k.keeping.notice()] == [1, 0]
    assert await kinds(k) == [
        ("outside", "shipping-days", None),
        ("outside", "refund-when", None),
    ]
    (change, *_) = await k.keeping.list_changes(k.admin, entry_id="shipping-days")
    await k.keeping.roll_back(k.admin, change.id)
    assert k.text("shipping.yaml") == SHIPPING


async def test_the_first_look_is_no_change(world, tmp_path):
    k = await open_keeping(world, tmp_path / "knowledge")
    assert await k.keeping.notice() == 0
    assert await kinds(k) == []


async def test_a_folder_that_is_gone_keeps_drafts_and_says_how_to_mend_it(k):
    await draft(k, "refund-when", answer="3日です。")
    hidden = k.folder.rename(k.folder.with_name("elsewhere"))
    assert await k.keeping.notice() == 0
    with pytest.raises(FolderBlocked) as caught:
        await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert "フォルダを戻す" in caught.value.told("ja")
    new = Edit(entry_id="gift", kind=EditKind.NEW, values={"id": "gift", "question": "a"})
    await k.keeping.save_draft(k.admin, new, seen=0)
    hidden.rename(k.folder)
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert "3日です。" in k.text()


async def test_what_was_published_since_the_editor_was_opened_is_not_undone(k):
    view = await k.keeping.get_entry(k.other, "refund-when")
    await draft(k, "refund-when", answer="3日です。", owner="経理係")
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    late = {**view.values, "reviewed": "2026-11-01"}
    edit = Edit(entry_id="refund-when", values=late)
    kept = await k.keeping.save_draft(k.other, edit, seen=0, seen_text=view.text)
    assert kept.is_stale
    await k.keeping.publish(k.other, "refund-when", seen=kept.version)
    now = (await k.keeping.get_entry(k.other, "refund-when")).values
    assert now == {**late, "answer": "3日です。", "owner": "経理係"}


async def test_the_same_words_changed_since_the_editor_was_opened_are_asked_about(k):
    view = await k.keeping.get_entry(k.other, "refund-when")
    await draft(k, "refund-when", answer="3日です。")
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    edit = Edit(entry_id="refund-when", values={**view.values, "answer": "7日です。"})
    kept = await k.keeping.save_draft(k.other, edit, seen=0, seen_text=view.text)
    with pytest.raises(EntryMoved):
        await k.keeping.publish(k.other, "refund-when", seen=kept.version)
    assert "3日です。" in k.text()


async def test_an_entry_in_a_file_that_cannot_be_read_is_not_called_gone(k):
    await draft(k, "refund-when", answer="3日です。")
    path = k.folder / "returns.yaml"
    path.write_text(f"{RETURNS}\n  - id: [broken\n", encoding="utf-8")
    edit = Edit(entry_id="refund-when", values={"answer": "3日です。"})
    for act in (
        k.keeping.replay(k.admin, edit),
        k.keeping.publish(k.admin, "refund-when", seen=1),
    ):
        with pytest.raises(FolderBlocked) as caught:
            await act
        assert "直してから" in caught.value.told("ja")
    path.write_text(RETURNS, encoding="utf-8")
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert "3日です。" in k.text()


@pytest.mark.parametrize(("code", "words"), [(30, "書き込みを許可"), (28, "空きを作って")])
async def test_a_folder_that_takes_no_writes_leaves_all_as_it_was(k, monkeypatch, code, words):
    def refuse(*_: object) -> None:
        raise OSError(code, "refused")

    await draft(k, "refund-when", answer="3日です。")
    monkeypatch.setattr("faq.writing_file._write", refuse)
    with pytest.raises(FolderBlocked) as caught:
        await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert words in caught.value.told("ja")
    assert (k.text(), await kinds(k)) == (RETURNS, [])
    assert len(await k.keeping.list_drafts(k.admin)) == 1
    assert await k.world.rows("SELECT id FROM knowledge_change") == []


async def test_a_crash_after_the_file_was_written_loses_neither_change_nor_name(k, monkeypatch):
    await draft(k, "refund-when", answer="3日です。")

    async def die(*_: object) -> None:
        raise Died

    monkeypatch.setattr(keeping_publishing.Publisher, "_finish", die)
    with pytest.raises(Died):
        await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert "3日です。" in k.text()
    assert await kinds(k) == []
    assert await k.keeping.notice() == 0
    assert await kinds(k) == [("edit", "refund-when", "管理 花子")]
    assert await k.keeping.list_drafts(k.admin) == ()


async def test_a_crash_before_the_file_was_written_leaves_the_draft(k, monkeypatch):
    await draft(k, "refund-when", answer="3日です。")

    def die(*_: object) -> None:
        raise Died

    monkeypatch.setattr(keeping_publishing, "write_plan", die)
    with pytest.raises(Died):
        await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert await k.keeping.notice() == 0
    assert (k.text(), await kinds(k)) == (RETURNS, [])
    assert await k.world.rows("SELECT id FROM knowledge_change") == []
    assert len(await k.keeping.list_drafts(k.admin)) == 1


async def test_two_publish_at_once_and_both_changes_stand(k):
    await draft(k, "refund-when", answer="3日です。")
    await draft(k, "return-deadline", answer="10日以内です。")
    await asyncio.gather(
        k.keeping.publish(k.admin, "refund-when", seen=1),
        k.keeping.publish(k.other, "return-deadline", seen=1),
    )
    assert ("3日です。" in k.text(), "10日以内です。" in k.text()) == (True, True)
    assert len(await kinds(k)) == 2


async def test_the_watcher_does_not_read_again_what_publishing_has_read(k, monkeypatch):
    loads = []

    def load(*arguments, **named) -> LoadResult:
        loads.append(1)
        return load_folder(*arguments, **named)

    async def notice_twice(*_, **__):
        yield {"the publishing"}
        assert len(loads) == 1
        await asyncio.to_thread(k.write, RETURNS.replace("5営業日", "9営業日"))
        yield {"an editor"}

    monkeypatch.setattr("faq.library.load_folder", load)
    monkeypatch.setattr("faq.library.awatch", notice_twice)
    await draft(k, "refund-when", answer="3日です。")
    await k.keeping.publish(k.admin, "refund-when", seen=1)
    await k.library.watch()
    assert len(loads) == 2
    assert k.library.current.entries["refund-when"].answer == "返品の到着から9営業日です。"


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    # a test's own repository
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip()


@pytest.fixture
async def kept(world, tmp_path) -> KeepingWorld:
    """A folder inside a repository, with something else staged."""
    found = await open_keeping(world, tmp_path / "knowledge", git="auto")
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "x")
    git(tmp_path, "config", "user.email", "x@example.com")
    git(tmp_path, "add", "knowledge")
    git(tmp_path, "commit", "-qm", "begin")
    (tmp_path / "other.txt").write_text("mine")
    git(tmp_path, "add", "other.txt")
    return found


async def test_a_published_change_is_committed_alone_under_its_admins_name(kept, tmp_path):
    assert (await kept.keeping.get_folder(kept.admin)).git is GitState.ON
    await draft(kept, "refund-when", answer="3日です。")
    done = await kept.keeping.publish(kept.admin, "refund-when", seen=1, reason="早くなった")
    assert done.remarks == ()
    assert done.git_commit == git(tmp_path, "rev-parse", "HEAD")
    assert git(tmp_path, "log", "-1", "--format=%an|%ae|%cn|%B") == (
        "管理 花子|agent-1@madoguchi.invalid|Madoguchi|Edit refund-when\n\n早くなった"
    )
    assert git(tmp_path, "show", "--name-only", "--format=") == "knowledge/returns.yaml"
    assert git(tmp_path, "diff", "--cached", "--name-only") == "other.txt"
    assert (await kept.keeping.get_change(kept.admin, 1)).git_commit == done.git_commit


async def test_a_new_file_is_committed_too(kept, tmp_path):
    new = Edit(
        entry_id="gift",
        kind=EditKind.NEW,
        file="-new.yaml",
        values={"id": "gift", "question": "包装はできますか？", "answer": "承ります。"},
    )
    await kept.keeping.save_draft(kept.admin, new, seen=0)
    done = await kept.keeping.publish(kept.admin, "gift", seen=1)
    assert (done.git_commit != "", done.remarks) == (True, ())
    assert git(tmp_path, "show", "--name-only", "--format=") == "knowledge/-new.yaml"


async def test_what_git_refuses_is_published_all_the_same(kept, tmp_path):
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    await draft(kept, "refund-when", answer="3日です。")
    done = await kept.keeping.publish(kept.admin, "refund-when", seen=1)
    assert (done.remarks, done.git_commit) == ((Remark.GIT_FAILED,), "")
    assert kept.library.current.entries["refund-when"].answer == "3日です。"


async def test_a_hook_that_hangs_is_ended(kept, tmp_path, monkeypatch):
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nsleep 60\n")
    hook.chmod(0o755)
    monkeypatch.setattr("handoff.knowledge_git._SECONDS", 1.0)
    await draft(kept, "refund-when", answer="3日です。")
    done = await kept.keeping.publish(kept.admin, "refund-when", seen=1)
    assert (done.remarks, done.git_commit) == ((Remark.GIT_TIMED_OUT,), "")


async def test_an_ignored_folder_is_told(kept, tmp_path):
    (tmp_path / ".gitignore").write_text("*.yaml\n")
    git(tmp_path, "rm", "-rq", "--cached", "knowledge")
    await draft(kept, "refund-when", answer="3日です。")
    done = await kept.keeping.publish(kept.admin, "refund-when", seen=1)
    assert done.remarks == (Remark.GIT_IGNORED,)


async def test_a_folder_outside_of_git_is_no_trouble(world, tmp_path):
    k = await open_keeping(world, tmp_path / "knowledge", git="auto")
    assert (await k.keeping.get_folder(k.admin)).git is GitState.NO_WORK_TREE
    await draft(k, "refund-when", answer="3日です。")
    done = await k.keeping.publish(k.admin, "refund-when", seen=1)
    assert (done.git_commit, done.remarks) == ("", ())


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("管理 花子", "管理 花子 <agent-7@madoguchi.invalid>"),
        ("a <b@c>\n d", "a b@c d <agent-7@madoguchi.invalid>"),
        ("<>", "agent <agent-7@madoguchi.invalid>"),
    ],
)
def test_a_name_never_breaks_out_of_the_author(name, line):
    assert Author(agent_id=7, name=name).line() == line


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("", GitState.NO_PROGRAM),
        ("#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n", GitState.NOT_OURS),
        ("#!/bin/sh\necho false\n", GitState.NO_WORK_TREE),
        ("#!/bin/sh\necho true\n", GitState.ON),
    ],
)
def test_what_git_is_like_is_told(tmp_path, monkeypatch, script, state):
    if script:
        program = tmp_path / "git"
        program.write_text(script)
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_git(tmp_path, "auto") is state
    assert find_git(tmp_path, "off") is GitState.OFF


async def test_a_request_that_goes_away_in_the_middle_leaves_nothing_half_done(k, monkeypatch):
    """The file is being written when the browser leaves: the change is finished or never began."""
    await draft(k, "refund-when", answer="3日です。")
    is_writing, go_on = threading.Event(), threading.Event()
    real = keeping_publishing.write_plan

    def write_slowly(*arguments) -> None:
        is_writing.set()
        go_on.wait(20)
        real(*arguments)

    monkeypatch.setattr(keeping_publishing, "write_plan", write_slowly)
    asking = asyncio.create_task(k.keeping.publish(k.admin, "refund-when", seen=1))
    await asyncio.to_thread(is_writing.wait, 20)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    go_on.set()
    for _ in range(200):
        if "3日です。" in await asyncio.to_thread(k.text):
            break
        await asyncio.sleep(0.02)
    assert await k.keeping.notice() == 0
    assert await kinds(k) == [("edit", "refund-when", "管理 花子")]
