"""What the knowledge pages tell: first findings, real questions, reasons, what is not served."""

import re
from pathlib import Path

from aiohttp.test_utils import TestServer

from bot.appkeys import LIBRARY
from tests.handoff.pages.house import RETURNS, Browser
from tests.handoff.pages.test_knowledge_edit import EDIT, VALUES, ask, publish, refused
from tests.handoff.people_world import World


async def test_a_look_finds_at_once_what_needs_no_other_entry(admin: Browser) -> None:
    values = {
        **VALUES,
        "owner": None,
        "next": ["nowhere"],
        "answer": "できません。",
        "buttons": [
            {"label": "とても長いラベルなのでLINEでは切れてしまいます", "tel": "+81-120-000-000"}
        ],
    }
    report = (await ask(admin, "look", **{**EDIT, "values": values}))["report"]
    found = {one["field"] for one in (*report["errors"], *report["warnings"])}
    assert {"next", "answer", "buttons.label"} <= found
    silent = [{"rule": one["rule"], "reason": "よい"} for one in report["warnings"]]
    again = await ask(admin, "look", **{**EDIT, "values": {**values, "silence": silent}})
    assert again["report"]["warnings"] == []


async def test_a_look_at_a_list_tells_what_an_entry_is(admin: Browser) -> None:
    told = await ask(admin, "look", id="x", kind="new", file="returns.yaml", text="- a\n")
    assert (told["report"]["blocked"], told["previews"]) == (True, {})
    question = {"question": "返品", "lang": "ja", "channel": "web"}
    status, body = await refused(admin, "try", id="x", kind="edit", text="- a\n", **question)
    assert (status, body["error"]["code"]) == (400, "bad_entry")
    gone = await ask(admin, "try", id="return-deadline", kind="delete", **question)
    assert "return-deadline" not in [one["id"] for one in gone["candidates"]]


async def test_real_questions_show_what_a_change_does(admin: Browser, world: World) -> None:
    for _ in range(2):
        talk = await world.open("返金日")
        await world.bot_says(
            talk.id, "返金です", entry_id="refund-when", decision={"kind": "answer"}
        )
    gone = (await ask(admin, "replay", id="refund-when", kind="delete"))["replay"]
    assert (gone["tried"], len(gone["changes"])) == (1, 1)
    change = gone["changes"][0]
    assert (change["text"], change["count"], change["verdict"]) == ("返金日", 2, "worse")
    assert change["before"]["entries"] == ["返金はいつですか"]
    assert gone["headline"].startswith("1件の回答が変わります")


async def test_a_draft_is_thrown_away(admin: Browser, server: TestServer) -> None:
    kept = await ask(admin, "draft", **EDIT, seen=0)
    await ask(admin, "discard", id="return-deadline", seen=kept["version"])
    page = await (await admin.get("/knowledge/e/return-deadline")).text()
    assert 'id="draft-note"' not in page
    status, body = await refused(admin, "discard", id="return-deadline", seen=1)
    assert (status, body["error"]["code"]) == (404, "not_found")


async def test_taking_back_what_tests_need_asks_for_a_reason(
    admin: Browser, server: TestServer
) -> None:
    variants = [*VALUES["variants"], "クーリングオフは効きますか"]
    done = await publish(admin, {**VALUES, "variants": variants})
    tested = {**VALUES, "variants": variants, "expect": ["クーリングオフは効きますか"]}
    await publish(admin, tested)
    path = f"/knowledge/changes/{done['change_id']}/undo"
    first = await admin.form(path)
    page = await first.text()
    assert (first.status, 'name="reason" required' in page) == (409, True)
    assert "クーリングオフ" in re.findall(r'role="alert">(.*?)</p>', page)[0]
    assert (await admin.form(path, reason="制度が変わったため")).status == 303
    entry = server.app[LIBRARY].current.find("return-deadline")
    assert "クーリングオフは効きますか" not in entry.variants


async def test_what_was_changed_again_is_not_taken_back_blindly(
    admin: Browser, server: TestServer
) -> None:
    done = await publish(admin)
    await publish(admin, {**VALUES, "answer": "また変わりました。"})
    answer = await admin.form(f"/knowledge/changes/{done['change_id']}/undo")
    assert (answer.status, 'role="alert"' in await answer.text()) == (409, True)
    assert server.app[LIBRARY].current.find("return-deadline").answer == "また変わりました。"


async def test_entries_that_begin_later_or_have_ended_say_so(
    admin: Browser, server: TestServer
) -> None:
    folder = Path(server.app[LIBRARY].path)
    ended = RETURNS.replace("    owner: 受注", "    valid: {until: 2026-11-01}\n    owner: 受注")
    later = ended.replace("    owner: 経理", "    valid: {from: 2027-01-01}\n    owner: 経理")
    (folder / "returns.yaml").write_text(later, encoding="utf-8")
    await server.app[LIBRARY].reload()
    page = await (await admin.get("/knowledge?state=ending&sort=question")).text()
    chips = re.findall(r'<span class="chip[^"]*">. (.*?)</span>', page)
    assert {"2026-11-01で終了", "2027-01-01から", "2026-12-01まで"} <= set(chips)
