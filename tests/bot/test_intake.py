import asyncio
import sqlite3

import pytest
from factories import KNOWLEDGE, NOON, inbound

from bot.errors import NotFound, StoreUnavailable
from bot.events import ContentKind, EventKind, Media
from bot.hints import DESK, Hint, customer_topic
from bot.intake import AT_ONCE, Receipt, Taken

RETURN = "返品はいつまでできますか？"
REFUND = "返金はいつ入りますか？"
HUMAN = "担当者に相談"
ANSWER = [
    ("bot", "商品到着後8日以内でしたら返品できます。", ["返品を申し込む"]),
    ("bot", "解決しましたか？", ["解決した", "解決しない", REFUND, HUMAN]),
]
FEE = [
    ("bot", "全国一律500円です。", []),
    ("bot", "解決しましたか？", ["解決した", "解決しない", HUMAN]),
]


SUGGESTED = (
    "bot",
    "どれについてのご質問でしょうか？",
    ["送料はいくらですか？", "何日で届きますか？", "どれでもない", HUMAN],
)


class Broken:
    """A knowledge that raises for one text."""

    def __init__(self, text):
        self.text = text

    def __getattr__(self, name):
        return getattr(KNOWLEDGE, name)

    def decide(self, text, **fields):
        if text == self.text:
            raise ZeroDivisionError
        return KNOWLEDGE.decide(text, **fields)


async def outbox(story):
    return [
        (row["sender"], row["state"], row["reply_token"], row["first_seq"], row["last_seq"])
        for row in await story.rows("SELECT * FROM outbox ORDER BY id")
    ]


async def test_a_question_is_answered_in_the_transaction_that_records_it(story):
    receipt = await story.say(RETURN)
    row = await story.conversation()
    assert receipt == Receipt(
        event_key="e1", taken=Taken.NEW, customer_id=1, conversation_id=row["id"], seq=1
    )
    assert await story.transcript() == [("customer", RETURN, []), *ANSWER]
    assert await outbox(story) == [("bot", "pending", "t-e1", 2, 3)]
    assert (row["state"], row["entry_id"], row["due_at"]) == (
        "bot", "return-deadline", NOON + 1_800_000,
    )  # fmt: skip


async def test_each_bot_answer_keeps_why_it_was_given(story):
    await story.say(RETURN)
    (answer,) = await story.rows("SELECT * FROM message WHERE entry_id IS NOT NULL")
    assert answer["knowledge_version"] == KNOWLEDGE.version
    assert (answer["cause_id"], answer["turn_index"]) == (1, 0)
    assert answer["confidence"] > 90


async def test_a_repeated_event_changes_nothing(story):
    first = await story.say(RETURN, key="k")
    told, owed = await story.transcript(), await outbox(story)
    again = await story.say(RETURN, key="k")
    assert again == Receipt(
        event_key="k",
        taken=Taken.REPEATED,
        customer_id=first.customer_id,
        conversation_id=first.conversation_id,
        seq=first.seq,
    )
    assert (await story.transcript(), await outbox(story)) == (told, owed)


async def test_the_same_message_under_another_event_changes_nothing(story):
    await story.say(RETURN, key="k", source_key="m1")
    again = await story.say(RETURN, key="other", source_key="m1")
    assert (again.taken, again.seq) == (Taken.REPEATED, 1)
    assert await story.transcript() == [("customer", RETURN, []), *ANSWER]


async def test_one_event_fifty_times_at_once(story):
    event = story.event(RETURN)
    receipts = await asyncio.gather(*(story.intake.receive([event]) for _ in range(50)))
    taken = [receipt.taken for (receipt,) in receipts]
    assert (taken.count(Taken.NEW), taken.count(Taken.REPEATED)) == (1, 49)
    assert await story.transcript() == [("customer", RETURN, []), *ANSWER]


async def test_two_customers_in_one_call_are_two_conversations(story):
    events = [story.event(RETURN, customer="U1"), story.event("送料", customer="U2")]
    await story.intake.receive(events)
    assert await story.transcript("U1") == [("customer", RETURN, []), *ANSWER]
    assert await story.transcript("U2") == [("customer", "送料", []), *FEE]


