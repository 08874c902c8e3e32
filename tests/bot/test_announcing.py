"""What is announced in the talk: first, once, instead of paused answers, no dead end."""

from dataclasses import replace
from datetime import datetime

import pytest
from factories import KNOWLEDGE, NOON, fresh, heard, mind, said

from bot.clock import MINUTE_MS
from bot.conversation import Cause, Stage, Talk, talk_from_json
from bot.dialogue import next_turn, settle
from bot.sending import BUBBLES_PER_REQUEST
from faq.announcement import Announcement

SNOW = Announcement(
    id="snow",
    text="大雪のため、お届けが2〜3日遅れています。",
    topics=("配送",),
    translations={"en": "Snow delays deliveries by 2 to 3 days."},
)
FEE, DAYS, RETURN = "送料はいくらですか？", "何日で届きますか？", "返品はいつまでできますか？"
LED = ("【お知らせ】大雪のため、お届けが2〜3日遅れています。", [])
ANSWER = ("全国一律500円です。", [])
SOLVED = ("解決しましたか？", ["解決した", "解決しない", "担当者に相談"])
INSTEAD = (
    "いまご案内できるのは以上です。担当者におつなぎしますか？ ほかのご質問も承ります。",
    ["担当者につなぐ", "ほかの質問をする"],
)


def aware(*announcements, **more):
    """A mind that has to announce these."""
    return mind(knowledge=replace(KNOWLEDGE, announcements=announcements), **more)


def asked(text, know, talk=None, **more):
    """The turn after a question, and after nothing was added to it."""
    turn = next_turn(talk or Talk(), said(text, **more), know)
    return settle(turn.talk, know) if turn.wait_until else turn


def test_it_leads_once_in_a_conversation():
    know = aware(SNOW)
    first = asked(FEE, know)
    again = asked(FEE, know, talk_from_json(first.talk.to_json()))
    other = asked(DAYS, know, again.talk)
    assert heard(first) == [LED, ANSWER, SOLVED]
    assert heard(again) == [ANSWER, SOLVED]
    assert heard(other) == [("2日から4日です。", []), SOLVED]
    assert [(ours.announcement, ours.entry_id) for ours in first.says] == [
        ("snow", None),
        (None, "shipping-fee"),
        (None, None),
    ]
    assert first.talk.announced == ("snow",)


@pytest.mark.parametrize("channel", ["line", "web"])
def test_it_speaks_the_language_of_the_customer(channel):
    assert heard(asked("送料", aware(SNOW, lang="en", channel=channel)))[0] == (
        "Please note: Snow delays deliveries by 2 to 3 days.",
        [],
    )
    german = replace(SNOW, translations={"de": "Schnee"})
    assert heard(asked(FEE, aware(german, channel=channel)))[0] == LED


def test_other_matters_hear_nothing_of_it():
    assert heard(asked(RETURN, aware(SNOW))) == heard(asked(RETURN, mind()))


def test_without_topics_it_leads_everything_that_is_asked_but_not_small_talk():
    know = aware(replace(SNOW, topics=()))
    told = {
        text: heard(asked(text, know))[0] == LED
        for text in (RETURN, "返金はいつ入りますか？", "ぬるぽ", "こんにちは", "ありがとう")
    }
    assert told == {
        RETURN: True,
        "返金はいつ入りますか？": True,
        "ぬるぽ": True,
        "こんにちは": False,
        "ありがとう": False,
    }


def test_it_comes_and_goes_by_the_clock():
    # 17:00 in Tokyo
    span = {"starts": datetime(2027, 1, 19, 17, 30), "ends": datetime(2027, 1, 19, 18)}
    known = replace(KNOWLEDGE, announcements=(replace(SNOW, **span),))
    after = {
        minutes: heard(asked(FEE, mind(knowledge=known, now=NOON + minutes * MINUTE_MS)))[0] == LED
        for minutes in (0, 29, 30, 59, 60)
    }
    assert after == {0: False, 29: False, 30: True, 59: True, 60: False}


def test_a_channel_that_is_not_meant_is_spared():
    web = replace(SNOW, channels=("web",))
    assert heard(asked(FEE, aware(web, channel="web")))[0] == LED
    assert heard(asked(FEE, aware(web, channel="line"))) == [ANSWER, SOLVED]


def test_the_closest_two_lead_and_the_rest_has_its_turn():
    for_all = replace(SNOW, id="all", text="全", topics=())
    named = replace(SNOW, id="fee", text="料", topics=("shipping-fee",))
    know = aware(for_all, SNOW, named)
    first = asked(FEE, know)
    second = asked(DAYS, know, first.talk)
    assert [ours.announcement for ours in first.says] == ["fee", "snow", None, None]
    assert [ours.announcement for ours in second.says] == ["all", None, None]


