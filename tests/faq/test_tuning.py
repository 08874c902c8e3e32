"""Which limits are recommended from labelled questions, and how it is told."""

import json

import pytest
from typer.testing import CliRunner

from faq.__main__ import app
from faq.decision import Candidate, Decision, Kind, Limits, SetLimits
from faq.drawing import tuning_lines
from faq.evaluate import Question
from faq.loader import load_folder
from faq.tuning import read_outcomes, tune, wilson
from tests.faq.knowledge_files import SHOP, write_folder


def made(*figures):
    candidates = tuple(
        Candidate(entry_id=entry_id, confidence=confidence, variant="x")
        for entry_id, confidence in figures
    )
    lead = figures[0][1] - (figures[1][1] if len(figures) > 1 else 0.0) if figures else 0.0
    return Decision(
        kind=Kind.SUGGEST, candidates=candidates, margin=lead, clear=False, knowledge_version="v"
    )


def outcomes(*rows):
    """(times, expected, figures …)."""
    pairs = [
        (Question(text="q", expect=expected), made(*figures))
        for times, expected, *figures in rows
        for _ in range(times)
    ]
    return read_outcomes([question for question, _ in pairs], [one for _, one in pairs])


MANY = outcomes(
    (300, ("a",), ("a", 95.0)),
    (100, ("a",), ("a", 72.0), ("b", 20.0)),
    (10, ("a",), ("b", 65.0), ("a", 30.0)),
    (40, ("a",), ("b", 30.0), ("a", 15.0)),
    (50, (), ("a", 12.0)),
)


def test_the_lowest_threshold_that_is_seldom_wrong():
    found = tune(MANY, 0.01, Limits(answer=80))
    assert (found.questions, found.answerable, found.is_thin) == (500, 450, False)
    assert (found.now.answered, found.now.wrong) == (0.6, 0.0)
    assert (found.best.answer_at, found.best.answered, found.best.wrong) == (66, 0.8, 0.0)
    assert (found.margin, found.suggest_at, found.strangers_offered) == (10.0, 45.0, 0.0)


def test_more_wrong_answers_allow_more_answers():
    found = tune(MANY, 0.05, Limits(answer=80))
    assert (found.best.answer_at, found.best.answered, found.best.wrong) == (31, 0.82, 0.02)


def test_a_lead_is_asked_for_when_it_wins_answers():
    near = outcomes(
        (100, ("a",), ("a", 50.0), ("b", 5.0)),
        (10, ("a",), ("b", 52.0), ("a", 40.0)),
    )
    found = tune(near, 0.02, Limits())
    assert (found.margin, found.best.answered, found.best.wrong) == (20, 100 / 110, 0.0)


def test_nothing_is_recommended_when_nothing_is_good_enough():
    bad = outcomes((100, ("a",), ("b", 99.0)))
    found = tune(bad, 0.02, Limits())
    assert (found.best, found.suggest_at) == (None, None)
    assert "No threshold keeps wrong answers at 2.0% of the questions:" in list(
        tuning_lines(found)
    )


def test_few_questions_are_called_few():
    found = tune(outcomes((50, ("a",), ("a", 95.0))), 0.02, Limits())
    assert (found.is_thin, found.needed) == (True, 193)
    told = list(tuning_lines(found))
    assert "Too few to rely on: 2.0% needs 193 labelled questions." in told
    assert told[-2:] == ["talk:", "  answer_at: 30"]


def test_a_share_seen_seldom_is_uncertain():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10) == (0.0, pytest.approx(0.278, abs=0.001))
    assert wilson(20, 1000) == pytest.approx((0.013, 0.031), abs=0.001)


def test_limits_that_are_set_hold_and_others_are_found(tmp_path):
    folder = write_folder(tmp_path / "k", kb=SHOP)
    found = load_folder(folder).knowledge.limits
    limits = load_folder(folder, limits=SetLimits(answer=55.0, margin=5.0)).knowledge.limits
    assert limits == Limits(answer=55.0, suggest=found.suggest, margin=5.0, clear=found.clear)
    assert SetLimits(suggest=0.0).over(found).suggest == 0.0


@pytest.fixture
def shop(tmp_path):
    return write_folder(tmp_path / "knowledge", kb=SHOP)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_tells_the_curve(shop, tmp_path):
    queries = tmp_path / "q.jsonl"
    queries.write_text('{"text": "送料はいくらですか", "expect": ["delivery-fee"]}\n' * 3, "utf-8")
    done = run("tune", "--knowledge", shop, "--queries", queries)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (
        0,
        "3 labelled questions, 0 of them out of scope",
    )
    figures = json.loads(run("tune", "--knowledge", shop, "--queries", queries, "--json").stdout)
    assert (figures["thin"], figures["best"]["answered"], len(figures["curve"])) == (True, 1, 69)


def test_the_command_names_what_it_cannot_use(shop, tmp_path):
    queries = tmp_path / "q.jsonl"
    queries.write_text("", "utf-8")
    done = run("tune", "--knowledge", shop, "--queries", queries)
    assert (done.exit_code, done.stderr[:24]) == (2, "No labelled questions ye")
    queries.write_text('{"text": "送料", "expect": ["gone"]}\n', "utf-8")
    done = run("tune", "--knowledge", shop, "--queries", queries)
    assert done.stderr == (
        "`expect` names what is no entry: gone; write the ids as they stand in the knowledge\n"
    )
    queries.write_text("{\n", "utf-8")
    assert run("tune", "--knowledge", shop, "--queries", queries).exit_code == 2
