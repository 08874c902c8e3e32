"""What says too little to be answered outright is asked back, with what it may mean."""

import pytest

from faq.entry import Entry, Translation
from faq.knowledge import build_knowledge

KNOWLEDGE = build_knowledge(
    (
        Entry(
            id="locked",
            question="ログインできなくなりました",
            variants=("何度も間違えて入れなくなった",),
            answer="30分お待ちください。",
        ),
        Entry(
            id="fee", question="送料はいくらですか", variants=("配送料金",), answer="500円です。"
        ),
        Entry(
            id="area",
            question="海外に送れますか",
            answer="国内のみです。",
            translations={
                "en": Translation(
                    question="Do you ship overseas?",
                    variants=("Do you ship to America?",),
                    answer="Within Japan only.",
                )
            },
        ),
        Entry(
            id="days",
            question="何日で届きますか",
            answer="2日から4日です。",
            translations={
                "en": Translation(
                    question="How long does delivery take?",
                    variants=("when do you ship", "how long does it take"),
                    answer="2 to 4 days.",
                )
            },
        ),
    ),
    (),
)


@pytest.fixture
def story(tell):
    return tell(knowledge=KNOWLEDGE)


async def test_a_word_that_only_states_something_is_asked_back(story):
    await story.say("間違えました。")
    assert await story.last() == [
        (
            "bot",
            "どれについてのご質問でしょうか？",
            ["ログインできなくなりました", "どれでもない", "担当者に相談"],
        )
    ]
    await story.tap_label("ログインできなくなりました")
    assert (await story.last(2))[0] == ("bot", "30分お待ちください。", [])


async def test_a_question_about_a_strange_place_is_not_answered_as_if_it_were_here(story):
    await story.say("Do you ship to Germany? And how long does it take?")
    assert await story.last() == [
        (
            "bot",
            "Which of these is your question about?",
            [
                "Do you ship overseas?",
                "How long does delivery take?",
                "None of these",
                "Talk to a person",
            ],
        )
    ]
