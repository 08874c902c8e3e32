"""The desk with the talk that customers really hear: every move is said to them once."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.closing import Closing
from bot.context import TalkContext
from bot.conversation import State
from bot.phrases import Phrases
from bot.settings import TalkSettings
from faq.loader import load_folder
from handoff.desk import Desk
from handoff.presence import PresenceBoard
from tests.handoff.people_world import SETTINGS, World

ENTRY = """
lang: ja
category: 返品
entries:
  - id: return-deadline
    question: 返品はいつまでできますか？
    answer: 商品到着後8日以内でしたら返品できます。
"""


@pytest.fixture
def talking(world: World, tmp_path: Path) -> World:
    """The world with the real talk behind desk and presence."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "returns.yaml").write_text(ENTRY, "utf-8")
    knowledge = load_folder(folder, default_lang="ja").knowledge
    assert knowledge is not None
    context = TalkContext(
        settings=TalkSettings(),
        phrases=Phrases({}),
        knowledge=lambda: knowledge,
        people=world.front,
        zone=ZoneInfo(SETTINGS.timezone),
    )
    parts = (world.store, world.hints, SETTINGS, world.clock, Closing(context=context))
    world.desk, world.presence = Desk(*parts), PresenceBoard(*parts)
    return world


@pytest.mark.parametrize("channel", ["web", "line"])
async def test_a_whole_life_of_moves_is_said_to_the_customer(talking: World, channel: str):
    sato, suzuki = await talking.agent("佐藤"), await talking.agent("鈴木")
    waiting = await talking.waiting(channel=channel)
    desk, one = talking.desk, waiting.id

    async def said_by(step: str) -> list[str]:
        talking.clock.forward(minutes=0.5)
        await talking.presence.beat(suzuki)
        before = len(await talking.texts(one))
        match step:
            case "claim":
                await desk.claim(sato, one)
            case "transfer":
                await desk.transfer(sato, one, to_agent=suzuki.id)
            case "release":
                await desk.release(suzuki, one)
            case "take":
                await desk.take_next(suzuki)
            case "reopen":
                await desk.reopen(suzuki, one)
            case "resolve":
                await desk.resolve(suzuki, one)
        return [sender for sender, _ in (await talking.texts(one))[before:]]

    steps = ["claim", "transfer", "release", "take", "resolve", "reopen", "resolve"]
    assert [await said_by(step) for step in steps] == [["system"]] * 7
    assert (await talking.get(one)).state is State.RESOLVED
    texts = [text for sender, text in await talking.texts(one) if sender == "system"]
    assert [name in text for name, text in zip("佐鈴", texts, strict=False)] == [True, True]
    surveys = await talking.rows("SELECT round, state FROM survey ORDER BY round")
    assert surveys == [{"round": 1, "state": "lapsed"}, {"round": 2, "state": "asked"}]
    owed = await talking.rows("SELECT sender, state FROM outbox")
    assert owed == ([{"sender": "system", "state": "pending"}] * 7 if channel == "line" else [])


async def test_without_a_survey_it_is_closed_and_can_be_reopened(talking: World):
    sato = await talking.agent("佐藤")
    waiting = await talking.waiting()
    await talking.desk.claim(sato, waiting.id)
    await talking.desk.resolve(sato, waiting.id, ask_survey=False)
    assert (await talking.get(waiting.id)).state is State.CLOSED
    talking.clock.forward(minutes=1)
    reopened = await talking.desk.reopen(sato, waiting.id)
    assert reopened.conversation.state is State.ASSIGNED


async def test_who_was_left_by_an_absent_agent_hears_so(talking: World):
    sato = await talking.agent("佐藤")
    waiting = await talking.waiting()
    await talking.desk.claim(sato, waiting.id)
    for _ in range(10):
        talking.clock.forward(minutes=1)
        await talking.presence.sweep()
    found = await talking.get(waiting.id)
    assert (found.state, await talking.position(found.id)) == (State.WAITING, 1)
    assert [sender for sender, _ in await talking.texts(found.id)] == [
        "customer",
        "system",
        "system",
    ]
