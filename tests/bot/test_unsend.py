import pytest

from bot.events import ContentKind, Media
from bot.settings import DEFAULT_FORM
from bot.unsend import find_said_in

SECRET = "ひみつの言葉"
#: parked events are kept in ASCII
PLAIN = "himitsu"
RETURN = "返品はいつまでできますか？"


async def left(story, text=SECRET):
    return [value for value in await story.dump() if text in value]


async def test_our_copy_is_hidden_and_its_place_remains(story):
    receipt = await story.say(SECRET + "について教えてほしいのですが、どうすればよいでしょうか。")
    await story.unsend(receipt)
    assert await left(story) == []
    (line, *_) = await story.lines()
    assert (line["seq"], line["sender"], line["text"], line["erased_how"]) == (
        1, "customer", None, "unsent",
    )  # fmt: skip


async def test_a_repeated_unsend_changes_nothing(story):
    receipt = await story.say(RETURN)
    await story.unsend(receipt, key="u")
    told = await story.lines()
    story.clock.pass_time(1_000)
    await story.unsend(receipt, key="u")
    await story.unsend(receipt, key="u2")
    assert await story.lines() == told


async def test_a_message_that_comes_after_its_unsend_says_nothing(story):
    await story.say("こんにちは")
    await story.unsend("late")
    await story.say(SECRET, key="late")
    assert await left(story) == []
    assert [(line["sender"], line["text"]) for line in await story.lines()][2:] == [
        ("customer", None)
    ]
    await story.wait(5_000)
    assert (await story.conversation())["state"] == "bot"
    await story.say(SECRET, key="late")
    assert await left(story) == []


async def test_also_when_the_message_cannot_be_taken(story, monkeypatch):
    await story.say("こんにちは")
    await story.unsend("late")

    def fail(*_args):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("bot.taking.find_open", fail)
        broken.setattr("bot.taking.take_conversation", fail)
        await story.say(PLAIN, key="late")
    (parked,) = await story.rows("SELECT id, state FROM inbox WHERE event_key = 'late'")
    assert parked["state"] == "parked"
    assert await left(story, PLAIN) == []
    await story.intake.retry(parked["id"])
    assert [(line["sender"], line["text"]) for line in await story.lines()][2:] == [
        ("customer", None)
    ]


async def test_a_picture_that_comes_after_its_unsend_is_not_fetched(story):
    await story.say("こんにちは")
    await story.unsend("late")
    await story.say(content=ContentKind.IMAGE, media=Media(source="m"), key="late")
    assert await story.rows("SELECT * FROM attachment") == []


async def test_an_unsent_picture_is_not_fetched(story):
    receipt = await story.say(content=ContentKind.IMAGE, media=Media(source="m"))
    await story.unsend(receipt)
    assert await story.rows("SELECT state FROM attachment") == [{"state": "erased"}]


async def test_a_line_that_waits_is_not_answered_once_it_is_unsent(story):
    receipt = await story.say(SECRET)
    await story.unsend(receipt)
    await story.wait(5_000)
    assert await left(story) == []
    row = await story.conversation()
    assert (row["state"], len(await story.lines())) == ("bot", 1)
    await story.wait(1_800_000)
    assert (await story.conversation())["closed_how"] == "lapsed"


async def test_the_other_lines_of_a_question_are_still_answered(story):
    await story.say("すみません")
    receipt = await story.say(SECRET)
    await story.say("配送")
    await story.unsend(receipt)
    await story.wait(2_000)
    assert (await story.last())[0][1] == "どれについてのご質問でしょうか？"
    assert await left(story) == []


