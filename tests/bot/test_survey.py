import pytest

from bot.events import ContentKind, EventKind

RETURN = "返品はいつまでできますか？"
ASKED = "今回の対応はいかがでしたか？ 1〜5でお聞かせください。"
SCORES = ["5 とても満足", "4 満足", "3 ふつう", "2 不満", "1 とても不満"]
THANKS = "ご回答ありがとうございました。またいつでもご相談ください。"
COMMENT = "ありがとうございます。よろしければ、一言お聞かせください。"
LOW = (
    "ご期待に沿えず申し訳ございません。責任者が内容を確認いたします。"
    "よろしければ、お気づきの点をお聞かせください。"
)
OVER = (
    "恐れ入りますが、このアンケートの受付は終了しました。"
    "ご用件がありましたら、こちらにお送りください。"
)
SOLVED = "解決してよかったです。ご利用ありがとうございました。"
DAY = 86_400_000


async def surveys(story):
    return [
        (row["conversation_id"], row["round"], row["handled_by"], row["state"], row["score"],
         row["comment"])
        for row in await story.rows("SELECT * FROM survey ORDER BY id")
    ]  # fmt: skip


@pytest.fixture
async def by_bot(story):
    await story.say(RETURN)
    await story.tap("solved")
    return story


@pytest.fixture
async def by_agent(story):
    await story.say("担当者")
    await story.claim(agent_id=7)
    await story.resolve(agent_id=7)
    return story


async def test_a_handling_by_the_bot_is_asked_about(by_bot):
    assert await by_bot.last(3) == [
        ("customer", "解決した", []), ("bot", SOLVED, []), ("bot", ASKED, SCORES),
    ]  # fmt: skip
    assert await surveys(by_bot) == [(1, 1, "bot", "asked", None, None)]
    row = await by_bot.conversation()
    assert (row["state"], row["due_at"] - row["resolved_at"]) == ("resolved", DAY)


async def test_a_handling_by_an_agent_is_asked_about(by_agent):
    assert await by_agent.last() == [("system", ASKED, SCORES)]
    assert await surveys(by_agent) == [(1, 1, "agent", "asked", None, None)]


@pytest.mark.parametrize("text", ["5", "５点", "★★★★★", "5 とても満足"])
async def test_a_typed_score_and_a_comment(by_agent, text):
    await by_agent.say(text)
    await by_agent.say("とても丁寧でした")
    assert await by_agent.last(4) == [
        ("customer", text, []),
        ("bot", COMMENT, ["スキップ"]),
        ("customer", "とても丁寧でした", []),
        ("bot", THANKS, []),
    ]
    assert await surveys(by_agent) == [(1, 1, "agent", "answered", 5, "とても丁寧でした")]
    row = await by_agent.conversation()
    assert (row["state"], row["closed_how"], row["review"]) == ("closed", "survey", 0)


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
async def test_a_low_score_reaches_the_supervisors(by_agent, score):
    await by_agent.tap_label(SCORES[5 - score])
    row = await by_agent.conversation()
    assert row["review"] == int(score <= 2)
    assert await by_agent.last() == [("bot", LOW if score <= 2 else COMMENT, ["スキップ"])]


@pytest.mark.parametrize("fields", [{"text": "スキップ"}, {"choice": "skip"}])
async def test_the_comment_can_be_skipped(by_agent, fields):
    await by_agent.say("4")
    await by_agent.say(**fields)
    assert (await by_agent.last())[0][1] == THANKS
    assert await surveys(by_agent) == [(1, 1, "agent", "answered", 4, None)]


@pytest.mark.parametrize(
    "fields",
    [{"text": "ありがとうございました"}, {"text": "👍"}, {"content": ContentKind.STICKER}],
)
@pytest.mark.parametrize("scored", [False, True])
async def test_thanks_neither_answer_nor_end_a_survey(by_agent, fields, scored):
    if scored:
        await by_agent.say("4")
    await by_agent.say(**fields)
    assert (await by_agent.last())[0][1] == (
        "どういたしまして。ほかにもございましたら、いつでもお送りください。"
    )
    assert (await by_agent.conversation())["state"] == "resolved"


async def test_a_tap_corrects_a_tap(by_agent):
    await by_agent.tap_label(SCORES[0])
    await by_agent.tap("score:1:1:1")
    assert await surveys(by_agent) == [(1, 1, "agent", "answered", 1, None)]
    assert (await by_agent.conversation())["review"] == 1


