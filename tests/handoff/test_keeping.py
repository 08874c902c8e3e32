"""Drafts of the knowledge: shared by all admins, merged when two save or the file moves on."""

import shutil

import pytest

from bot.errors import BadInput, NotFound
from faq.merging import Conflict
from handoff.access import Role
from handoff.errors import NotAllowed
from handoff.keeping import Edit, EditKind, GitState, Prefill, Served
from handoff.keeping_errors import BadEntry, DraftMoved, EntryMoved, IdTaken
from handoff.keeping_values import OWN_TEXT
from tests.handoff.keeping_world import RETURNS, KeepingWorld, open_keeping


@pytest.fixture
async def k(world, tmp_path) -> KeepingWorld:
    return await open_keeping(world, tmp_path / "knowledge")


async def values_of(k: KeepingWorld, entry_id: str) -> dict[str, object]:
    return dict((await k.keeping.get_entry(k.admin, entry_id)).values)


async def test_agents_look_and_admins_change(k):
    agent = await k.world.agent("佐藤")
    boss = await k.world.agent("責任者", Role.SUPERVISOR)
    assert len(await k.keeping.list_entries(agent)) == 4
    assert (await k.keeping.get_entry(agent, "shipping-fee")).file == "shipping.yaml"
    edit = Edit(entry_id="shipping-fee", text="id: shipping-fee")
    for call in (
        lambda: k.keeping.save_draft(boss, edit, seen=0),
        lambda: k.keeping.check(boss, edit),
        lambda: k.keeping.replay(boss, edit),
        lambda: k.keeping.publish(boss, "shipping-fee", seen=1),
        lambda: k.keeping.roll_back(boss, 1),
        lambda: k.keeping.discard_draft(boss, "shipping-fee", seen=1),
        lambda: k.keeping.add_variants(boss, "shipping-fee", ["x"]),
        lambda: k.keeping.prefill(boss, "x"),
        lambda: k.keeping.write_text(boss, edit),
        lambda: k.keeping.read_values(boss, ""),
        lambda: k.keeping.merge_draft(boss, "shipping-fee"),
        lambda: k.keeping.rebase_draft(boss, "shipping-fee", seen=1, values={}),
    ):
        with pytest.raises(NotAllowed):
            await call()


async def test_the_list_tells_where_each_entry_stands_and_who_drafts_it(k):
    edit = Edit(entry_id="refund-when", text="id: refund-when\nanswer: x")
    await k.keeping.save_draft(k.admin, edit, seen=0)
    new = Edit(entry_id="gift", kind=EditKind.NEW, values={"id": "gift", "question": "包装は？"})
    await k.keeping.save_draft(k.other, new, seen=0)
    found = [
        (each.id, each.file, each.line, each.served, each.draft and each.draft.author_name)
        for each in await k.keeping.list_entries(k.admin)
    ]
    assert found == [
        ("return-deadline", "returns.yaml", 6, Served.LIVE, None),
        ("refund-when", "returns.yaml", 16, Served.LIVE, "管理 花子"),
        ("shipping-fee", "shipping.yaml", 3, Served.LIVE, None),
        ("shipping-days", "shipping.yaml", 7, Served.LIVE, None),
        ("gift", "shipping.yaml", 0, Served.DRAFT, "管理 次郎"),
    ]


async def test_the_folder_tells_what_can_be_done_with_it(k):
    state = await k.keeping.get_folder(k.admin)
    assert (state.files, state.blocked, state.git) == (
        ("returns.yaml", "shipping.yaml"),
        (),
        GitState.OFF,
    )
    shutil.rmtree(k.folder)
    ja, en = (await k.keeping.get_folder(k.admin)).blocked
    assert "フォルダを戻すか" in ja
    assert "Put the folder back" in en


async def test_a_saved_draft_is_there_for_everybody_and_changes_no_file(k):
    values = {**await values_of(k, "return-deadline"), "answer": "10日以内です。"}
    edit = Edit(entry_id="return-deadline", values=values)
    saved = await k.keeping.save_draft(k.admin, edit, seen=0, note="延長")
    view = await k.keeping.get_entry(k.other, "return-deadline")
    assert view.draft == saved
    assert (saved.version, saved.values, saved.note, saved.author_name, saved.is_stale) == (
        1,
        values,
        "延長",
        "管理 花子",
        False,
    )
    assert "返品期限   # よく来る" in saved.text
    assert k.text() == RETURNS


async def test_a_text_that_is_no_yaml_yet_is_kept_too(k):
    edit = Edit(entry_id="refund-when", text="id: x\r\nquestion: 'y")
    saved = await k.keeping.save_draft(k.admin, edit, seen=0)
    assert (saved.text, saved.values) == ("id: x\nquestion: 'y", None)
    with pytest.raises(BadEntry) as caught:
        await k.keeping.read_values(k.admin, saved.text)
    assert [(each.file, each.line) for each in caught.value.findings] == [(OWN_TEXT, 2)]