async def test_events_of_one_call_are_taken_in_order(story):
    texts = [f"{number}番目の話です。" for number in range(12)]
    await story.intake.receive([story.event(text) for text in texts])
    assert [line[1] for line in await story.transcript() if line[0] == "customer"] == texts


async def test_hints_name_the_customer_and_the_desk(story):
    with story.hints.listen(DESK, customer_topic(1)) as listener:
        await story.say(RETURN)
        told = await listener.next(1)
    assert told == [
        Hint(topic=topic, kind="conversation", conversation_id=1, seq=1)
        for topic in ("customer:1", DESK)
    ]


# ── one bad event ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["壊れる", "壊" * 300])
async def test_an_event_that_raises_is_parked_and_costs_the_others_nothing(tell, text):
    story = tell(knowledge=Broken(text))
    events = [
        story.event(RETURN, customer="U1"),
        story.event(text, customer="U2", key="bad"),
        story.event("送料", customer="U3"),
    ]
    receipts = await story.intake.receive(events)
    assert [receipt.taken for receipt in receipts] == [Taken.NEW, Taken.PARKED, Taken.NEW]
    assert [await story.transcript(key) for key in ("U1", "U2", "U3")] == [
        [("customer", RETURN, []), *ANSWER],
        [],
        [("customer", "送料", []), *FEE],
    ]
    parked = await story.rows("SELECT event_key, error FROM inbox WHERE state = 'parked'")
    assert parked == [{"event_key": "bad", "error": "ZeroDivisionError"}]


class Watched(Broken):
    """A knowledge that knows how many texts it decided since others last had their turn."""

    def __init__(self):
        super().__init__(text=None)
        self.counts = [0]

    def decide(self, text, **fields):
        self.counts[-1] += 1
        return super().decide(text, **fields)


async def test_many_events_in_one_call_leave_others_their_turn(tell):
    knowledge = Watched()
    story = tell(knowledge=knowledge)
    events = [story.event(f"送料{n}", customer=f"U{n}", key=f"e{n}") for n in range(3 * AT_ONCE)]
    receiving = asyncio.create_task(story.intake.receive(events))
    while not receiving.done():
        knowledge.counts.append(0)
        await asyncio.sleep(0)
    assert [receipt.taken for receipt in receiving.result()] == [Taken.NEW] * len(events)
    assert [count for count in knowledge.counts if count] == [AT_ONCE] * 3


async def test_a_parked_event_is_logged_without_its_visitor(tell):
    story = tell(channel="web", knowledge=Broken("壊れる"))
    event = story.event("壊れる", customer="visitor-Q", key="visitor-Q:client-01")
    await story.intake.receive([event])
    (parked,) = [line for line in tell.logs if line["event"] == "event parked"]
    assert parked["event_key"] == "…:client-01"
    assert "visitor-Q" not in str(tell.logs)


async def test_a_people_side_that_raises_parks_the_event(tell, desk, monkeypatch):
    story = tell()
    monkeypatch.setattr(desk, "escalate", lambda *_, **__: 1 / 0)
    receipt = await story.say("担当者", key="bad")
    assert (receipt.taken, await story.transcript()) == (Taken.PARKED, [])


async def test_a_parked_event_is_taken_again_once_it_is_mended(tell):
    broken = Broken("送料")
    story = tell(knowledge=broken)
    await story.say("送料", key="bad")
    (parked,) = await story.rows("SELECT id FROM inbox WHERE state = 'parked'")
    still = await story.intake.retry(parked["id"])
    attempts = await story.rows("SELECT id, attempts FROM inbox WHERE state = 'parked'")
    assert (still.taken, attempts) == (Taken.PARKED, [{"id": parked["id"], "attempts": 2}])
    broken.text = None
    done = await story.intake.retry(parked["id"])
    assert (done.taken, done.seq) == (Taken.NEW, 1)
    assert await story.transcript() == [("customer", "送料", []), *FEE]
    with pytest.raises(NotFound):
        await story.intake.retry(parked["id"])
    assert await story.rows("SELECT state FROM inbox") == [{"state": "done"}]