def test_the_best_suggestion_and_a_chosen_category_count_as_asked():
    know = aware(SNOW, replace(SNOW, id="back", text="返品は休止中です。", topics=("返品",)))
    suggested = next_turn(Talk(), said("返金"), know)
    turn = settle(suggested.talk, know) if suggested.wait_until else suggested
    assert turn.talk.stage in (Stage.SUGGESTED, Stage.SOLVED)
    assert heard(turn)[0] == ("【お知らせ】返品は休止中です。", [])
    chosen = next_turn(Talk(), said(choice="cat:配送"), know)
    assert heard(chosen) == [
        LED,
        ("「配送」のよくあるご質問です。お選びください。", [FEE, DAYS, "担当者に相談"]),
    ]
    # the numbers on LINE mean what stands last
    assert heard(next_turn(chosen.talk, said("1"), know)) == [ANSWER, SOLVED]


def test_a_question_that_nothing_fits_may_name_the_topic():
    know = aware(SNOW)
    told = {text: heard(asked(text, know))[0] == LED for text in ("配送ぬるぽがっ", "ぬるぽがっ")}
    assert told == {"配送ぬるぽがっ": True, "ぬるぽがっ": False}


# --- paused

PAUSED = replace(SNOW, pause=("shipping-days",))


def test_a_paused_entry_is_not_answered_and_the_ways_on_are_shown():
    know = aware(PAUSED)
    turn = asked(DAYS, know)
    assert heard(turn) == [LED, INSTEAD]
    assert [(ours.announcement, ours.entry_id) for ours in turn.says] == [
        ("snow", None),
        (None, None),
    ]
    assert turn.says[0].decision["kind"] == "answer"
    assert turn.talk.entry_id is None
    # each time it is asked
    again = asked(DAYS, know, turn.talk)
    assert heard(again) == [LED, INSTEAD]
    # and another entry of the topic is answered, without hearing it again
    assert heard(asked(FEE, know, turn.talk)) == [ANSWER, SOLVED]


def test_a_tapped_paused_entry_is_the_same():
    assert heard(next_turn(Talk(), said(choice="entry:shipping-days"), aware(PAUSED))) == [
        LED,
        INSTEAD,
    ]


@pytest.mark.parametrize("yes", ["はい", "1", "お願いします", "担当者につなぐ"])
def test_yes_leads_to_people_who_were_asked_for(yes):
    know = aware(PAUSED)
    turn = next_turn(asked(DAYS, know).talk, said(yes), know)
    assert (turn.escalate.cause, heard(turn)) == (Cause.ASKED, [])


@pytest.mark.parametrize("no", ["いいえ", "2", "大丈夫です", "ほかの質問をする"])
def test_no_leads_to_the_next_question(no):
    know = aware(PAUSED)
    turn = next_turn(asked(DAYS, know).talk, said(no), know)
    assert heard(turn) == [("承知しました。ご質問をお送りください。", ["担当者に相談"])]
    assert heard(asked(FEE, know, turn.talk)) == [ANSWER, SOLVED]


def test_after_a_miss_people_come_in_because_of_it():
    know = aware(PAUSED)
    talk = asked("ぬるぽ", know).talk
    turn = asked("がっ", know, talk)
    assert next_turn(turn.talk, said("はい"), know).escalate.cause is Cause.MISSES


def test_the_other_question_of_the_message_is_still_offered():
    turn = asked("何日で届きますか？返品はいつまでできますか？", aware(PAUSED))
    (text, ways) = INSTEAD
    assert heard(turn) == [LED, (text, [RETURN, *ways])]


def test_a_paused_entry_that_hands_over_still_does():
    recall = replace(SNOW, id="recall", topics=(), pause=("broken",))
    turn = asked("商品が破損している", aware(recall))
    assert heard(turn) == [LED]
    assert (turn.escalate.cause, turn.escalate.team) == (Cause.ENTRY, "returns")


def test_an_english_customer_of_a_paused_entry():
    know = aware(PAUSED, lang="en")
    assert heard(next_turn(Talk(), said(choice="entry:shipping-days"), know)) == [
        ("Please note: Snow delays deliveries by 2 to 3 days.", []),
        (
            (
                "This is all we can say for now. Shall I connect you with a person? "
                "You can also ask something else."
            ),
            ["Connect me", "Ask something else"],
        ),
    ]


# --- limits


def test_a_reply_on_line_stays_one_request():
    many = [replace(SNOW, id=f"n-{n}", topics=()) for n in range(9)]
    turns = [
        asked(FEE, aware(*many)),
        asked("ぬるぽ", aware(*many)),
        asked("商品が破損している", aware(*many)),
        asked(DAYS, aware(*many, PAUSED)),
    ]
    # what a hand-over adds and the notice about masked digits come on top
    sizes = [len(turn.says) + (2 if turn.escalate else 0) + 1 for turn in turns]
    assert max(sizes) <= BUBBLES_PER_REQUEST, sizes


def test_a_long_conversation_remembers_the_latest():
    talk = fresh(announced=tuple(f"old-{n}" for n in range(20)))
    turn = asked(FEE, aware(SNOW), talk)
    assert turn.talk.announced == (*(f"old-{n}" for n in range(1, 20)), "snow")


def test_what_is_written_around_it_cannot_be_filled_in_by_it():
    odd = replace(SNOW, text="{text} {account} 100%")
    assert heard(asked(FEE, aware(odd)))[0] == ("【お知らせ】{text} {account} 100%", [])
