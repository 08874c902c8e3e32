"""The ledger's pages: every number opens what stands behind it."""

import re

import pytest

from handoff.access import Role
from handoff.ledger import CLASSES
from handoff.ledger_rows import STATES
from handoff.pages.ledger import GROUPS
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import MORNING, World

SEND = """INSERT INTO outbox (channel, customer_id, conversation_id, cause_key, part_no, retry_key,
    sender, body, first_seq, last_seq, state, reply_doubt, attempts, next_at, created_at, error,
    sent_at, lease_until)
VALUES ('line', 1, 1, :key, 0, :key, 'bot', '{"bubbles":[],"sender_name":null}', 1, 1, :state, 0,
    3, :now, :now, :error, 1, 1)"""


@pytest.fixture
async def busy(world: World) -> World:
    """Somebody waits, somebody was answered, and a send of every state."""
    await world.waiting("返品したいです", channel="line")
    answered = await world.open("送料は？")
    await world.bot_says(answered.id, "500円です。", entry_id="shipping-fee")
    for state in STATES:
        await world.run(SEND, key=state, state=state, now=world.clock(), error="<b>500</b>")
    return world


def numbers(text: str) -> dict[str, list[int]]:
    """What the page's links say, by what they open."""
    found: dict[str, list[int]] = {}
    for name, count in re.findall(r'href="/ledger/([a-z_]+)\?days=\d+"[^>]*>(\d+)</a>', text):
        found.setdefault(name, []).append(int(count))
    return found


def test_the_page_shows_every_class_once() -> None:
    shown = [name for _, names in GROUPS for name in names]
    assert sorted(shown) == sorted(CLASSES)


async def test_received_is_the_sum_and_nothing_is_unaccounted_for(
    admin: Browser, busy: World
) -> None:
    text = await (await admin.get("/ledger")).text()
    assert numbers(text) == {
        "bot": [1, 1, 1],
        "queued": [1, 1, 1],
        **{state: [1, 1, 1] for state in STATES},
    }
    assert "行方の分からないものは 0 件です。" in text
    assert re.search(r"受信の合計</th>(<td class=\"number\"><strong>2</strong></td>){3}", text)
    assert "0秒前" in text


async def test_a_loss_is_told_first(admin: Browser, world: World) -> None:
    await world.open("答えのない質問")
    text = await (await admin.get("/ledger?lang=en")).text()
    assert "1 are unaccounted for." in text
    listed = await (await admin.get("/ledger/unaccounted?days=1")).text()
    assert 'href="/desk?c=1">' in listed


async def test_each_number_opens_its_conversations(admin: Browser, busy: World) -> None:
    opened = {}
    for name in (*CLASSES, *STATES):
        answer = await admin.get(f"/ledger/{name}?days=7")
        assert answer.status == 200
        opened[name] = re.findall(r'href="/desk\?c=(\d+)"', await answer.text())
    assert {name: ids for name, ids in opened.items() if ids} == {
        "bot": ["2"],
        "queued": ["1"],
        **{state: ["1"] for state in STATES},
    }


async def test_a_send_tells_its_tries_and_what_it_met_as_text(admin: Browser, busy: World) -> None:
    text = await (await admin.get("/ledger/failed")).text()
    assert '<td class="number" data-label="試行">3</td>' in text
    assert '<td class="muted" data-label="原因">&lt;b&gt;500&lt;/b&gt;</td>' in text


async def test_a_dead_send_goes_again_or_is_left_once(admin: Browser, busy: World) -> None:
    ids = {row["state"]: row["id"] for row in await busy.rows("SELECT id, state FROM outbox")}
    listed = await (await admin.get("/ledger/failed")).text()
    assert f'action="/ledger/deliveries/{ids["failed"]}/again"' in listed
    again = await admin.form(f"/ledger/deliveries/{ids['failed']}/again")
    left = await admin.form(f"/ledger/deliveries/{ids['in_doubt']}/leave")
    late = await admin.form(f"/ledger/deliveries/{ids['in_doubt']}/again")
    assert [one.headers["Location"] for one in (again, left)] == [
        "/ledger?said=troubles.said.again",
        "/ledger?said=troubles.said.leave",
    ]
    assert late.status == 409
    assert "ほかの人がすでに対応しました" in await late.text()
    assert numbers(await (await admin.get("/ledger")).text())["pending"] == [2, 2, 2]


async def test_what_was_sent_offers_no_button(admin: Browser, busy: World) -> None:
    for state in set(STATES) - {"failed", "in_doubt", "blocked_quota"}:
        assert "/ledger/deliveries/" not in await (await admin.get(f"/ledger/{state}")).text()


async def test_supervisors_look_and_agents_do_not(
    browsers: dict[Role, Browser], busy: World
) -> None:
    paths = ("/ledger", "/ledger/bot")
    for role, status in ((Role.AGENT, 403), (Role.SUPERVISOR, 200), (Role.ADMIN, 200)):
        assert [(await browsers[role].get(path)).status for path in paths] == [status] * 2
    refused = await browsers[Role.AGENT].form("/ledger/deliveries/4/again")
    assert refused.status == 403


async def test_what_cannot_be_opened_is_refused(admin: Browser) -> None:
    asked = {
        "/ledger/nothing": 404,
        "/ledger/bot?days=2": 400,
        "/ledger/bot?days=x": 400,
        "/ledger/bot?page=-1": 400,
        "/ledger/bot?page=999999": 400,
        "/ledger/bot?page=99999": 200,
    }
    assert {path: (await admin.get(path)).status for path in asked} == asked


async def test_no_words_of_customers_stand_there(admin: Browser, busy: World) -> None:
    assert busy.clock() == MORNING
    for path in ("/ledger", "/ledger/bot", "/ledger/queued", "/ledger/failed"):
        text = await (await admin.get(path)).text()
        assert "返品したい" not in text
        assert " style=" not in text