async def test_a_parked_event_that_came_by_another_way_is_settled(tell):
    broken = Broken("送料")
    story = tell(knowledge=broken)
    await story.say("こんにちは")
    await story.say("送料", key="bad", source_key="m")
    broken.text = None
    await story.say("送料", key="good", source_key="m")
    (parked,) = await story.rows("SELECT id FROM inbox WHERE state = 'parked'")
    again = await story.intake.retry(parked["id"])
    assert (again.taken, await story.rows("SELECT 1 FROM inbox WHERE state = 'parked'")) == (
        Taken.REPEATED,
        [],
    )


async def test_a_parked_event_holds_no_card_number(tell):
    text = "カードは[************1111]です"
    broken = Broken(None)
    story = tell(knowledge=broken)
    broken.decide = lambda *_, **__: 1 / 0
    await story.say("カードは4111111111111111です", key="bad")
    (parked,) = await story.rows("SELECT content FROM inbox WHERE state = 'parked'")
    assert "4111111111111111" not in parked["content"]
    assert text


async def test_a_text_that_cannot_be_written_is_parked(story):
    receipts = await story.intake.receive(
        [story.event("\ud800 半分", customer="U2"), story.event("送料", customer="U1")]
    )
    assert [receipt.taken for receipt in receipts] == [Taken.PARKED, Taken.NEW]


@pytest.mark.parametrize("key", ["", "k" * 101, "\ud800"])
async def test_an_event_with_an_impossible_key_is_parked_once(story, key):
    events = [story.event("送料", customer="U1"), story.event(RETURN, customer="U2", key=key)]
    receipts = await story.intake.receive(events)
    await story.intake.receive(events)
    assert [receipt.taken for receipt in receipts] == [Taken.NEW, Taken.PARKED]
    parked = await story.rows("SELECT COUNT(*) AS n FROM inbox WHERE state = 'parked'")
    assert parked == [{"n": 1}]


async def test_what_the_database_does_not_take_is_not_acknowledged(story, database):
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    event = story.event(RETURN)
    with pytest.raises(StoreUnavailable):
        await story.intake.receive([event])
    other.execute("ROLLBACK")
    other.close()
    assert await story.transcript() == []
    (receipt,) = await story.intake.receive([event])
    assert (receipt.taken, await story.transcript()) == (
        Taken.NEW,
        [("customer", RETURN, []), *ANSWER],
    )


async def test_no_log_line_holds_what_a_customer_wrote(tell):
    story = tell(knowledge=Broken("ひみつ"))
    await story.say("ひみつ")
    (line,) = tell.logs
    assert {**line, "exc_info": None} == {
        "event": "event parked",
        "log_level": "error",
        "channel": "line",
        "event_key": "e1",
        "error": "ZeroDivisionError",
        "exc_info": None,
    }


# ── one question in several lines ───────────────────────────────────────────────────────────
async def test_several_short_lines_are_one_question_answered_once(story):
    for text in ("すみません", "配送", "なんですけど"):
        await story.say(text)
        story.clock.pass_time(700)
    assert [line[0] for line in await story.transcript()] == ["customer"] * 3
    await story.wait(1_500)
    await story.wait(60_000)
    who, asked, (fee, days, *ways_on) = SUGGESTED
    assert await story.transcript(after=3) == [(who, asked, [days, fee, *ways_on])]
    assert await outbox(story) == [("bot", "pending", "t-e3", 4, 4)]


async def test_a_clear_line_after_an_unclear_one_is_answered_at_once(story):
    await story.say("すみません")
    await story.say(RETURN)
    assert await story.transcript(after=2) == ANSWER
    await story.wait(60_000)
    assert await story.transcript(after=2) == ANSWER


async def test_an_unclear_line_is_settled_by_the_clock_of_the_process(tell):
    story = tell(merge_ms=30)
    await story.say("ぬるぽ")
    story.clock.pass_time(30)
    async with asyncio.timeout(30):
        while len(await story.transcript()) < 2:
            await asyncio.sleep(0.01)
    assert [line[0] for line in await story.transcript()] == ["customer", "bot"]


async def test_an_unclear_line_survives_the_end_of_the_process(tell):
    story = tell()
    await story.say("ぬるぽ")
    await story.intake.close()
    later = tell()
    await later.wait(5_000)
    await later.wait(5_000)
    assert [line[0] for line in await later.transcript()] == ["customer", "bot"]


