"""Confidence is a chance: it adds up, rests on evidence, and is found in the knowledge itself."""

from dataclasses import replace
from datetime import date

import pytest

from faq.adjusting import calibrate
from faq.calibration import DOUBT, LITERAL, MOST, NEARLY_LITERAL, POOR_LIMIT, SHARPNESS
from faq.decision import Kind
from faq.entry import Entry
from faq.fitting import Lesson, Weights, fit
from faq.knowledge import build_knowledge
from faq.trials import draw_trials

TODAY = date(2026, 6, 1)
THINGS = ("傘", "鞄", "時計", "靴", "帽子", "眼鏡", "財布", "手袋", "机", "椅子", "棚", "照明")
ASKED = ("{}の修理", "{}を直してほしい", "{}が壊れました", "壊れた{}を直せますか")


def entry(thing, asked=ASKED):
    question, *variants = (words.format(thing) for words in asked)
    return Entry(id=f"e{THINGS.index(thing)}", question=question, answer="x", variants=variants)


def known(*entries):
    return build_knowledge(entries, [])


SHOP = known(*map(entry, THINGS))


def confidences(knowledge, text):
    made = knowledge.decide(text, lang=None, channel="web", today=TODAY)
    return [candidate.confidence for candidate in made.candidates]


@pytest.mark.parametrize("text", ["傘の修理", "傘と鞄の修理", "修理", "靴はありますか", "富士山"])
def test_together_they_are_at_most_certain(text):
    assert sum(confidences(SHOP, text)) <= 100.0


def test_what_is_said_to_the_letter_leaves_little_to_others():
    first, *others = confidences(SHOP, "傘の修理")
    assert first == LITERAL
    assert sum(others) <= 100.0 - LITERAL
    assert confidences(SHOP, "傘の修理を至急お願いできますか")[0] <= MOST


def test_two_who_ask_the_same_share_it():
    both = known(entry("傘"), replace(entry("傘"), id="again"), entry("靴"))
    assert confidences(both, "傘の修理")[:2] == [LITERAL / 2, LITERAL / 2]


def test_the_faintest_likeness_is_no_evidence_when_nobody_else_is_there():
    alone = known(entry("傘"))
    made = alone.decide("直通電話の番号", lang=None, channel="web", today=TODAY)
    assert made.kind is not Kind.ANSWER
    assert sum(candidate.confidence for candidate in made.candidates) < 50.0


def test_trials_ask_what_was_left_out():
    trials = list(draw_trials(SHOP.order, SHOP.matcher))
    inside = [trial for trial in trials if trial.right is not None]
    hidden = [trial for trial in trials if trial.right is None]
    # a literal text would say that the variant was there after all
    said = [trial for trial in trials for match in trial.ranking.matches if match.literal]
    assert (len(inside) > 20, len(hidden) > 0, said) == (True, True, [])
    assert {trial.trust for trial in inside} == {0.25}


def test_knowledge_with_one_text_an_entry_keeps_what_was_fitted_elsewhere():
    poor = known(*(entry(thing, ASKED[:1]) for thing in THINGS))
    found = poor.calibration
    assert (found.sharpness, found.doubt, found.limit) == (SHARPNESS, DOUBT, POOR_LIMIT)
    assert list(draw_trials(poor.order, poor.matcher)) == []


def test_knowledge_finds_its_own_figures_and_the_same_ones_each_time():
    first = calibrate(SHOP.order, SHOP.matcher)
    assert first == calibrate(SHOP.order, SHOP.matcher) == SHOP.calibration
    assert first.sharpness != SHARPNESS
    assert 65.0 <= first.limit <= 85.0


def test_a_large_knowledge_is_tried_in_part():
    marks = "一二三四五六七八九十百千万円点線"
    large = [
        replace(entry(thing, [f"{mark}号の{words}" for words in ASKED]), id=f"{mark}-{number}")
        for mark in marks * 3
        for number, thing in enumerate(THINGS)
    ]
    trials = list(draw_trials(large, build_knowledge(large[:4], []).matcher))
    assert 0 < len(trials) <= 3 * 320


def test_the_fit_learns_that_scores_mean_nothing():
    places = range(len(THINGS))
    start = Weights(sharpness=SHARPNESS, doubt=DOUBT)
    loose = Weights(sharpness=(0.1,) * len(SHARPNESS), doubt=(0.1,) * len(DOUBT))

    def mean(right):
        lessons = [
            Lesson(
                ranking=SHOP.matcher.rank(f"{thing}を急いで直す"),
                profile=SHOP.calibration.profile,
                right=frozenset({place}) if right else frozenset(),
            )
            for place, thing in zip(places, THINGS, strict=True)
        ]
        found = fit(lessons, start, loose)
        fitted = replace(SHOP.calibration, sharpness=found.sharpness, doubt=found.doubt)
        tops = [fitted.confidences(lesson.ranking)[0] for lesson in lessons]
        return sum(tops) / len(tops)

    assert mean(right=True) > 90.0
    assert mean(right=False) < 10.0


@pytest.mark.parametrize(
    "said",
    [
        "傘を直してほしいんだけど",
        "すみません、傘を直してほしいのですが…",
        "傘を直してほしいです。",
    ],
)
def test_another_ending_is_the_same_question(said):
    made = SHOP.decide(said, lang=None, channel="web", today=TODAY)
    assert (made.kind, made.candidates[0].variant) == (Kind.ANSWER, "傘を直してほしい")
    assert made.candidates[0].confidence == NEARLY_LITERAL
