"""What says too little to be answered outright is asked back, with what it may mean."""

import pytest

from faq.entry import Entry
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
