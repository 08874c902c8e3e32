"""The pages that are plain HTML: callbacks, results, staff, troubles, files."""

import csv
import io
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.appkeys import INTAKE
from bot.attachments import add_upload
from bot.intake import Taken
from bot.shelf import MediaShelf
from handoff.access import Role
from handoff.auth import PUBLIC_PREFIXES
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import MORNING, World, add_survey

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{7*7}}"
HOUR = 3_600_000


async def book(world: World, conversation_id: int) -> None:
    await world.run(
        "INSERT INTO callback (conversation_id, phone, from_at, until_at, state, created_at)"
        " VALUES (:id, '+819012345678', :from_at, :until_at, 'due', :from_at)",
        id=conversation_id,
        from_at=MORNING - 2 * HOUR,
        until_at=MORNING - HOUR,
    )


@pytest.mark.parametrize(
    "path", ["/callbacks", "/results", "/staff", "/troubles", "/account", "/desk", "/login"]
)
async def test_pages_may_run_nothing_foreign(admin: Browser, stranger: Browser, path: str) -> None:
    answer = await (stranger if path == "/login" else admin).get(path)
    text = await answer.text()
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert "script-src 'self'; style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert not [mark for mark in (" onclick=", " style=", "<style", "<script>") if mark in text]


async def test_hostile_names_and_comments_stay_text(admin: Browser, world: World) -> None:
    waits = await world.waiting(HOSTILE, name=HOSTILE)
    await book(world, waits.id)
    await world.store.write(
        add_survey, waits.id, state="answered", score=1, comment=HOSTILE, at=MORNING
    )
    await world.run("UPDATE agent SET name = :name WHERE login = 'agent'", name=HOSTILE)
    await world.run(
        "INSERT INTO inbox (channel, event_key, kind, state, error, content, attempts,"
        " received_at, occurred_at) VALUES ('line', 'k', 'message', 'parked', :error, '{}', 1,"
        " 1, 1)",
        error=HOSTILE,
    )
    for path in ("/callbacks", "/results", "/staff", "/troubles"):
        text = await (await admin.get(path)).text()
        assert ESCAPED in text, path
        assert "<script>alert" not in text, path


async def test_json_says_texts_as_they_are_and_is_no_page(admin: Browser, world: World) -> None:
    waits = await world.waiting(HOSTILE, name=HOSTILE)
    answer = await admin.get(f"/desk/api/conversations/{waits.id}")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await answer.json())["items"][0]["text"] == HOSTILE


async def test_a_reference_is_found_in_one_step(agent: Browser, world: World) -> None:
    waits = await world.waiting(name="山田")
    typed = waits.reference.lower().replace("-", "")
    text = await (await agent.get(f"/callbacks?q={typed}")).text()
    assert f'href="/desk?c={waits.id}">{waits.reference}</a> <bdi>山田</bdi>' in text
    missing = await (await agent.get("/callbacks?q=M-2345")).text()
    assert "この番号の会話は見つかりませんでした" in missing