async def test_no_answer_after_a_day_is_counted_as_such(by_agent):
    await by_agent.wait(DAY)
    assert await surveys(by_agent) == [(1, 1, "agent", "lapsed", None, None)]
    assert (await by_agent.conversation())["closed_how"] == "lapsed"
    await by_agent.tap("score:5:1:1")
    assert await by_agent.last(2) == [("customer", SCORES[0], []), ("bot", OVER, [])]
    assert await surveys(by_agent) == [(1, 1, "agent", "lapsed", None, None)]


async def test_another_matter_begins_another_conversation(by_agent):
    await by_agent.say(RETURN)
    rows = await by_agent.rows("SELECT state, closed_how, previous_id FROM conversation")
    assert rows == [
        {"state": "closed", "closed_how": "new_matter", "previous_id": None},
        {"state": "bot", "closed_how": None, "previous_id": 1},
    ]
    assert (await by_agent.last(2))[0][1] == "商品到着後8日以内でしたら返品できます。"
    assert await surveys(by_agent) == [(1, 1, "agent", "lapsed", None, None)]


async def test_a_late_tap_within_the_day_counts_beside_another_matter(by_agent):
    await by_agent.say(RETURN)
    await by_agent.tap("score:2:1:1")
    assert await by_agent.last() == [("bot", THANKS, [])]
    assert await surveys(by_agent) == [(1, 1, "agent", "answered", 2, None)]
    assert await by_agent.rows("SELECT state, review FROM conversation ORDER BY id") == [
        {"state": "closed", "review": 1},
        {"state": "bot", "review": 0},
    ]


@pytest.mark.parametrize("text", ["担当者", "返金しろ", RETURN])
async def test_what_is_no_comment_is_another_matter(by_agent, text):
    await by_agent.say("4")
    await by_agent.say(text)
    assert await surveys(by_agent) == [(1, 1, "agent", "answered", 4, None)]
    assert (await by_agent.conversation())["id"] == 2


@pytest.mark.parametrize(
    "code",
    ["score:9:1:1", "score:0:1:1", "score:5:1", "score:x:1:1", "score:²:1:1", "score:5:99:1"],
)
async def test_a_score_that_was_never_offered_is_not_recorded(by_agent, code):
    before = await surveys(by_agent)
    await by_agent.tap(code)
    assert [one[4] for one in await surveys(by_agent)] == [one[4] for one in before]


async def test_nobody_scores_the_conversation_of_another(by_agent):
    await by_agent.say("score", choice="score:1:1:1", customer="U2")
    assert await surveys(by_agent) == [(1, 1, "agent", "asked", None, None)]
    assert (await by_agent.conversation())["review"] == 0


async def test_each_handling_is_asked_about_once(by_bot):
    await by_bot.tap("solved")
    await by_bot.tap("solved")
    asked = [line for line in await by_bot.transcript() if line[1] == ASKED]
    assert (len(asked), len(await surveys(by_bot))) == (1, 1)


async def test_spam_is_not_asked(story):
    await story.say("担当者")
    await story.claim()
    await story.resolve(ask_survey=False)
    assert await surveys(story) == []
    assert (await story.conversation())["state"] == "closed"


async def test_who_is_unreachable_is_not_asked(story):
    await story.say("担当者")
    await story.claim()
    await story.say(kind=EventKind.UNFOLLOW, source_key="")
    await story.resolve()
    assert await surveys(story) == [(1, 1, "agent", "undeliverable", None, None)]
    assert ASKED not in [line[1] for line in await story.transcript()]


async def test_who_blocks_us_before_answering_was_not_reached(by_agent):
    await by_agent.say(kind=EventKind.UNFOLLOW, source_key="")
    assert await surveys(by_agent) == [(1, 1, "agent", "undeliverable", None, None)]


async def test_a_second_handling_has_its_own_survey(by_agent):
    await by_agent.say("3")
    await by_agent.store.write(
        lambda tx: tx.run(
            "UPDATE conversation SET state = 'assigned', agent_id = 7, round = 2, talk = '{}',"
            " due_at = NULL"
        )
    )
    await by_agent.resolve(agent_id=7)
    await by_agent.tap("score:1:1:1")
    await by_agent.say("5")
    await by_agent.say("今度は早かった")
    assert await surveys(by_agent) == [
        (1, 1, "agent", "answered", 1, None),
        (1, 2, "agent", "answered", 5, "今度は早かった"),
    ]


async def test_an_old_survey_is_answered_in_silence_while_a_person_talks(by_agent):
    await by_agent.say("別の件です")
    await by_agent.say("担当者")
    await by_agent.claim(agent_id=8)
    before = await by_agent.transcript()
    await by_agent.say(choice="score:2:1:1")
    said = [line for line in await by_agent.transcript() if line not in before]
    assert said == [("customer", "2 不満", [])]
    assert (await surveys(by_agent))[0] == (1, 1, "agent", "answered", 2, None)
