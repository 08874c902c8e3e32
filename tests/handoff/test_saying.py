"""Replies and notes: nobody answers blindly, nothing is said twice."""

import asyncio

import pytest

from bot.bubbles import Bubble, Ours
from bot.errors import BadInput
from bot.hints import DESK, customer_topic
from bot.messages import Reply, append_ours
from bot.rows import get_conversation, get_customer
from handoff.access import Agent
from handoff.errors import AlreadyUsed, NewerMessage, NewerMessages, NotOpen, NotYours
from tests.handoff.people_world import MORNING, World


@pytest.fixture
async def sato(world: World) -> Agent:
    """Has conversation 1, where the customer wrote once."""
    agent = await world.agent("佐藤")
    waiting = await world.waiting(channel="line")
    await world.desk.claim(agent, waiting.id)
    return agent


async def reply(world: World, agent: Agent, text: str = "はい", **changes: object):
    asked = {"text": text, "client_id": "form-1", "seen_seq": 1, **changes}
    return await world.desk.reply(agent, 1, **asked)  # type: ignore[arg-type] - tests break it


async def test_a_reply_reaches_the_customer_under_the_agents_name(world: World, sato: Agent):
    world.clock.forward(minutes=2)
    replied = await reply(world, sato, " はい、承ります。\r\nお待ちください。 ")
    assert (replied.seq, replied.repeated) == (3, False)
    assert (await world.texts(1))[-1] == ("agent", "はい、承ります。\nお待ちください。")
    assert await world.rows(
        "SELECT sender, state, body, first_seq, last_seq FROM outbox WHERE sender = 'agent'"
    ) == [
        {
            "sender": "agent",
            "state": "pending",
            "body": '{"bubbles":[{"text":"はい、承ります。\\nお待ちください。"}],'
            '"sender_name":"佐藤"}',
            "first_seq": 3,
            "last_seq": 3,
        }
    ]
    [row] = await world.rows("SELECT detail FROM audit_log WHERE action = 'reply'")
    assert row == {"detail": '{"seq":3,"first_response_ms":120000}'}


async def test_the_first_response_clock_stops_once(world: World, sato: Agent):
    world.clock.forward(minutes=2)
    await reply(world, sato)
    world.clock.forward(minutes=5)
    await reply(world, sato, "続きです", client_id="form-2", seen_seq=3)
    assert (await world.get(1)).first_response_at == MORNING + 120_000


async def test_a_stale_reply_is_refused_with_exactly_the_newer_messages(world: World, sato: Agent):
    for text in ("まだですか", "急いでいます", "もしもし"):
        await world.says(1, text)
    with pytest.raises(NewerMessages) as refused:
        await reply(world, sato, seen_seq=3)
    assert refused.value.messages == tuple(
        NewerMessage(
            seq=seq, sender="customer", agent_name="", text=text, kind="text", sent_at=MORNING
        )
        for seq, text in ((4, "急いでいます"), (5, "もしもし"))
    )
    assert [sender for sender, _ in await world.texts(1)].count("agent") == 0
    assert (await reply(world, sato, seen_seq=5)).seq == 6


async def test_a_colleagues_reply_is_shown_before_mine_is_sent(world: World, sato: Agent):
    await reply(world, sato, "佐藤の回答")
    suzuki = await world.agent("鈴木")
    await world.desk.transfer(sato, 1, to_agent=suzuki.id)
    with pytest.raises(NewerMessages) as refused:
        await reply(world, suzuki, "鈴木の回答", seen_seq=2)
    assert [(one.seq, one.sender, one.agent_name) for one in refused.value.messages] == [
        (3, "agent", "佐藤")
    ]


async def test_what_the_bot_or_the_system_said_does_not_hold_a_reply_up(world: World, sato: Agent):
    assert (await world.texts(1))[-1][0] == "system"
    assert (await reply(world, sato, seen_seq=1)).seq == 3


async def test_a_double_submit_is_one_message(world: World, sato: Agent):
    both = await asyncio.gather(*(reply(world, sato) for _ in range(5)))
    assert [one.seq for one in both] == [3] * 5
    assert [text for sender, text in await world.texts(1) if sender == "agent"] == ["はい"]


async def test_a_lost_response_can_be_asked_for_again_though_the_talk_has_moved_on(
    world: World, sato: Agent
):
    await reply(world, sato)
    await world.says(1, "ありがとう")
    await world.desk.resolve(sato, 1)
    again = await reply(world, sato)
    assert (again.seq, again.repeated) == (3, True)


async def test_the_same_form_with_another_text_is_refused(world: World, sato: Agent):
    await reply(world, sato)
    with pytest.raises(AlreadyUsed):
        await reply(world, sato, "いいえ", seen_seq=3)