async def test_a_callback_is_ticked_off_once(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    await book(world, waits.id)
    listed = await (await agent.get("/callbacks")).text()
    assert "090-1234-5678" in listed
    assert "▲ 時間超過" in listed
    first = await agent.form("/callbacks/1/done", outcome="no_answer")
    again = await agent.form("/callbacks/1/done", outcome="reached")
    wrong = await agent.form("/callbacks/1/done", outcome="asleep")
    assert (first.headers["Location"], again.status, wrong.status) == (
        "/callbacks?said=done.callback",
        409,
        400,
    )
    rows = await world.rows("SELECT state, outcome FROM callback")
    assert rows == [{"state": "done", "outcome": "no_answer"}]


async def test_agents_see_their_own_results_alone(
    browsers: dict[Role, Browser], world: World
) -> None:
    ids = {row["login"]: row["id"] for row in await world.rows("SELECT id, login FROM agent")}
    for login, comment in (("agent", "早かったです"), ("supervisor", "遅かったです")):
        waits = await world.waiting()
        await world.store.write(
            add_survey,
            waits.id,
            state="answered",
            score=4,
            comment=comment,
            agent_id=ids[login],
            at=MORNING,
        )
    own = await (await browsers[Role.AGENT].get(f"/results?agent={ids['supervisor']}")).text()
    everybody = await (await browsers[Role.SUPERVISOR].get("/results")).text()
    assert ("早かったです" in own, "遅かったです" in own) == (True, False)
    assert ("早かったです" in everybody, "遅かったです" in everybody) == (True, True)
    assert "100%" in everybody


async def test_the_file_of_results_runs_nowhere(admin: Browser, world: World) -> None:
    waits = await world.waiting()
    await world.store.write(
        add_survey, waits.id, state="answered", score=2, comment="=HYPERLINK(1)", at=MORNING
    )
    answer = await admin.get("/results.csv")
    content = await answer.read()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="survey_')
    assert [row[7] for row in rows] == ["comment", "'=HYPERLINK(1)"]


@pytest.mark.parametrize("query", ["from=yesterday", "until=9999-12-31", "agent=x", "page=-1"])
async def test_a_wrong_filter_is_refused(admin: Browser, query: str) -> None:
    assert (await admin.get(f"/results?{query}")).status == 400


async def test_a_page_says_known_things_alone(agent: Browser) -> None:
    known = await (await agent.get("/callbacks?said=done.callback")).text()
    other = await (await agent.get("/callbacks?said=Please+call+0990")).text()
    assert "電話済みにしました。" in known
    assert "0990" not in other


async def test_staff_is_added_changed_and_the_last_admin_stays(
    admin: Browser, world: World
) -> None:
    fields = {
        "login": "Ｎｅｗ",
        "name": "新人",
        "role": "agent",
        "capacity": "3",
        "team": "returns",
    }
    added = await (await admin.form("/staff", **fields)).text()
    taken = await admin.form("/staff", **fields)
    rows = await world.rows("SELECT id, login, capacity, teams FROM agent WHERE name = '新人'")
    number = rows[0].pop("id")
    assert rows == [{"login": "new", "capacity": 3, "teams": "returns"}]
    assert 'class="once"' in added
    assert taken.status == 409
    assert "このログイン名はすでに使われています。" in await taken.text()
    changed = await admin.form(
        f"/staff/{number}", name="新人二", role="supervisor", capacity="9", team="default"
    )
    assert changed.status == 303
    boss = (await world.rows("SELECT id FROM agent WHERE login = 'admin'"))[0]["id"]
    last = await admin.form(f"/staff/{boss}", name="x", role="agent", capacity="5")
    assert (last.status, "最後の管理者です" in await last.text()) == (409, True)


async def test_a_field_that_comes_twice_is_refused(admin: Browser) -> None:
    answer = await admin.form("/staff", login=["a", "b"], name="n", role="agent", capacity="5")
    assert answer.status == 400


async def test_a_failed_send_is_sent_again_once(admin: Browser, world: World) -> None:
    waits = await world.waiting(channel="line")
    await world.bot_says(waits.id, "お知らせ")
    await world.run("UPDATE outbox SET state = 'failed', error = '400'")
    assert "お知らせ" in await (await admin.get("/troubles")).text()
    first = await admin.form("/troubles/deliveries/1/again")
    again = await admin.form("/troubles/deliveries/1/again")
    assert (first.headers["Location"], again.status) == (
        "/troubles?said=troubles.said.again",
        409,
    )
    assert await world.rows("SELECT state FROM outbox") == [{"state": "pending"}]
    actions = [action for _, action, _ in await world.audited()]
    assert actions[-1] == "send_again"


async def test_a_parked_event_is_taken_off_the_list(admin: Browser, world: World) -> None:
    await world.run(
        "INSERT INTO inbox (channel, event_key, kind, state, content, attempts, received_at,"
        " occurred_at) VALUES ('line', 'k', 'message', 'parked', '{\"text\":\"x\"}', 1, 1, 1)"
    )
    answer = await admin.form("/troubles/events/1/dismiss")
    assert answer.headers["Location"] == "/troubles?said=troubles.said.dismiss"
    assert await world.rows("SELECT state, content FROM inbox") == [
        {"state": "done", "content": None}
    ]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(Taken.NEW, "troubles.said.retry"), (Taken.PARKED, "troubles.said.still")],
)
async def test_a_parked_event_is_processed_again(
    admin: Browser, server: TestServer, world: World, outcome: Taken, said: str
) -> None:
    server.app[INTAKE].outcome = outcome
    answer = await admin.form("/troubles/events/7/retry")
    assert answer.headers["Location"] == f"/troubles?said={said}"
    assert server.app[INTAKE].retried == [7]
    assert [action for _, action, _ in await world.audited()][-1] == "retry_event"


@pytest.mark.parametrize(
    ("content_type", "served", "manner"),
    [
        ("image/png", "image/png", "inline"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
        ("application/pdf", "application/octet-stream", "attachment"),
    ],
)
async def test_files_can_do_nothing(  # noqa: PLR0917 - fixtures and cases
    agent: Browser,
    stranger: Browser,
    world: World,
    tmp_path: Path,
    content_type: str,
    served: str,
    manner: str,
) -> None:
    waits = await world.waiting()
    kept = await MediaShelf(tmp_path).put(b"<svg onload=alert(1)>", most=1_000)
    await world.store.write(
        add_upload,
        customer_id=waits.customer_id,
        key=kept.key,
        name='箱"\r\n.png',
        content_type=content_type,
        size=kept.size,
        now=1,
    )
    answer = await agent.get(f"/desk/file/{kept.key}")
    refused = await stranger.get(f"/desk/file/{kept.key}", html=False)
    assert (answer.status, refused.status) == (200, 401)
    assert answer.headers["Content-Type"] == served
    assert answer.headers["Content-Disposition"] == (
        f"{manner}; filename=\"____.png\"; filename*=UTF-8''%E7%AE%B1%22%0D%0A.png"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert (await agent.get(f"/desk/file/{'0' * 32}")).status == 404


async def test_static_files_need_no_login(server: TestServer, stranger: Browser) -> None:
    page = await (await stranger.get("/login")).text()
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert address.startswith(PUBLIC_PREFIXES)
    assert (await stranger.get(address)).status == 200