@pytest.mark.parametrize(
    "fields",
    [{"text": "ありがとう"}, {"content": ContentKind.STICKER}, {"kind": EventKind.FOLLOW}],
)
async def test_a_line_that_waits_is_not_forgotten_for_what_comes_after_it(story, fields):
    await story.say("配送")
    row = await story.conversation()
    assert row["due_at"] == NOON + 1_500
    await story.say(**fields)
    await story.wait(1_500)
    assert (await story.transcript())[-1] == SUGGESTED
    assert (await story.conversation())["due_at"] == NOON + 1_800_000
    count = len(await story.transcript())
    await story.wait(60_000)
    assert len(await story.transcript()) == count


async def test_a_line_that_waits_goes_to_the_agent_who_claims(story):
    await story.say("ぬるぽ")
    await story.claim()
    await story.wait(5_000)
    assert await story.transcript() == [
        ("customer", "ぬるぽ", []),
        ("system", "担当の佐藤がお答えします。", []),
    ]


async def test_a_tap_counts_more_than_the_line_before_it(story):
    await story.say("ぬるぽ")
    await story.tap("entry:shipping-fee")
    await story.wait(5_000)
    assert await story.transcript(after=1) == [("customer", "送料はいくらですか？", []), *FEE]


# ── reachable or not, seen or not ───────────────────────────────────────────────────────────
async def test_a_new_follower_is_greeted_once_per_event(story):
    await story.follow(key="f1")
    await story.follow(key="f1")
    assert [(line[0], line[2]) for line in await story.transcript()] == [
        ("bot", ["返品", "配送", "商品", "その他", HUMAN])
    ]
    (row,) = await story.rows("SELECT reachable, notice_at, notice_version FROM customer")
    # there is no notice to show
    assert row == {"reachable": 1, "notice_at": None, "notice_version": None}


async def test_a_follow_while_a_person_answers_says_nothing(story):
    await story.say("担当者")
    await story.claim()
    count = len(await story.transcript())
    await story.follow()
    assert len(await story.transcript()) == count
    (row,) = await story.rows("SELECT notice_at FROM customer")
    assert row["notice_at"] is None


async def test_a_message_is_known_in_the_next_conversation_too(story):
    first = await story.say(RETURN, key="e1", source_key="m1")
    await story.wait(4_000_000)
    assert (await story.conversation())["state"] == "closed"
    again = await story.say(RETURN, key="e2", source_key="m1")
    assert (again.taken, again.seq) == (Taken.REPEATED, first.seq)
    assert [line["sender"] for line in await story.lines()] == ["customer", "bot", "bot"]
    assert (await story.conversation())["state"] == "closed"


async def test_an_unfollow_cancels_what_is_owed_and_marks_the_customer(story):
    await story.say(RETURN)
    await story.say(kind=EventKind.UNFOLLOW, source_key="")
    assert [row[1] for row in await outbox(story)] == ["cancelled"]
    assert await story.rows("SELECT reachable FROM customer") == [{"reachable": 0}]


async def test_whoever_writes_again_is_reachable_whatever_the_order_of_events(story):
    await story.follow()
    await story.say(kind=EventKind.UNFOLLOW, source_key="")
    await story.say(RETURN)
    assert [row[1] for row in await outbox(story)] == ["cancelled", "pending"]


async def test_an_unfollow_that_comes_late_costs_whoever_is_back_no_answer(story):
    """Its delivery failed; the customer unblocked us and asked; then LINE brought it again."""
    await story.say("こんにちは")
    left_at = story.clock.now + 1
    story.clock.pass_time(60_000)
    await story.say(RETURN)
    await story.say(kind=EventKind.UNFOLLOW, source_key="", occurred_at=left_at)
    assert [row[1] for row in await outbox(story)] == ["pending", "pending"]
    assert await story.rows("SELECT reachable FROM customer") == [{"reachable": 1}]


async def test_nor_whoever_has_only_followed_again(story):
    await story.say(RETURN)
    left_at = story.clock.now + 1
    story.clock.pass_time(60_000)
    await story.follow()
    await story.say(kind=EventKind.UNFOLLOW, source_key="", occurred_at=left_at)
    assert await story.rows("SELECT reachable FROM customer") == [{"reachable": 1}]
    story.clock.pass_time(1)
    await story.say(kind=EventKind.UNFOLLOW, source_key="")
    assert await story.rows("SELECT reachable FROM customer") == [{"reachable": 0}]


