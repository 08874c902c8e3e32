"""Editing an entry through HTTP: look, check, try, keep, publish, contradict, take back."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.appkeys import LIBRARY
from handoff.access import Role
from handoff.pages import knowledge_trial
from handoff.pages.knowledge_history import diff_lines
from handoff.pages.knowledge_trial import build_changed, field_at, parse_text
from tests.handoff.pages.house import RETURNS, Browser, make_library, staff
from tests.handoff.people_world import World

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
VALUES = {
    "id": "return-deadline",
    "question": "返品はいつまでできますか",
    "variants": ["返品期限", "何日以内なら返せますか"],
    "answer": "商品到着後**10日以内**でしたら返品できます。",
    "buttons": [{"label": "返品を申し込む", "url": "https://shop.example/returns"}],
    "translations": {
        "en": {"question": "How long can I return an item", "answer": "Within 8 days of delivery."}
    },
    "expect": ["返品の期限を教えて"],
    "owner": "受注チーム",
    "reviewed": "2026-10-01",
}
EDIT = {"id": "return-deadline", "kind": "edit", "values": VALUES}


async def ask(browser: Browser, act: str, /, **body: Any) -> Any:
    answer = await browser.send(f"/knowledge/api/{act}", **body)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def refused(browser: Browser, act: str, /, **body: Any) -> tuple[int, Any]:
    answer = await browser.send(f"/knowledge/api/{act}", **body)
    return answer.status, await answer.json()


def returns_of(server: TestServer) -> str:
    return (Path(server.app[LIBRARY].path) / "returns.yaml").read_text(encoding="utf-8")


async def publish(browser: Browser, values: dict[str, Any] = VALUES, seen: int = 0) -> Any:
    edit = {**EDIT, "id": values["id"], "values": values}
    kept = await ask(browser, "draft", **edit, seen=seen)
    return await ask(browser, "publish", id=values["id"], seen=kept["version"])


async def test_form_and_text_stay_in_step_through_the_server(admin: Browser) -> None:
    text = (await ask(admin, "look", **EDIT))["text"]
    assert "# the one everybody asks" in text
    assert (await ask(admin, "values", text=text))["values"] == VALUES


async def test_a_look_shows_the_answer_as_both_channels_do(admin: Browser) -> None:
    previews = (await ask(admin, "look", **EDIT))["previews"]
    assert previews["ja"]["line"] == [
        {
            "type": "template",
            "altText": "商品到着後10日以内でしたら返品できます。\n返品を申し込む",
            "template": {
                "type": "buttons",
                "text": "商品到着後10日以内でしたら返品できます。",
                "actions": [
                    {
                        "type": "uri",
                        "label": "返品を申し込む",
                        "uri": "https://shop.example/returns",
                    }
                ],
            },
        }
    ]
    assert previews["ja"]["text"] == "商品到着後**10日以内**でしたら返品できます。"
    assert previews["en"]["text"] == "Within 8 days of delivery."


@pytest.mark.parametrize("act", ["look", "check"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reviewed": "soon"}, "reviewed"),
        ({"buttons": [{"label": "x", "url": "http://shop.example"}]}, "buttons"),
        ({"threshold": 1000}, "threshold"),
        ({"translations": {"en": {"question": "q"}}}, "translations.en"),
    ],
)
async def test_what_is_wrong_names_its_field(
    admin: Browser, act: str, change: dict[str, Any], field: str
) -> None:
    told = await ask(admin, act, **{**EDIT, "values": {**VALUES, **change}})
    errors = told["report"]["errors"]
    assert {one["field"].startswith(field) for one in errors} == {True}
    assert all(one["own"] and one["line"] and one["what"] and one["how"] for one in errors)


async def test_text_that_is_no_yaml_says_where_it_breaks(admin: Browser) -> None:
    broken = "id: return-deadline\nquestion: [a\nanswer: b\n"
    told = await ask(admin, "look", id="return-deadline", kind="edit", text=broken)
    assert [(one["own"], one["line"] > 1) for one in told["report"]["errors"]] == [(True, True)]
    assert told["previews"] == {}
    status, body = await refused(admin, "values", text=broken)
    assert (status, body["error"]["code"], len(body["findings"])) == (400, "bad_entry", 1)


async def test_a_question_is_tried_with_the_change_and_nothing_is_kept(
    admin: Browser, server: TestServer
) -> None:
    values = {**VALUES, "variants": [*VALUES["variants"], "クーリングオフは効きますか"]}
    question = {"question": "クーリングオフは効きますか", "lang": "ja", "channel": "web"}
    now = await ask(admin, "try", **EDIT, **question)
    then = await ask(admin, "try", **{**EDIT, "values": values}, **question)
    assert (now["kind"] == "answer", then["kind"]) == (False, "answer")
    assert then["candidates"][0]["id"] == "return-deadline"
    assert then["answer"]["text"] == VALUES["answer"]
    assert then["sentences"]
    assert returns_of(server) == RETURNS


@pytest.mark.parametrize("large", [1, 400])
def test_a_change_is_tried_on_small_and_large_knowledge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(knowledge_trial, "_LARGE", large)
    library = make_library(tmp_path / "knowledge")
    entry = replace(
        library.current.entries["refund-when"], id="receipt", question="領収書は出ますか"
    )
    added = build_changed(library, "receipt", entry)
    assert list(added.entries) == [*library.current.entries, "receipt"]
    decided = added.decide("領収書は出ますか", lang="ja", channel="web", today=date(2026, 11, 24))
    assert decided.candidates[0].entry_id == "receipt"
    without = build_changed(library, "refund-when", None)
    assert list(without.entries) == ["delivery-days", "return-deadline"]


async def test_publishing_writes_the_file_and_serves_it_at_once(
    admin: Browser, server: TestServer
) -> None:
    await publish(admin)
    before, after = RETURNS.splitlines(), returns_of(server).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new.strip() for _, new in changed] == [VALUES["answer"]]
    entry = server.app[LIBRARY].current.find("return-deadline")
    assert entry.answer == VALUES["answer"]


async def test_before_publishing_the_replay_and_the_difference_are_told(admin: Browser) -> None:
    told = await ask(admin, "replay", **EDIT)
    assert told["report"]["blocked"] is False
    assert told["replay"]["headline"] == "試せるお客様の質問がまだありません。"
    assert [line for line in told["diff"] if line.startswith(("+ ", "- "))] == [
        "-      商品到着後**8日以内**でしたら返品できます。",
        "+      商品到着後**10日以内**でしたら返品できます。",
    ]


async def test_before_publishing_it_is_told_whether_the_file_moved_on(
    admin: Browser, server: TestServer
) -> None:
    told = [(await ask(admin, "replay", **EDIT))["stale"]]
    await ask(admin, "draft", **EDIT, seen=0)
    told.append((await ask(admin, "replay", **EDIT))["stale"])
    path = Path(server.app[LIBRARY].path) / "returns.yaml"
    path.write_text(RETURNS.replace("8日以内", "14日以内"), encoding="utf-8")
    told.append((await ask(admin, "replay", **EDIT))["stale"])
    told.append((await ask(admin, "replay", id="refund-when", kind="delete"))["stale"])
    assert told == [False, False, True, False]


async def test_failing_tests_need_a_reason(admin: Browser, server: TestServer) -> None:
    values = {**VALUES, "reject": ["返品の期限は"], "variants": ["返品の期限は"]}
    values.pop("expect")
    kept = await ask(admin, "draft", **{**EDIT, "values": values}, seen=0)
    status, body = await refused(admin, "publish", id="return-deadline", seen=kept["version"])
    assert (status, body["error"]["code"]) == (409, "check_failed")
    assert (body["report"]["needs_reason"], len(body["report"]["failed"]) > 0) == (True, True)
    assert returns_of(server) == RETURNS
    seen, reason = kept["version"], "仕様を変えたため"
    await ask(admin, "publish", id="return-deadline", seen=seen, reason=reason)
    page = await (await admin.get("/knowledge/e/return-deadline/history")).text()
    assert reason in page


async def test_a_new_entry_is_drafted_published_and_answers(
    admin: Browser, server: TestServer
) -> None:
    page = await (await admin.get("/knowledge/new?question=領収書はもらえますか")).text()
    assert 'value="領収書はもらえますか"' in page
    values = {"id": "receipt", "question": "領収書はもらえますか", "answer": "発行できます。"}
    edit = {"id": "receipt", "kind": "new", "file": "returns.yaml", "values": values}
    kept = await ask(admin, "draft", **edit, seen=0)
    listed = await (await admin.get("/knowledge?state=draft")).text()
    assert re.findall(r'href="/knowledge/e/([a-z-]+)">', listed) == ["receipt"]
    assert (await admin.get("/knowledge/e/receipt")).status == 200
    await ask(admin, "publish", id="receipt", seen=kept["version"])
    assert server.app[LIBRARY].current.find("receipt").answer == "発行できます。"


async def test_deleting_is_published_like_any_change_and_can_be_taken_back(
    admin: Browser, server: TestServer
) -> None:
    told = await ask(admin, "replay", id="refund-when", kind="delete")
    assert told["replay"] is not None
    kept = await ask(admin, "draft", id="refund-when", kind="delete", seen=0)
    done = await ask(admin, "publish", id="refund-when", seen=kept["version"])
    assert server.app[LIBRARY].current.find("refund-when") is None
    back = await admin.form(f"/knowledge/changes/{done['change_id']}/undo")
    assert back.status == 303
    assert server.app[LIBRARY].current.find("refund-when") is not None


@pytest.fixture
async def other(server: TestServer, world: World) -> Any:
    await staff(world, "suzuki", Role.ADMIN)
    browser = Browser(server)
    await browser.log_in("suzuki")
    yield browser
    await browser.client.close()


async def test_two_admins_contradict_each_other_field_by_field(
    admin: Browser, other: Browser, server: TestServer
) -> None:
    seen_text = (await ask(admin, "look", **EDIT))["text"].replace("10日", "8日")
    theirs = {**VALUES, "answer": "相手の回答です。", "owner": "新しいチーム"}
    await ask(other, "draft", **{**EDIT, "values": theirs}, seen=0)
    mine = {**VALUES, "answer": "私の回答です。", "priority": 3}
    status, body = await refused(
        admin, "draft", **{**EDIT, "values": mine}, seen=0, seen_text=seen_text
    )
    assert (status, body["error"]["code"]) == (409, "draft_moved")
    assert body["draft"]["author"] == "suzuki"
    conflicts = [(one["key"], one["theirs"].strip()) for one in body["merge"]["conflicts"]]
    assert conflicts == [("answer", "相手の回答です。")]
    merged = body["merge"]["merged"]
    assert (merged["owner"], merged["priority"]) == ("新しいチーム", 3)
    kept = await ask(admin, "draft", **{**EDIT, "values": merged}, seen=body["draft"]["version"])
    await ask(admin, "publish", id="return-deadline", seen=kept["version"])
    entry = server.app[LIBRARY].current.find("return-deadline")
    assert (entry.answer, entry.owner, entry.priority) == ("私の回答です。", "新しいチーム", 3)


async def test_a_change_in_the_file_meanwhile_is_merged_before_publishing(
    admin: Browser, server: TestServer
) -> None:
    kept = await ask(admin, "draft", **EDIT, seen=0)
    file = Path(server.app[LIBRARY].path) / "returns.yaml"
    file.write_text(RETURNS.replace("8日以内", "14日以内"), encoding="utf-8")
    await server.app[LIBRARY].reload()
    page = await (await admin.get("/knowledge/e/return-deadline")).text()
    assert re.search(r'id="stale"(?! hidden)', page)
    status, body = await refused(admin, "publish", id="return-deadline", seen=kept["version"])
    assert (status, body["error"]["code"]) == (409, "entry_moved")
    merge = (await ask(admin, "merge", id="return-deadline"))["merge"]
    assert [one["key"] for one in merge["conflicts"]] == ["answer"]
    moved = await ask(
        admin, "rebase", id="return-deadline", seen=kept["version"], values=merge["merged"]
    )
    await ask(admin, "publish", id="return-deadline", seen=moved["version"])
    assert "10日以内" in returns_of(server)


async def test_a_change_is_taken_back_from_the_history(
    admin: Browser, agent: Browser, server: TestServer
) -> None:
    done = await publish(admin)
    page = await (await agent.get("/knowledge/history")).text()
    assert "この変更を取り消す" not in page
    removed = re.findall(r"<del><span class=\"mark\">－.*?</span></span>(.*?)</del>", page)
    assert [line.strip() for line in removed] == ["商品到着後**8日以内**でしたら返品できます。"]
    assert (await agent.form(f"/knowledge/changes/{done['change_id']}/undo")).status == 403
    answer = await admin.form(f"/knowledge/changes/{done['change_id']}/undo")
    assert (answer.status, answer.headers["Location"]) == (
        303,
        "/knowledge/e/return-deadline/history?said=knowledge.undone",
    )
    assert returns_of(server) == RETURNS
    own = await (await admin.get("/knowledge/e/return-deadline/history")).text()
    assert own.count('<article class="card change"') == 2


async def test_agents_read_an_entry_and_find_nothing_to_edit(agent: Browser) -> None:
    page = await (await agent.get("/knowledge/e/return-deadline")).text()
    assert "商品到着後**8日以内**でしたら返品できます。" in page
    main = page.split("<main")[1].split("</main>")[0]
    assert [
        mark for mark in ("<input", "<textarea", "<form", 'id="publish"') if mark in main
    ] == []


async def test_hostile_words_stay_words(admin: Browser, server: TestServer) -> None:
    values = {**VALUES, "question": HOSTILE, "answer": HOSTILE, "owner": HOSTILE}
    values.pop("expect")
    kept = await ask(admin, "draft", **{**EDIT, "values": values}, seen=0)
    await ask(admin, "publish", id="return-deadline", seen=kept["version"], reason=HOSTILE)
    for path in ("", "/e/return-deadline", "/history", "/e/return-deadline/uses"):
        answer = await admin.get(f"/knowledge{path}")
        page = await answer.text()
        assert (answer.status, "<script>alert" in page) == (200, False), path
        assert [
            mark for mark in (" onclick=", " style=", "<style", "<script>") if mark in page
        ] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({**EDIT, "kind": "rename"}, 400),
        ({**EDIT, "more": 1}, 400),
        ({**EDIT, "id": "a" * 65}, 400),
        ({**EDIT, "values": [1]}, 400),
        ({**EDIT, "text": "x" * 300_000}, 400),
        ({**EDIT, "text": "x" * 600_000}, 413),
    ],
)
async def test_bodies_are_bounded_and_typed(
    admin: Browser, body: dict[str, Any], status: int
) -> None:
    answer = await admin.send("/knowledge/api/look", **body)
    assert answer.status == status


async def test_no_other_site_changes_anything(admin: Browser, server: TestServer) -> None:
    path = f"{admin.origin}/knowledge/api/draft"
    for headers in (
        {"Origin": admin.origin},
        {"Origin": "https://evil.example", "X-Madoguchi-Token": admin.token},
    ):
        answer = await admin.client.post(
            "/knowledge/api/draft", json={**EDIT, "seen": 0}, headers=headers
        )
        assert answer.status == 403, path
    assert (await admin.send("/knowledge/api/nothing")).status == 404


def test_a_difference_leaves_out_what_did_not_change() -> None:
    before = "\n".join("abcdefghi")
    lines = diff_lines(before, before.replace("e", "E"))
    assert [(one["kind"], one["text"]) for one in lines] == [
        ("gap", ""),
        ("same", "c"),
        ("same", "d"),
        ("removed", "e"),
        ("added", "E"),
        ("same", "f"),
        ("same", "g"),
    ]


def test_a_line_belongs_to_the_key_above_it() -> None:
    text = "id: x\nanswer: |\n  a\n  b\n"
    text += "translations:\n  en:\n    question: q\n    answer: |\n      c\n"
    tree = parse_text(text)
    assert [field_at(tree, line) for line in (1, 2, 4, 7, 9)] == [
        "id",
        "answer",
        "answer",
        "translations.en.question",
        "translations.en.answer",
    ]
    assert field_at(parse_text("["), 1) == ""
