import pytest

from faq.decision import Candidate, Decision, Kind
from faq.drawing import quality_lines
from faq.evaluate import Question, auroc, calibration_error, measure_quality


def made(kind: Kind, *candidates: tuple[str, float]) -> Decision:
    return Decision(
        kind=kind,
        candidates=tuple(
            Candidate(entry_id=name, confidence=confidence, variant="")
            for name, confidence in candidates
        ),
        margin=0,
        clear=False,
        knowledge_version="v",
    )


def test_the_figures_over_a_handful_of_questions():
    questions = [
        Question(text="1", expect=("a",)),
        Question(text="2", expect=("a", "b")),
        Question(text="3", expect=("c",)),
        Question(text="4", expect=("z",)),
        Question(text="5", expect=()),
        Question(text="6", expect=()),
    ]
    decisions = [
        made(Kind.ANSWER, ("a", 100), ("b", 0)),
        made(Kind.ANSWER, ("x", 90), ("b", 5)),
        made(Kind.SUGGEST, ("a", 30), ("b", 20), ("x", 15), ("c", 10)),
        made(Kind.FALLBACK),
        made(Kind.ANSWER, ("a", 80)),
        made(Kind.FALLBACK, ("a", 10)),
    ]
    assert measure_quality(questions, decisions).as_json() == {
        "questions": 6,
        "answerable": 4,
        "top1": 0.25,
        "top3": 0.5,
        "top10": 0.75,
        "mrr": 0.4375,
        "answerable_by_kind": {"answer": 2, "suggest": 1, "fallback": 1},
        "out_of_scope_by_kind": {"answer": 1, "suggest": 0, "fallback": 1},
        "answer_precision": 0.3333,
        "rejected": 0.5,
        "precision_at_90": 0.5,
        "calibration_error": 0.35,
        "auroc": 0.625,
        "reliability": [
            {"low": 0, "high": 10, "questions": 1, "confidence": 0.0, "right": 0.0},
            {"low": 10, "high": 20, "questions": 1, "confidence": 0.1, "right": 0.0},
            {"low": 30, "high": 40, "questions": 1, "confidence": 0.3, "right": 0.0},
            {"low": 80, "high": 90, "questions": 1, "confidence": 0.8, "right": 0.0},
            {"low": 90, "high": 100, "questions": 2, "confidence": 0.95, "right": 0.5},
        ],
        "confusions": [
            {"right": "a", "first": "x", "count": 1, "example": "2"},
            {"right": "c", "first": "a", "count": 1, "example": "3"},
            {"right": "z", "first": "", "count": 1, "example": "4"},
        ],
    }


def test_the_report_draws_reliability_and_names_confusions():
    questions = [Question(text=f"q{n}\x1b[2J", expect=("a",)) for n in range(4)]
    decisions = [
        made(Kind.ANSWER, ("a", 95)),
        *(made(Kind.ANSWER, ("b", 95)) for _ in range(2)),
        made(Kind.SUGGEST, ("c", 40)),
    ]
    told = list(quality_lines(measure_quality(questions, decisions)))
    assert told[told.index("AUROC                  -") + 1 :] == [
        "",
        "confidence  questions    said   right   █ right, | said",
        " 40 to  50          1     40%      0%               |",
        " 90 to 100          3     95%     33%   ██████████                  |",
        "",
        "most confused (times, the entry that is right ← the entry that came first)",
        "    2  a ← b: q1 [2J",
        "    1  a ← c: q3 [2J",
    ]


def test_no_questions_give_no_figures():
    quality = measure_quality([], [])
    assert (quality.top1, quality.rejected, quality.calibration_error, quality.auroc) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("inside", "outside", "area"),
    [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([1, 2], [1, 2], 0.5), ([1], [], None)],
)
def test_auroc(inside, outside, area):
    assert auroc(inside, outside) == area


def test_calibration_is_perfect_when_confidence_is_the_share_that_is_right():
    assert calibration_error([(50, True), (50, False), (100, True), (0, False)]) == 0.0
    assert calibration_error([(90, False)]) == pytest.approx(0.9)