async def test_an_unfollow_or_unsend_makes_nobody_known(story):
    await story.say(kind=EventKind.UNFOLLOW, source_key="", customer="U9")
    await story.unsend("never", customer="U9")
    assert await story.rows("SELECT * FROM customer") == []


async def test_standby_records_and_sends_nothing(story):
    await story.say(RETURN, standby=True)
    await story.follow(standby=True)
    await story.tap("human", standby=True)
    assert await story.transcript() == [("customer", RETURN, []), ("customer", HUMAN, [])]
    assert await outbox(story) == []
    assert (await story.conversation())["state"] == "bot"


async def test_an_event_of_nobody_is_kept(story):
    receipt = await story.say("だれか", customer=None)
    assert (receipt.taken, receipt.conversation_id) == (Taken.NEW, None)
    assert await story.rows("SELECT state FROM inbox") == [{"state": "kept"}]


async def test_a_redelivery_renews_the_token_of_what_was_never_tried(story):
    await story.say(RETURN, key="k")
    story.clock.pass_time(45_000)
    await story.say(RETURN, key="k")
    rows = await story.rows("SELECT token_at FROM outbox")
    assert rows == [{"token_at": NOON + 45_000}]


async def test_a_redelivery_renews_no_token_that_is_in_doubt(story):
    """A refused token would then be taken for a used one, and the answer would be lost."""
    await story.say(RETURN, key="k")
    await story.store.write(lambda tx: tx.run("UPDATE outbox SET attempts = 1, reply_doubt = 1"))
    story.clock.pass_time(45_000)
    await story.say(RETURN, key="k")
    assert await story.rows("SELECT token_at FROM outbox") == [{"token_at": NOON}]


# ── languages, pictures, numbers ────────────────────────────────────────────────────────────
async def test_the_language_follows_the_customer(story):
    await story.say("How long can I return an item?")
    await story.say("PayPay")
    await story.wait(2_000)
    await story.say("送料はいくらですか？")
    told = [line[1] for line in await story.transcript() if line[0] == "bot"]
    assert told == [
        "Within 8 days of delivery.",
        "Did that solve it?",
        (
            "I am sorry, I did not quite get that. Could you put it in a short sentence, "
            "for example “How long can I return an item?”?"
        ),
        "全国一律500円です。",
        "解決しましたか？",
    ]
    assert await story.rows("SELECT lang FROM customer") == [{"lang": "ja"}]


async def test_a_picture_is_owed_and_acknowledged(story):
    media = Media(source="m9", content_type="image/jpeg")
    await story.say(content=ContentKind.IMAGE, media=media)
    rows = await story.rows("SELECT source, state, message_id FROM attachment")
    assert rows == [{"source": "m9", "state": "owed", "message_id": 1}]
    assert [line[0] for line in await story.transcript()] == ["customer", "bot"]


async def test_a_card_number_is_hidden_and_the_customer_told(story):
    await story.say("カード 4111 1111 1111 1111 で送料を払えますか？")
    texts = [line[1] for line in await story.transcript()]
    assert texts[1] == "カード番号やマイナンバーと思われる数字は、安全のため伏せて保存しました。"
    assert [value for value in await story.dump() if "4111 1111" in value] == []


async def test_the_next_conversation_knows_the_last(story):
    await story.say(RETURN)
    await story.wait(1_800_000)
    first = await story.conversation()
    await story.say("こんにちは")
    second = await story.conversation()
    assert (first["state"], first["closed_how"]) == ("closed", "lapsed")
    assert second["previous_id"] == first["id"] != second["id"]
    await story.tap("solved")
    assert (await story.conversation())["state"] == "resolved"


async def test_a_tapped_label_reads_as_such_and_labels_its_question(story):
    await story.say("返品")
    await story.wait(2_000)
    await story.tap("none")
    line = (await story.lines())[-2]
    assert (line["sender"], line["text"]) == ("customer", "どれでもない")


def test_events_of_the_factory_are_distinct():
    assert inbound("a", key="1") != inbound("a", key="2")