async def test_the_form_forgets_what_was_unsent(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者")
    receipt = await story.say(SECRET)
    assert len(await left(story)) == 3  # message, form and customer
    await story.unsend(receipt)
    assert await left(story) == []


async def test_a_comment_of_the_survey_is_forgotten(story):
    await story.say("担当者")
    await story.claim()
    await story.resolve()
    await story.say("5")
    receipt = await story.say(SECRET)
    await story.unsend(receipt)
    assert await left(story) == []
    assert await story.rows("SELECT score FROM survey") == [{"score": 5}]


async def test_the_next_conversation_forgets_it_too(story):
    receipt = await story.say(SECRET)
    await story.wait(2_000)
    await story.wait(1_800_000)
    await story.say("こんにちは")
    await story.unsend(receipt)
    assert await left(story) == []


async def test_a_label_of_a_tap_forgets_its_question(story):
    receipt = await story.say(f"配送 {SECRET}")
    await story.wait(2_000)
    await story.tap("none")
    await story.unsend(receipt)
    assert await left(story) == []


async def test_a_parked_event_forgets_what_was_unsent(tell, desk, monkeypatch):
    story = tell()
    monkeypatch.setattr(desk, "escalate", lambda *_, **__: 1 / 0)
    await story.say(f"担当者 {SECRET}", key="bad")
    await story.unsend("bad")
    assert [value for value in await story.dump() if "\\u3072\\u307f" in value] == []
    monkeypatch.undo()
    (parked,) = await story.rows("SELECT id FROM inbox WHERE state = 'parked'")
    await story.intake.retry(parked["id"])
    assert await story.transcript() == [("customer", None, [])]


async def test_nobody_takes_back_the_message_of_another(story):
    receipt = await story.say(RETURN)
    await story.say("こんにちは", customer="U2")
    await story.unsend(receipt, customer="U2")
    assert (await story.lines())[0]["text"] == RETURN


@pytest.mark.parametrize("target", ["", "never", "%", "s-e"])
async def test_an_unknown_target_changes_nothing(story, target):
    await story.say(RETURN)
    told = await story.lines()
    await story.unsend(target)
    assert await story.lines() == told


async def test_a_number_that_was_taken_back_is_not_called(story, desk):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap_label("100-200時")
    receipt = await story.say("080-7766-5544")
    assert [call[2] for call in desk.booked] == ["08077665544"]
    await story.unsend(receipt)
    assert desk.booked == []
    assert await left(story, "5544") == []


async def test_a_confirmation_that_did_not_arrive_is_not_sent_again_with_the_number(story, desk):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap_label("100-200時")
    receipt = await story.say("080-7766-5544")
    await story.store.write(
        lambda tx: tx.run("UPDATE outbox SET state = 'failed' WHERE body LIKE '%5544%'")
    )
    await story.unsend(receipt)
    assert await left(story, "5544") == []
    (row,) = await story.rows("SELECT state FROM outbox ORDER BY id DESC LIMIT 1")
    assert row == {"state": "cancelled"}


async def erase(story, text):
    """What the desk does with a message that should not be there."""

    def run(tx):
        (row,) = tx.all("SELECT id, conversation_id FROM message WHERE text = :text", text=text)
        said = find_said_in(tx, row["conversation_id"], row["id"])
        story.closing.erase(tx, said, story.clock())

    await story.store.write(run)


async def test_a_number_that_the_staff_erase_is_nowhere_and_comes_not_back(story, desk):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap_label("100-200時")
    await story.say("080-7766-5544", key="number")
    assert len(await left(story, "5544")) > 2  # message, confirmation, what is owed to LINE
    await erase(story, "080-7766-5544")
    assert desk.booked == []
    assert await left(story, "5544") == []
    (owed,) = await story.rows("SELECT state, body FROM outbox ORDER BY id DESC LIMIT 1")
    assert owed == {"state": "cancelled", "body": '{"bubbles":[],"sender_name":null}'}
    lines = await story.lines()
    await story.say("080-7766-5544", key="number")
    assert await story.lines() == lines
    assert {line["erased_how"] for line in lines if line["text"] is None} == {"erased"}


async def test_a_line_that_waits_is_not_answered_once_the_staff_erased_it(story):
    await story.say(SECRET)
    await erase(story, SECRET)
    await story.wait(5_000)
    assert await left(story) == []
    assert ((await story.conversation())["state"], len(await story.lines())) == ("bot", 1)
    await story.wait(1_800_000)
    assert (await story.conversation())["closed_how"] == "lapsed"


async def test_a_question_beside_a_wish_for_a_person_is_forgotten_too(story):
    receipt = await story.say("担当者と話したいです。返金の時期を知りたいです！")
    # a button from before, tapped meanwhile
    await story.tap("entry:refund-when")
    await story.unsend(receipt)
    assert await left(story, "知りたいです！") == []
