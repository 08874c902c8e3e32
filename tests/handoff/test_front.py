"""What a customer hears about the people: place, wait, hours, phone, callbacks."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.bubbles import Action
from bot.clock import HOUR_MS, MINUTE_MS, to_ms
from bot.conversation import Cause, State, WaitMode
from bot.errors import BadInput
from bot.people import Booking, Front, HumanDesk, Standing
from bot.store import Tx
from handoff.front import Front as FrontDesk
from handoff.settings import CallbackSettings, PeopleSettings, PhoneSettings, TeamSettings
from tests.handoff.people_world import SETTINGS, TOKYO, World


def configure(world: World, **changes: object) -> None:
    world.settings = SETTINGS.model_copy(update=changes)
    world.front = FrontDesk(world.settings)


async def standing(world: World, conversation_id: int) -> Standing:
    found = await world.get(conversation_id)
    return await world.store.read(world.front.standing, found, now=world.clock())


async def slots(world: World, conversation_id: int) -> tuple[Action, ...]:
    found = await world.get(conversation_id)
    return await world.store.read(world.front.slots, found, now=world.clock())


async def book(
    world: World, conversation_id: int, slot: str, phone: str = "090-1234-5678"
) -> Booking | None:
    found = await world.get(conversation_id)
    return await world.store.write(
        world.front.book, found, slot=slot, phone=phone, now=world.clock()
    )


def at(day: int, hour: int, minute: int = 0) -> int:
    return to_ms(datetime(2026, 11, day, hour, minute, tzinfo=TOKYO))


async def test_it_fills_the_port_of_the_talk():
    desk: HumanDesk = FrontDesk(PeopleSettings())
    assert isinstance(desk, FrontDesk)


async def test_with_somebody_free_the_next_one_is_served_within_a_minute(world: World):
    await world.agent("佐藤")
    waiting = await world.waiting()
    assert await standing(world, waiting.id) == Standing(
        front=Front.OPEN, position=1, wait="1分以内", hours="", phone="", callback=True
    )


async def test_with_everybody_busy_the_wait_is_a_range_that_grows_with_the_place(world: World):
    busy = await world.agent("佐藤", capacity=1)
    taken = await world.waiting()
    await world.desk.claim(busy, taken.id)
    told = []
    for _ in range(3):
        one = await standing(world, (await world.waiting()).id)
        told.append((one.front, one.position, one.wait))
    assert [position for _, position, _ in told] == [1, 2, 3]
    assert {front for front, _, _ in told} == {Front.OPEN}
    assert len({wait for _, _, wait in told}) == 3
    assert told[0][2] == "約1〜20分"


async def test_real_handling_times_replace_the_assumed_one(world: World):
    agent = await world.agent("佐藤", capacity=1)
    for _ in range(30):
        done = await world.waiting()
        await world.desk.claim(agent, done.id)
        world.clock.forward(minutes=1)
        await world.desk.resolve(agent, done.id, ask_survey=False)
    await world.presence.beat(agent)
    await world.desk.claim(agent, (await world.waiting()).id)
    assert (await standing(world, (await world.waiting()).id)).wait == "約6分以内"


async def test_within_hours_and_nobody_there_no_wait_is_promised(world: World):
    agent = await world.agent("佐藤", online=False)
    waiting = await world.waiting()
    assert await standing(world, waiting.id) == Standing(
        front=Front.ABSENT, position=1, wait="", hours="", phone="", callback=True
    )
    await world.presence.beat(agent)
    assert (await standing(world, waiting.id)).front is Front.ABSENT


async def test_an_agent_of_another_team_is_nobody_for_this_one(world: World):
    await world.agent("佐藤", teams="returns")
    assert (await standing(world, (await world.waiting()).id)).front is Front.ABSENT
    returns = await world.waiting(team="returns")
    assert (await standing(world, returns.id)).front is Front.OPEN


async def test_a_queue_longer_than_promised_for_is_full(world: World):
    configure(world, max_waiting=2)
    await world.agent("佐藤")
    told = [await standing(world, (await world.waiting()).id) for _ in range(3)]
    assert [one.front for one in told] == [Front.OPEN, Front.OPEN, Front.FULL]
    not_yet = await world.open()
    one = await standing(world, not_yet.id)
    assert (one.front, one.position) == (Front.FULL, 0)


async def test_after_hours_the_customer_hears_when_it_opens_next(world: World):
    await world.agent("佐藤")
    world.clock.now = at(24, 18, 30)
    waiting = await world.waiting()
    assert await standing(world, waiting.id) == Standing(
        front=Front.CLOSED,
        position=1,
        wait="",
        hours="本日の受付は18:00で終了しました。次は明日11月25日(水) 9:00からです。",
        phone="",
        callback=True,
    )
    assert (await world.get(waiting.id)).state is State.WAITING


async def test_in_english_too(world: World):
    world.clock.now = at(24, 18, 30)
    waiting = await world.waiting()
    await world.run("UPDATE conversation SET lang = 'en'")
    one = await standing(world, waiting.id)
    assert one.hours == ("We closed at 18:00 today. We open again tomorrow (Wed, Nov 25) at 9:00.")


async def test_the_phone_is_named_only_while_somebody_answers_it(world: World):
    configure(world, phone=PhoneSettings(number="0120-000-000"))
    waiting = await world.waiting()
    told = {}
    for hour in (9, 10, 16, 17):
        world.clock.now = at(24, hour, 30)
        told[hour] = (await standing(world, waiting.id)).phone
    assert told == {9: "", 10: "0120-000-000", 16: "0120-000-000", 17: ""}


async def test_an_escalation_keeps_place_urgency_and_choice(world: World):
    waiting = await world.waiting(urgent=True)
    await world.run("UPDATE conversation SET wait_mode = 'message'")
    world.clock.forward(minutes=5)
    again = await world.escalate(waiting.id)
    assert (again.waiting_since, again.urgent, again.wait_mode) == (
        waiting.waiting_since,
        True,
        WaitMode.MESSAGE,
    )
    assert (again.cause, again.team) == (Cause.ASKED, "default")


async def test_an_unknown_team_becomes_the_default_one(world: World):
    assert (await world.waiting(team="abolished")).team == "default"


async def test_an_escalation_takes_nothing_from_an_agent(world: World):
    agent = await world.agent("佐藤")
    waiting = await world.waiting()
    await world.desk.claim(agent, waiting.id)
    assert (await world.escalate(waiting.id)).agent_id == agent.id


async def test_slots_are_offered_within_phone_hours_and_after_the_lead(world: World):
    waiting = await world.waiting()
    offered = await slots(world, waiting.id)
    assert [action.label for action in offered] == [
        "今日 11:00〜12:00",
        "今日 12:00〜13:00",
        "今日 13:00〜14:00",
        "今日 14:00〜15:00",
        "今日 15:00〜16:00",
    ]
    start = at(24, 11)
    assert offered[0].code == f"slot:{start}-{start + HOUR_MS}"


async def test_a_booked_callback_is_confirmed_and_leaves_the_line(world: World):
    waiting, behind = await world.waiting(), await world.waiting()
    chosen = (await slots(world, waiting.id))[0].code
    booking = await book(world, waiting.id, chosen, "０９０ー１２３４ー５６７８")
    assert booking == Booking(slot="11/24(火) 11:00〜12:00", phone="090-1234-5678")
    found = await world.get(waiting.id)
    assert (found.state, found.wait_mode) == (State.WAITING, WaitMode.CALLBACK)
    assert await world.rows("SELECT phone, from_at, until_at, state FROM callback") == [
        {
            "phone": "+819012345678",
            "from_at": at(24, 11),
            "until_at": at(24, 12),
            "state": "due",
        }
    ]
    assert [await world.position(one.id) for one in (waiting, behind)] == [0, 1]
    [row] = await world.rows("SELECT due_at FROM conversation WHERE id = 1")
    assert row == {"due_at": at(24, 11)}


async def test_a_slot_takes_so_many_and_then_the_next_is_offered(world: World):
    configure(world, callback=CallbackSettings(per_slot=2, slots_offered=1))
    customers = [await world.waiting() for _ in range(4)]
    first = (await slots(world, customers[0].id))[0].code
    booked = [await book(world, one.id, first) for one in customers[:3]]
    assert [one is not None for one in booked] == [True, True, False]
    [offered] = await slots(world, customers[2].id)
    assert offered.label == "今日 12:00〜13:00"
    [row] = await world.rows("SELECT COUNT(*) AS n FROM callback WHERE state = 'due'")
    assert row == {"n": 2}


async def test_when_a_slot_is_gone_an_earlier_promise_stays(world: World):
    configure(world, callback=CallbackSettings(per_slot=1))
    mine, other = await world.waiting(), await world.waiting()
    first, second = (action.code for action in (await slots(world, mine.id))[:2])
    await book(world, mine.id, first)
    await book(world, other.id, second)
    assert await book(world, mine.id, second) is None
    assert await world.rows(
        "SELECT conversation_id, from_at FROM callback WHERE state = 'due' ORDER BY id"
    ) == [
        {"conversation_id": mine.id, "from_at": at(24, 11)},
        {"conversation_id": other.id, "from_at": at(24, 12)},
    ]


async def test_choosing_anew_replaces_the_promise_and_the_same_slot_can_be_kept(world: World):
    configure(world, callback=CallbackSettings(per_slot=1))
    waiting = await world.waiting()
    first, second = (action.code for action in (await slots(world, waiting.id))[:2])
    for code in (first, first, second):
        assert await book(world, waiting.id, code) is not None
    assert await world.rows("SELECT from_at, state FROM callback ORDER BY id") == [
        {"from_at": at(24, 11), "state": "cancelled"},
        {"from_at": at(24, 11), "state": "cancelled"},
        {"from_at": at(24, 12), "state": "due"},
    ]


async def test_with_every_slot_taken_or_callbacks_off_none_is_offered(world: World):
    configure(world, callback=CallbackSettings(enabled=False))
    waiting = await world.waiting()
    assert await slots(world, waiting.id) == ()
    assert (await standing(world, waiting.id)).callback is False
    code = f"slot:{at(24, 11)}-{at(24, 12)}"
    assert await book(world, waiting.id, code) is None


@pytest.mark.parametrize(
    "slot",
    [
        "",
        "slot:",
        "slot:1-2",
        f"slot:{at(24, 9)}-{at(24, 10)}",
        f"slot:{at(24, 11)}-{at(24, 11) + MINUTE_MS}",
        f"slot:{at(24, 18)}-{at(24, 19)}",
        "slot:9" * 1000,
    ],
)
async def test_only_a_slot_that_exists_is_booked(world: World, slot: str):
    waiting = await world.waiting()
    assert await book(world, waiting.id, slot) is None
    assert await world.rows("SELECT * FROM callback") == []


async def test_what_is_no_phone_number_is_refused_in_the_customers_language(world: World):
    waiting = await world.waiting()
    code = (await slots(world, waiting.id))[0].code
    with pytest.raises(BadInput, match="電話番号を数字で"):
        await book(world, waiting.id, code, "あとで")
    await world.run("UPDATE conversation SET lang = 'en'")
    with pytest.raises(BadInput, match="Please send a phone number"):
        await book(world, waiting.id, code, "later")


async def test_who_books_before_waiting_waits_for_the_call(world: World):
    asked = await world.open()
    await book(world, asked.id, (await slots(world, asked.id))[0].code)
    found = await world.get(asked.id)
    assert (found.state, found.wait_mode) == (State.WAITING, WaitMode.CALLBACK)


async def test_who_withdraws_leaves_queue_and_callback_behind(world: World):
    waiting = await world.waiting()
    await book(world, waiting.id, (await slots(world, waiting.id))[0].code)

    before = await world.get(waiting.id)
    await world.store.write(world.front.withdraw, before, now=world.clock())
    found = await world.get(waiting.id)
    assert (found.state, found.wait_mode, found.waiting_since) == (State.BOT, None, None)
    assert await world.rows("SELECT state FROM callback") == [{"state": "cancelled"}]


async def test_withdrawing_takes_nothing_from_an_agent(world: World):
    agent = await world.agent("佐藤")
    waiting = await world.waiting()
    await world.desk.claim(agent, waiting.id)
    stale = replace(await world.get(waiting.id), state=State.WAITING, agent_id=None)
    await world.store.write(world.front.withdraw, stale, now=world.clock())
    assert (await world.get(waiting.id)).agent_id == agent.id


@pytest.mark.parametrize(
    "changes",
    [
        {"teams": {"returns": TeamSettings(name={"ja": "返品"})}},
        {"teams": {"default": TeamSettings(name={"ja": "総合"}, hours="nowhere")}},
        {"phone": PhoneSettings(number="0120-000-000", hours="nowhere")},
        {"hours": {"chat": {"weekly": {"mon-fri": "9:00-8:00"}}}},
        {"hours": {"chat": {"weekdays": "9:00-18:00"}}},
    ],
)
def test_settings_that_lead_nowhere_are_refused_at_the_start(changes: dict[str, object]):
    with pytest.raises(ValueError, match=r"^people\.(teams|phone|hours)"):
        FrontDesk(PeopleSettings().model_copy(update=changes))


async def test_a_callback_for_who_is_being_answered_leaves_the_agent(world: World):
    agent = await world.agent("佐藤")
    waiting = await world.waiting()
    await world.desk.claim(agent, waiting.id)
    assert await book(world, waiting.id, (await slots(world, waiting.id))[0].code) is not None
    found = await world.get(waiting.id)
    assert (found.state, found.agent_id, found.wait_mode) == (
        State.ASSIGNED,
        agent.id,
        WaitMode.QUEUE,
    )


async def test_the_promise_is_confirmed_in_english_too(world: World):
    waiting = await world.waiting()
    await world.run("UPDATE conversation SET lang = 'en'")
    booking = await book(world, waiting.id, (await slots(world, waiting.id))[0].code)
    assert booking == Booking(slot="Tue, Nov 24, 11:00–12:00", phone="090-1234-5678")


async def test_a_number_that_was_taken_back_stands_nowhere(world: World):
    waiting = await world.waiting()

    def book_and_forget(tx: Tx) -> list[bool]:
        slot = world.front.slots(tx, waiting, now=world.clock())[0].code.removeprefix("slot:")
        world.front.book(tx, waiting, slot=slot, phone="090-1234-5678", now=world.clock())
        return [
            world.front.forget(tx, waiting, text=text, now=world.clock())
            for text in ("こんにちは", "03-1234-5678", "０９０−１２３４−５６７８")
        ]

    assert await world.store.write(book_and_forget) == [False, False, True]
    assert await world.rows("SELECT phone, state FROM callback") == [
        {"phone": "", "state": "cancelled"}
    ]
    found = await world.get(waiting.id)
    assert (found.state, found.wait_mode) == (State.WAITING, WaitMode.QUEUE)
