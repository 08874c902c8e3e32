"""What an announcement did is counted from the messages that carried it."""

import pytest

from bot.bubbles import Action, Bubble, Ours
from bot.clock import DAY_MS
from bot.conversation import Conversation, State
from bot.messages import Reply, append_ours
from bot.rows import get_customer, save
from bot.speaking import close
from bot.store import Tx
from handoff.announced import FRESH_MS, Announced
from handoff.announcement_figures import COUNTED_MS, Caught, count_caught
from tests.handoff.people_world import World


def _tell(
    tx: Tx, conversation: Conversation, announcement: str | None, key: str, now: int
) -> None:
    customer = get_customer(tx, conversation.customer_id)
    odd = Action(label='{"announcement":"snow"}', code="x")
    ours = Ours(bubble=Bubble(text="お知らせ", quick=(odd,)), announcement=announcement)
    append_ours(
        tx,
        conversation,
        customer,
        sender="bot",
        messages=(ours,),
        reply=Reply(cause_key=key),
        now=now,
    )


def _finish(tx: Tx, conversation_id: int, now: int) -> None:
    save(tx, conversation_id, now=now, state=State.RESOLVED)


async def told(world: World, *announcements: str | None) -> Conversation:
    """A conversation with the bot in which these were told."""
    conversation = await world.open("届きません")
    for place, one in enumerate(announcements):
        await world.store.write(_tell, conversation, one, f"a{place}", world.clock())
    return conversation


async def count(world: World) -> dict[str, Caught]:
    return dict(await world.store.read(count_caught, now=world.clock()))


async def test_conversations_count_once_however_often_they_were_told(world: World) -> None:
    await told(world, "snow", "snow", "strike")
    await told(world, "snow", None)
    await told(world, None)
    assert await count(world) == {"snow": Caught(told=2), "strike": Caught(told=1)}


async def test_alone_is_who_ended_and_never_went_to_people(world: World) -> None:
    solved, lapsed, _open, asked, helped = [await told(world, "snow") for _ in range(5)]
    await world.store.write(_finish, solved.id, world.clock())
    await world.store.write(close, lapsed.id, how="lapsed", now=world.clock())
    await world.escalate(asked.id)
    await world.store.write(close, asked.id, how="lapsed", now=world.clock())
    agent = await world.agent("sato")
    await world.desk.claim(agent, helped.id)
    await world.store.write(close, helped.id, how="lapsed", now=world.clock())
    assert await count(world) == {"snow": Caught(told=5, alone=2)}


async def test_what_is_long_past_is_not_counted(world: World) -> None:
    await told(world, "snow")
    world.clock.now += COUNTED_MS + DAY_MS
    assert await count(world) == {}


@pytest.mark.parametrize(("later", "expected"), [(FRESH_MS - 1, 1), (FRESH_MS, 2), (-FRESH_MS, 2)])
async def test_one_count_serves_all_for_a_while(world: World, later: int, expected: int) -> None:
    figures = Announced(world.store, world.clock)
    assert figures.caught("snow") == Caught()
    await told(world, "snow")
    await figures.refresh()
    await told(world, "snow")
    world.clock.now += later
    await figures.refresh()
    assert figures.caught("snow") == Caught(told=expected)
