"""Why the bot said it, as the desk asks for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from faq.knowledge import Knowledge
from handoff.answer_reading import texts_before
from tests.faq.knowledge_files import decide, entry, knowledge
from tests.handoff.pages.house import Browser, build, staff
from tests.handoff.people_world import World

SHOP = knowledge(
    entry("deadline", "返品はいつまでできますか？", "返品期限"),
    entry("how", "返品の方法", "返送のしかた"),
    entry("fee", "送料はいくらですか", "配送料"),
    synonyms=[["返品", "返却"]],
)
LATER = knowledge(entry("deadline", "返品の期限", "返品期限"))


@dataclass
class FakeLibrary:
    """Serves one knowledge, until it changes."""

    current: Knowledge = SHOP
    problems: tuple[()] = ()


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
async def server(world: World, tmp_path: Path, library: FakeLibrary) -> AsyncIterator[TestServer]:
    server = TestServer(await asyncio.to_thread(build, world, tmp_path, library=library))
    await server.start_server()
    yield server
    await server.close()


async def answered(world: World, text: str, *, decided: str = "", **more: Any) -> str:
    """A customer who wrote this and got an answer; where its reasons are."""
    opened = await world.open(text)
    made = decide(SHOP, decided or text, **more)
    await world.bot_says(
        opened.id,
        "回答",
        entry_id=made.candidates[0].entry_id,
        confidence=round(made.candidates[0].confidence, 1),
        knowledge_version=SHOP.version,
        decision=made.as_json(),
    )
    found = await world.rows("SELECT MAX(id) AS id FROM message")
    return f"/desk/api/conversations/{opened.id}/messages/{found[0]['id']}/why"


async def test_an_answer_is_explained_from_what_the_customer_wrote(
    agent: Browser, world: World
) -> None:
    told = await agent.json(await answered(world, "返却期限を教えてください"))
    assert (told["current"], told["outcome"], told["text"]) == (
        True,
        "nearly",
        "返却期限を教えてください",
    )
    assert told["sentences"][0] == "登録されている「返品期限」とほぼ同じ文のため、回答しました。"
    assert {"kind": "synonym", "before": "返却", "after": "返品"} in told["changes"]


async def test_lines_that_were_read_together_are_explained_together(
    agent: Browser, world: World
) -> None:
    path = await answered(world, "返品したい", decided="返品したい\nいつまで")
    conversation_id = int(path.split("/")[4])
    # the answer came after both lines
    await world.run("UPDATE message SET seq = 9 WHERE sender = 'bot'")
    await world.run("UPDATE customer SET last_seq = 1")
    await world.says(conversation_id, "いつまで")
    told = await agent.json(path)
    assert (told["current"], told["text"]) == (True, "返品したい\nいつまで")


async def test_after_a_change_only_what_was_kept_is_told(
    agent: Browser, world: World, library: FakeLibrary
) -> None:
    path = await answered(world, "返品期限")
    library.current = LATER
    told = await agent.json(path)
    assert (told["current"], told["knowledge_version"]) == (False, SHOP.version)
    assert told["candidates"][0]["question"] == "返品の期限"
    assert told["sentences"][0].startswith("このあとナレッジか会話の文脈が変わったため")


async def test_an_erased_message_is_not_read_again(agent: Browser, world: World) -> None:
    path = await answered(world, "返却期限を教えてください")
    await world.run("UPDATE message SET text = NULL, erased_at = 1 WHERE sender = 'customer'")
    told = await agent.json(path)
    assert (told["current"], told["text"], "教えて" in str(told)) == (False, "", False)


async def test_what_the_customer_chose_needs_no_reason(agent: Browser, world: World) -> None:
    opened = await world.open("返品")
    await world.bot_says(opened.id, "回答", entry_id="how", decision={"kind": "chosen"})
    found = await world.rows("SELECT MAX(id) AS id FROM message")
    told = await agent.json(f"/desk/api/conversations/{opened.id}/messages/{found[0]['id']}/why")
    assert told["sentences"] == ["お客様が候補から選んだ項目です。照合はしていません。"]


async def test_only_decided_messages_of_this_conversation_have_reasons(
    agent: Browser, world: World
) -> None:
    path = await answered(world, "返品期限")
    other = await world.open("送料")
    message_id = path.split("/")[6]
    wrong = [
        f"/desk/api/conversations/{other.id}/messages/{message_id}/why",
        path.replace(f"/{message_id}/", "/1/"),
        path.replace(f"/{message_id}/", "/999999/"),
    ]
    answers = [(await agent.get(one, html=False)).status for one in wrong]
    assert answers == [404, 404, 404]


async def test_strangers_learn_nothing(stranger: Browser, world: World) -> None:
    path = await answered(world, "返品期限")
    assert (await stranger.get(path, html=False)).status == 401


async def test_the_reader_chooses_the_language(stranger: Browser, world: World) -> None:
    await staff(world, "kim")
    await stranger.log_in("kim")
    path = await answered(world, "返品期限")
    await stranger.get("/desk?lang=en")
    told = await stranger.json(path)
    assert told["sentences"][0] == "Answered: “返品期限” is listed in these very words."


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        ([], ()),
        ([("bot", "はい")], ()),
        ([("customer", "送料")], ("送料",)),
        ([("customer", "b"), ("customer", "a")], ("b", "a\nb")),
        (
            [("customer", "いつまで"), ("bot", "方法です"), ("customer", "返品したい")],
            ("いつまで", "返品したい\nいつまで", "返品したい"),
        ),
        ([("bot", "x"), ("customer", "b"), ("customer", "a")], ("b", "a\nb")),
    ],
)
def test_what_may_have_been_read_as_one_question(
    lines: list[tuple[str, str]], texts: tuple[str, ...]
) -> None:
    assert texts_before(lines) == texts
