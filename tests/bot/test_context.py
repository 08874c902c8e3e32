"""Decisions are remembered as long as they would be made again in the same way."""

from datetime import date

import pytest

from bot import context
from bot.context import Decisions
from tests.faq.knowledge_files import entry, knowledge

TODAY = date(2026, 6, 1)
SHOP = knowledge(
    entry("fee", "送料はいくらですか", "配送料"),
    entry("return", "返品はいつまでできますか", valid_until=TODAY),
    entry("web-only", "チャットの使い方", channels=("web",)),
)


def decide(decisions: Decisions, text: str, *, known=SHOP, **more):
    asked = {"lang": "ja", "channel": "line", "today": TODAY, "exclude": ()} | more
    return decisions.decide(known, text, **asked)


@pytest.mark.parametrize("text", ["送料はいくらですか", "送料のことで困っています", "", "\ud800"])
def test_a_decision_is_the_same_as_without_memory_and_made_once(text):
    decisions = Decisions()
    first = decide(decisions, text)
    assert decide(decisions, text) is first
    assert first == SHOP.decide(text, lang="ja", channel="line", today=TODAY, explain=False)


def test_what_is_served_elsewhere_or_tomorrow_is_decided_anew():
    decisions = Decisions()
    question = "返品はいつまでできますか"
    assert decide(decisions, question).candidates[0].entry_id == "return"
    tomorrow = decide(decisions, question, today=date(2026, 6, 2))
    left_out = decide(decisions, question, exclude=("return",))
    for made in (tomorrow, left_out):
        assert "return" not in [candidate.entry_id for candidate in made.candidates]
    here = decide(decisions, "チャットの使い方", channel="web")
    elsewhere = decide(decisions, "チャットの使い方")
    assert here.candidates[0].entry_id == "web-only"
    assert here != elsewhere


def test_another_version_decides_for_itself():
    decisions = Decisions()
    other = knowledge(entry("postage", "送料はいくらですか"))
    assert decide(decisions, "送料はいくらですか").candidates[0].entry_id == "fee"
    made = decide(decisions, "送料はいくらですか", known=other)
    assert (made.candidates[0].entry_id, made.knowledge_version) == ("postage", other.version)


def test_who_was_asked_least_lately_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(context, "REMEMBERED", 2)
    decisions = Decisions()
    first = decide(decisions, "送料")
    second = decide(decisions, "返品")
    assert decide(decisions, "送料") is first
    decide(decisions, "交換")
    assert decide(decisions, "送料") is first
    assert decide(decisions, "返品") is not second