async def test_the_second_admin_is_shown_the_firsts_change_and_gets_both_merged(k):
    view = await k.keeping.get_entry(k.admin, "return-deadline")
    first = {**view.values, "variants": ["返品期限", "返品の締切"], "owner": "返品係"}
    await k.keeping.save_draft(k.admin, Edit(entry_id=view.id, values=first), seen=0)
    second = {**view.values, "variants": [*view.values["variants"], "いつまで返せる"]}
    with pytest.raises(DraftMoved) as caught:
        await k.keeping.save_draft(
            k.other, Edit(entry_id=view.id, values=second), seen=0, seen_text=view.text
        )
    error = caught.value
    assert (error.draft.author_name, error.merge.conflicts) == ("管理 花子", ())
    assert error.merge.merged == {
        **view.values,
        "variants": ["返品期限", "いつまで返せる", "返品の締切"],
        "owner": "返品係",
    }
    saved = await k.keeping.save_draft(
        k.other, Edit(entry_id=view.id, values=error.merge.merged), seen=error.draft.version
    )
    assert (saved.version, saved.author_name, saved.values) == (
        2,
        "管理 次郎",
        error.merge.merged,
    )


async def test_both_values_are_told_where_two_admins_changed_the_same(k):
    view = await k.keeping.get_entry(k.admin, "refund-when")
    for_first = Edit(entry_id=view.id, values={**view.values, "answer": "3日です。"})
    await k.keeping.save_draft(k.admin, for_first, seen=0)
    with pytest.raises(DraftMoved) as caught:
        await k.keeping.save_draft(
            k.other,
            Edit(entry_id=view.id, values={**view.values, "answer": "7日です。"}),
            seen=0,
            seen_text=view.text,
        )
    assert caught.value.merge.conflicts == (
        Conflict(
            key="answer", base="返品の到着から5営業日です。", theirs="3日です。", mine="7日です。"
        ),
    )


async def test_a_draft_that_was_discarded_meanwhile_is_told(k):
    edit = Edit(entry_id="refund-when", text="id: refund-when")
    await k.keeping.save_draft(k.admin, edit, seen=0)
    await k.keeping.discard_draft(k.other, "refund-when", seen=1)
    with pytest.raises(DraftMoved) as caught:
        await k.keeping.save_draft(k.admin, edit, seen=1)
    assert caught.value.draft is None
    with pytest.raises(NotFound):
        await k.keeping.discard_draft(k.admin, "refund-when", seen=1)


async def test_a_colleagues_newer_draft_is_not_discarded(k):
    edit = Edit(entry_id="refund-when", text="id: refund-when")
    await k.keeping.save_draft(k.admin, edit, seen=0)
    await k.keeping.save_draft(k.other, edit, seen=1)
    with pytest.raises(DraftMoved) as caught:
        await k.keeping.discard_draft(k.admin, "refund-when", seen=1)
    assert caught.value.draft.version == 2


async def test_a_draft_whose_file_moved_on_is_merged_with_it(k):
    values = {**await values_of(k, "return-deadline"), "answer": "10日以内です。"}
    await k.keeping.save_draft(k.admin, Edit(entry_id="return-deadline", values=values), seen=0)
    k.write(RETURNS.replace("owner: 受注チーム", "owner: 返品係"))
    await k.library.reload()
    (draft,) = await k.keeping.list_drafts(k.admin)
    assert draft.is_stale
    merge = await k.keeping.merge_draft(k.admin, "return-deadline")
    assert merge.merged == {**values, "owner": "返品係"}
    assert (merge.theirs_changed, merge.mine_changed) == (("owner",), ("answer",))
    saved = await k.keeping.rebase_draft(k.admin, "return-deadline", seen=1, values=merge.merged)
    assert (saved.is_stale, saved.values, saved.version) == (False, merge.merged, 2)


async def test_a_draft_of_an_entry_that_is_gone_cannot_be_merged(k):
    edit = Edit(entry_id="refund-when", text="id: refund-when")
    await k.keeping.save_draft(k.admin, edit, seen=0)
    k.write("entries:\n")
    with pytest.raises(EntryMoved):
        await k.keeping.merge_draft(k.admin, "refund-when")


async def test_ids_and_files_of_new_entries_are_checked_at_the_door(k):
    with pytest.raises(IdTaken):
        await k.keeping.save_draft(
            k.admin, Edit(entry_id="refund-when", kind=EditKind.NEW), seen=0
        )
    with pytest.raises(NotFound):
        await k.keeping.save_draft(k.admin, Edit(entry_id="nothing", text=""), seen=0)
    for name in (
        "../x.yaml",
        "/etc/x.yaml",
        ".x.yaml",
        "a/.b/x.yaml",
        "x.txt",
        "a//x.yaml",
        "x\n.yaml",
    ):
        with pytest.raises(BadInput):
            await k.keeping.save_draft(
                k.admin, Edit(entry_id="new", kind=EditKind.NEW, file=name, text=""), seen=0
            )


