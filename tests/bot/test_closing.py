from bot.closing import list_due
from bot.rows import get_conversation, get_customer

MINUTE = 60_000
LAPSE = (
    "しばらくご連絡がありませんでしたので、いったん終了いたします。またいつでもお送りください。"
)


async def test_a_quiet_conversation_ends_silently_on_line(story):
    await story.say("送料はいくらですか？")
    count = len(await story.transcript())
    await story.wait(30 * MINUTE - 1)
    assert (await story.conversation())["state"] == "bot"
    await story.wait(1)
    row = await story.conversation()
    assert (row["state"], row["closed_how"], row["due_at"]) == ("closed", "lapsed", None)
    assert len(await story.transcript()) == count


async def test_a_quiet_conversation_ends_kindly_on_the_web(tell):
    story = tell(channel="web")
    await story.say("送料はいくらですか？")
    await story.wait(30 * MINUTE)
    assert await story.last() == [("system", LAPSE, [])]


async def test_a_visitor_who_said_nothing_hears_nothing(tell):
    story = tell(channel="web")
    await story.follow()
    await story.wait(30 * MINUTE)
    assert [line[0] for line in await story.transcript()] == ["bot"]
    assert (await story.conversation())["state"] == "closed"


async def test_each_message_begins_the_time_anew(story):
    await story.say("送料はいくらですか？")
    await story.wait(20 * MINUTE)
    await story.say("返金はいつ入りますか？")
    await story.wait(20 * MINUTE)
    assert (await story.conversation())["state"] == "bot"


async def test_a_conversation_may_lapse_again_after_it_was_reopened(tell):
    story = tell(channel="web")
    await story.say("送料はいくらですか？")
    await story.wait(30 * MINUTE)
    await story.store.write(
        lambda tx: tx.run(
            "UPDATE conversation SET state = 'bot', closed_at = NULL, due_at = :now",
            now=story.clock.now + 1,
        )
    )
    await story.wait(1)
    assert [line[1] for line in await story.transcript()][-2:] == [LAPSE, LAPSE]


async def test_who_waits_on_the_web_hears_the_place_again(tell):
    story = tell(channel="web")
    await story.say("担当者", customer="U2")
    await story.say("担当者")
    await story.wait(5 * MINUTE)
    await story.wait(5 * MINUTE)
    told = [line for line in await story.transcript() if line[0] == "system"]
    assert told == [("system", "お待たせしております。ただいまの順番は2番目です。", [])] * 2


async def test_who_is_called_back_hears_no_place(tell):
    story = tell(channel="web")
    await story.say("担当者")
    await story.tap("callback")
    await story.tap("slot:100-200")
    await story.say("09012345678")
    await story.wait(5 * MINUTE)
    assert [line for line in await story.transcript() if line[0] == "system"] == []


async def test_who_waits_on_line_is_not_disturbed(story):
    await story.say("担当者")
    count = len(await story.transcript())
    await story.wait(5 * MINUTE)
    assert len(await story.transcript()) == count
    assert (await story.conversation())["due_at"] == story.clock.now + 5 * MINUTE


async def test_what_is_not_due_any_more_is_left_alone(story):
    await story.say("ぬるぽ")
    await story.say("送料はいくらですか？")
    told = await story.transcript()
    story.clock.pass_time(1_500)
    await story.intake.settle_due(1)
    await story.intake.settle_due(999)
    assert await story.transcript() == told


async def test_every_open_conversation_has_an_owner_or_a_time(story):
    """No orphan: whatever was said, something will happen."""
    for number, text in enumerate(["こんにちは", "送料", "ぬるぽ", "担当者", "返金しろ"]):
        await story.say(text, customer=f"U{number}")
    orphans = await story.rows(
        "SELECT id FROM conversation WHERE state NOT IN ('closed', 'assigned') AND due_at IS NULL"
    )
    assert orphans == []
    due = await story.store.read(list_due, now=story.clock.now + 30 * MINUTE)
    assert sorted(due) == [1, 2, 3, 4, 5]


async def test_back_in_the_queue_the_customer_hears_so(story):
    await story.say("担当者")
    await story.claim()

    def put_back(tx, now):
        conversation = story._conversation(tx)
        tx.run(
            "UPDATE conversation SET state = 'waiting', agent_id = NULL, due_at = :now", now=now
        )
        customer = get_customer(tx, conversation.customer_id)
        story.closing.returned_to_queue(tx, get_conversation(tx, conversation.id), customer, now)

    await story.store.write(put_back, story.clock.now)
    assert await story.last(2) == [
        ("system", "担当の佐藤がお答えします。", []),
        ("system", "お待たせして申し訳ございません。ほかの担当者が順番にお答えします。", []),
    ]