async def test_a_refused_reply_is_not_remembered(world: World, sato: Agent):
    await world.says(1, "まだですか")
    with pytest.raises(NewerMessages):
        await reply(world, sato, seen_seq=1)
    assert (await reply(world, sato, "お待たせしました", seen_seq=3)).seq == 4


async def test_two_agents_may_use_the_same_form_id(world: World, sato: Agent):
    await reply(world, sato)
    suzuki = await world.agent("鈴木")
    await world.desk.transfer(sato, 1, to_agent=suzuki.id)
    assert (await reply(world, suzuki, "引き継ぎました", seen_seq=4)).seq == 5


async def test_only_the_agent_who_has_it_replies_and_the_other_hears_who_that_is(
    world: World, sato: Agent
):
    suzuki = await world.agent("鈴木")
    with pytest.raises(NotYours) as refused:
        await reply(world, suzuki)
    assert refused.value.owner_name == "佐藤"
    await world.desk.release(sato, 1)
    with pytest.raises(NotYours) as refused:
        await reply(world, sato)
    assert refused.value.owner_name is None


async def test_nobody_replies_in_what_is_resolved(world: World, sato: Agent):
    await world.desk.resolve(sato, 1)
    with pytest.raises(NotOpen):
        await reply(world, sato)


async def test_an_account_switched_off_does_not_reply_with_an_open_page(world: World, sato: Agent):
    await world.run("UPDATE agent SET active = 0")
    with pytest.raises(NotYours):
        await reply(world, sato)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "  \n "},
        {"text": "あ" * 5_001},
        {"text": "あ" * 50_000},
        {"client_id": ""},
        {"client_id": "a b"},
        {"client_id": "a" * 101},
        {"seen_seq": -1},
        {"seen_seq": 3},
        {"seen_seq": 10**9},
    ],
)
async def test_what_cannot_be_a_reply_is_refused(
    world: World, sato: Agent, changes: dict[str, object]
):
    with pytest.raises(BadInput):
        await reply(world, sato, **changes)
    assert len(await world.texts(1)) == 2


async def test_the_longest_reply_and_one_that_cannot_be_stored_as_it_is(world: World, sato: Agent):
    await reply(world, sato, "あ" * 5_000)
    await reply(world, sato, "半分\ud83dと\x00", client_id="form-2", seen_seq=3)
    assert [text for sender, text in await world.texts(1) if sender == "agent"] == [
        "あ" * 5_000,
        "半分\ufffdと\ufffd",
    ]


async def test_a_reply_of_nobody_is_refused_by_the_table_itself(world: World, sato: Agent):
    def say(tx: object) -> None:
        found = get_conversation(tx, 1)  # type: ignore[arg-type] - the store hands it in
        append_ours(
            tx,  # type: ignore[arg-type] - the store hands it in
            found,
            get_customer(tx, found.customer_id),  # type: ignore[arg-type] - the same
            sender="agent",
            messages=[Ours(bubble=Bubble(text="誰?"))],
            reply=Reply(cause_key="x"),
            now=MORNING,
        )

    with pytest.raises(Exception, match="ck_message_agent"):
        await world.store.write(say)


async def test_a_note_is_kept_once_and_stays_with_the_staff(world: World, sato: Agent):
    suzuki = await world.agent("鈴木")
    first = await world.desk.note(suzuki, 1, text="前回も同じ件", client_id="n1")
    second = await world.desk.note(suzuki, 1, text="前回も同じ件", client_id="n1")
    assert (first.note_id, first.repeated, second.note_id, second.repeated) == (1, False, 1, True)
    with pytest.raises(AlreadyUsed):
        await world.desk.note(suzuki, 1, text="別の内容", client_id="n1")
    assert await world.rows("SELECT agent_id, text, after_seq FROM note") == [
        {"agent_id": suzuki.id, "text": "前回も同じ件", "after_seq": 2}
    ]
    assert "前回も同じ件" not in str(await world.texts(1))
    assert "前回も同じ件" not in str(await world.rows("SELECT * FROM audit_log"))


async def test_reading_never_goes_back_nor_beyond_the_end(world: World, sato: Agent):
    for seq in (2, 1, 99):
        await world.desk.mark_seen(sato, 1, seq)
    assert await world.rows("SELECT seq FROM seen") == [{"seq": 2}]


async def test_typing_is_shown_to_the_customer_of_an_own_conversation_only(
    world: World, sato: Agent
):
    suzuki = await world.agent("鈴木")
    topic = customer_topic((await world.get(1)).customer_id)
    told = {}
    for agent in (sato, suzuki):
        with world.hints.listen(DESK, topic) as listener:
            await world.desk.typing(agent, 1)
            told[agent.name] = {(h.topic, h.kind, h.detail) for h in await listener.next(0)}
    assert told == {
        "佐藤": {(DESK, "typing", "佐藤"), (topic, "typing", "佐藤")},
        "鈴木": {(DESK, "typing", "鈴木")},
    }