async def test_variants_are_added_to_what_is_drafted_already(k):
    values = {**await values_of(k, "shipping-fee"), "answer": "600円です。"}
    await k.keeping.save_draft(k.admin, Edit(entry_id="shipping-fee", values=values), seen=0)
    draft = await k.keeping.add_variants(k.other, "shipping-fee", ["送料", " 運賃 ", "運賃"])
    assert draft.values == {**values, "variants": ["送料", "配送料金", "運賃"]}
    begun = await k.keeping.add_variants(k.other, "shipping-days", ["いつ届く"])
    assert begun.values["variants"] == ["配送日数", "到着予定日", "いつ届く"]
    with pytest.raises(NotFound):
        await k.keeping.add_variants(k.other, "nothing", ["x"])


async def test_a_new_entry_begins_with_what_is_known(k):
    found = await k.keeping.prefill(
        k.admin, "ギフト包装は？", ["包装", " "], "承ります。\r\n別途\n"
    )
    assert found == Prefill(
        entry_id="entry-5",
        file="shipping.yaml",
        values={
            "id": "entry-5",
            "question": "ギフト包装は？",
            "variants": ["包装"],
            "answer": "承ります。\n別途",
        },
    )


async def test_the_form_and_the_text_lead_to_each_other(k):
    view = await k.keeping.get_entry(k.admin, "return-deadline")
    text = await k.keeping.write_text(k.admin, Edit(entry_id=view.id, values=view.values))
    assert text == view.text
    assert await k.keeping.read_values(k.admin, text) == view.values


async def test_the_check_tells_places_in_the_entrys_own_text(k):
    text = "id: refund-when\nquestion: 返金はいつ？\nanser: x\nnext: [nowhere]\n"
    report = await k.keeping.check(k.admin, Edit(entry_id="refund-when", text=text))
    assert report.is_blocked
    assert [(each.file, each.line, each.column, each.rule) for each in report.errors] == [
        (OWN_TEXT, 1, 1, "schema"),
        (OWN_TEXT, 3, 1, "unknown-key"),
    ]
    mended = "# 見出し\n" + text.replace("anser", "answer")
    report = await k.keeping.check(k.admin, Edit(entry_id="refund-when", text=mended))
    assert [(each.file, each.line, each.rule) for each in report.errors] == [
        (OWN_TEXT, 5, "dead-next")
    ]


async def test_the_id_of_a_published_entry_stays(k):
    text = "id: other\nquestion: a\nanswer: b\n"
    report = await k.keeping.check(k.admin, Edit(entry_id="refund-when", text=text))
    assert [(each.line, each.told("ja").how) for each in report.errors] == [
        (1, "新しい項目を作り、こちらを削除してください")
    ]


async def test_tests_of_every_entry_are_run_with_the_change(k):
    stolen = "id: refund-when\nquestion: 返品の期限を教えて\nanswer: x\n"
    report = await k.keeping.check(k.admin, Edit(entry_id="refund-when", text=stolen))
    assert (report.is_blocked, report.needs_reason) == (False, True)
    assert [(each.rule, each.entry_id, each.file) for each in report.failed_tests] == [
        ("failed-expect", "return-deadline", "returns.yaml")
    ]
    assert "-    question: 返金はいつ入りますか？" in report.diff


async def test_a_test_that_failed_before_does_not_block(k):
    k.write(RETURNS.replace("[返品の期限を教えて]", "[まったく別の話]"))
    await k.library.reload()
    text = "id: refund-when\nquestion: 返金はいつですか？\nanswer: x\n"
    report = await k.keeping.check(k.admin, Edit(entry_id="refund-when", text=text))
    assert (report.failed_tests, report.needs_reason) == ((), False)
    assert [each.rule for each in report.failing_before] == ["failed-expect"]


async def test_a_file_that_does_not_load_blocks_with_its_place(k):
    k.write("entries: [\n", "broken.yaml")
    report = await k.keeping.check(
        k.admin, Edit(entry_id="refund-when", text="id: refund-when\nquestion: a\nanswer: b\n")
    )
    assert [each.file for each in report.errors] == ["broken.yaml"]


async def test_an_entry_of_a_broken_file_is_told_apart_from_none(k):
    k.write("entries: [\n")
    with pytest.raises(NotFound, match="cannot be read now"):
        await k.keeping.get_entry(k.admin, "refund-when")
    with pytest.raises(NotFound, match="no such entry"):
        await k.keeping.get_entry(k.admin, "nothing")
