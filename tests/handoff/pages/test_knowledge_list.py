"""The list of entries: found, filtered, sorted, paged, with how each does and what is wrong."""

import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.appkeys import LIBRARY
from bot.clock import DAY_MS
from handoff.entry_figures import EntryFigures, EntryUse, count_by_entry, list_uses
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import MORNING, World

ENTRY = re.compile(r'href="/knowledge/e/([a-z0-9-]+)">')
SINCE = MORNING - 30 * DAY_MS


async def answered(world: World, entry_id: str, *taps: str, asked: str = "返品したい") -> int:
    """A conversation in which the bot gave this entry, and what was tapped after it."""
    talk = await world.open(asked)
    await world.bot_says(talk.id, "回答です", entry_id=entry_id)
    for number, choice in enumerate(taps):
        await tap(world, talk.id, choice, number)
    return talk.id


async def tap(world: World, conversation_id: int, choice: str, number: int = 0) -> None:
    await world.run(
        "INSERT INTO message (conversation_id, customer_id, seq, sender, source_key, kind, text,"
        " body, sent_at, occurred_at) SELECT id, customer_id, last_seq + 100 + :number,"
        " 'customer', :key, 'text', 'x', :body, :at, :at FROM conversation WHERE id = :id",
        id=conversation_id,
        number=number,
        key=f"tap-{choice}-{number}",
        body=f'{{"choice":"{choice}"}}',
        at=world.clock(),
    )


async def listed(browser: Browser, query: str = "") -> list[str]:
    answer = await browser.get(f"/knowledge{query}")
    assert answer.status == 200
    return ENTRY.findall(await answer.text())


async def test_every_entry_is_listed_in_the_order_of_the_files(agent: Browser) -> None:
    assert await listed(agent) == ["delivery-days", "return-deadline", "refund-when"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=返品期限", ["return-deadline"]),
        ("?q=ＲＥＦＵＮＤ－ＷＨＥＮ", ["refund-when"]),
        ("?q=REFUND-when", ["refund-when"]),
        ("?q=8 days", ["return-deadline"]),
        ("?q=返品 5日", ["refund-when"]),
        ("?q=%22%3E%3Cscript", []),
        ("?category=配送", ["delivery-days"]),
        ("?owner=経理チーム", ["refund-when"]),
        ("?state=ending", ["delivery-days"]),
        ("?state=draft", []),
        ("?state=problem", ["delivery-days"]),
        ("?state=nonsense", ["delivery-days", "return-deadline", "refund-when"]),
        ("?sort=reviewed", ["delivery-days", "refund-when", "return-deadline"]),
        ("?page=99", ["delivery-days", "return-deadline", "refund-when"]),
        ("?page=-1", ["delivery-days", "return-deadline", "refund-when"]),
    ],
)
async def test_entries_are_found_and_sorted(agent: Browser, query: str, found: list[str]) -> None:
    assert await listed(agent, query) == found


async def test_figures_count_answers_and_what_customers_said_of_them(world: World) -> None:
    world.clock.now -= 40 * DAY_MS
    await answered(world, "refund-when", "solved")
    world.clock.now += 40 * DAY_MS
    await answered(world, "return-deadline", "solved")
    await answered(world, "return-deadline", "unsolved", "solved")
    await answered(world, "return-deadline", "entry:refund-when")
    await answered(world, "refund-when")
    counted = await world.store.read(count_by_entry, since=SINCE)
    assert counted == {
        "return-deadline": EntryFigures(hits=3, solved=1, unsolved=1),
        "refund-when": EntryFigures(hits=1),
    }


async def test_a_tap_belongs_to_the_answer_right_before_it(world: World) -> None:
    talk = await world.open("返品")
    await world.bot_says(talk.id, "回答", entry_id="return-deadline")
    await world.bot_says(talk.id, "回答", entry_id="refund-when")
    await tap(world, talk.id, "solved")
    assert await world.store.read(count_by_entry, since=SINCE) == {
        "return-deadline": EntryFigures(hits=1),
        "refund-when": EntryFigures(hits=1, solved=1),
    }


