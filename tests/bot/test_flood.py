"""More messages of one customer than anybody could read the answers to."""

from bot.messages import FLOOD

RETURN = "返品はいつまでできますか？"
NOTICE = (
    "恐れ入りますが、一度に多くのメッセージをいただいたため、お返事できていないものがあります。"
    "少し時間をおいて、もう一度お送りください。"
)


async def test_a_flood_is_kept_answered_in_part_and_told_once(story):
    for _ in range(FLOOD):
        await story.say(RETURN)
    rows = await story.rows("SELECT sender, text FROM message ORDER BY seq")
    heard = [row["text"] for row in rows if row["sender"] == "customer"]
    assert heard == [RETURN] * FLOOD
    last_answer = max(at for at, row in enumerate(rows) if row["sender"] == "bot")
    assert last_answer < FLOOD
    assert [row["text"] for row in rows if row["sender"] == "system"] == [NOTICE]

    story.clock.pass_time(10_000)
    await story.say(RETURN)
    assert [sender for sender, *_ in await story.last(3)] == ["customer", "bot", "bot"]


async def test_an_eager_customer_is_answered_each_time(story):
    for _ in range(30):
        await story.say(RETURN)
    rows = await story.rows("SELECT sender FROM message WHERE sender <> 'customer'")
    assert [row["sender"] for row in rows] == ["bot"] * 60


async def test_a_clock_that_was_set_back_makes_nobody_a_flood(story):
    for _ in range(FLOOD // 3 + 1):
        await story.say(RETURN)
        story.clock.pass_time(1_000)
    story.clock.pass_time(-3_600_000)
    await story.say(RETURN)
    assert [sender for sender, *_ in await story.last(3)] == ["customer", "bot", "bot"]