async def test_words_of_customers_are_never_taken_for_a_tap(world: World) -> None:
    talk = await world.open('{"choice":"solved"}')
    await world.bot_says(talk.id, "回答", entry_id="return-deadline")
    hostile = '{"choice":"entry:x","question":"\\"choice\\":\\"solved\\""}'
    await tap(world, talk.id, "entry:x")
    await world.run("UPDATE message SET body = :body WHERE source_key LIKE 'tap%'", body=hostile)
    assert await world.store.read(count_by_entry, since=SINCE) == {
        "return-deadline": EntryFigures(hits=1)
    }


async def test_each_figure_opens_the_conversations_behind_it(agent: Browser, world: World) -> None:
    solved = await answered(world, "return-deadline", "solved", asked="いつまで返せますか")
    await answered(world, "return-deadline", asked="返品")
    uses = await world.store.read(list_uses, "return-deadline", since=SINCE, outcome="solved")
    assert [(one.conversation_id, one.outcome) for one in uses] == [(solved, "solved")]
    assert isinstance(uses[0], EntryUse)
    page = await (await agent.get("/knowledge")).text()
    link = "/knowledge/e/return-deadline/uses?outcome=solved"
    assert f'href="{link}" aria-label="解決: 1">1</a>' in page
    behind = await (await agent.get(link)).text()
    assert re.findall(r'href="/desk\?c=(\d+)"', behind) == [str(solved)]
    await world.run("UPDATE message SET text = NULL WHERE text = 'いつまで返せますか'")
    erased = await world.store.read(list_uses, "return-deadline", since=SINCE, outcome="solved")
    assert [one.question for one in erased] == [None]
    every = await (await agent.get("/knowledge/e/return-deadline/uses")).text()
    assert len(re.findall(r'href="/desk\?c=(\d+)"', every)) == 2


async def test_most_answers_come_first_when_asked(agent: Browser, world: World) -> None:
    await answered(world, "refund-when", "unsolved")
    assert (await listed(agent, "?sort=hits"))[0] == "refund-when"
    assert (await listed(agent, "?sort=unsolved"))[0] == "refund-when"
    assert await listed(agent, "?state=unused") == ["delivery-days", "return-deadline"]


async def test_what_does_not_load_stands_above_the_list_with_its_place(
    admin: Browser, server: TestServer
) -> None:
    library = server.app[LIBRARY]
    file = Path(library.path) / "broken.yaml"
    file.write_text("entries:\n  - id: <b>x</b>\n    question: a\n    answer: b\n")
    await library.reload()
    page = await (await admin.get("/knowledge")).text()
    assert "<code>broken.yaml:2:" in page
    assert "<b>x</b>" not in page
    assert await listed(admin) == ["delivery-days", "return-deadline", "refund-when"]


async def test_only_admins_are_offered_to_add_an_entry(agent: Browser, admin: Browser) -> None:
    offer = 'href="/knowledge/new"'
    assert [offer in await (await one.get("/knowledge")).text() for one in (agent, admin)] == [
        False,
        True,
    ]


async def test_thousands_of_entries_come_page_by_page(admin: Browser, server: TestServer) -> None:
    folder = Path(server.app[LIBRARY].path)
    entries = "".join(
        f"  - {{id: many-{n:03}, question: 質問{n}, variants: [別{n}], answer: 回答{n}}}\n"
        for n in range(120)
    )
    (folder / "many.yaml").write_text(f"category: 多\nentries:\n{entries}", encoding="utf-8")
    await server.app[LIBRARY].reload()
    first = await listed(admin, "?category=多")
    assert (len(first), first[0]) == (50, "many-000")
    last = await listed(admin, "?category=多&page=2")
    assert (len(last), last[-1]) == (20, "many-119")
