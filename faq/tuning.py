"""Which limits would have answered most of the labelled questions with few wrong answers."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import ceil, sqrt
from typing import Any

from faq.decision import OFFERED, Decision, Limits
from faq.evaluate import Question, rank_of

#: The thresholds that are looked at, and the leads.
_THRESHOLDS = tuple(range(98, 29, -1))
_MARGINS = (0, 10, 20, 30, 40)
#: Another lead than the one in force must win so large a share of the questions.
_WORTH = 0.01
#: Of the questions that an offer helps, so many are to be offered; fewer of them tell nothing.
_OFFERED_SHARE, _FEWEST_HELPED = 0.95, 20
#: Two-sided 95 %.
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A labelled question, as far as limits decide about it."""

    confidence: float
    margin: float
    #: what the first three reach together
    three: float
    right: bool
    #: the right entry is among the first three
    offered: bool
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a threshold would have done; shares of all questions."""

    answer_at: float
    answered: float
    wrong: float
    #: where the share of wrong answers lies, with 95 % certainty
    wrong_low: float
    wrong_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The curve, and what to set."""

    questions: int
    answerable: int
    #: the share of wrong answers that was asked for
    wanted: float
    curve: tuple[Point, ...]
    #: what is in force
    now: Point
    now_margin: float
    #: None: no threshold keeps to what was asked for
    best: Point | None
    margin: float
    #: None: too few questions for which an offer helps
    suggest_at: float | None
    #: of those without an entry, and without an answer, the share that is still offered some
    strangers_offered: float | None
    #: so many labelled questions are needed to speak of so few wrong answers
    needed: int

    @property
    def is_thin(self) -> bool:
        """Whether the questions are too few to trust."""
        return self.questions < self.needed

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {**asdict(self), "thin": self.is_thin}


def read_outcomes(questions: Sequence[Question], made: Sequence[Decision]) -> list[Outcome]:
    """What limits need of each decision."""
    found = []
    for question, decision in zip(questions, made, strict=True):
        figures = [candidate.confidence for candidate in decision.candidates]
        rank = rank_of(question, decision)
        found.append(
            Outcome(
                confidence=figures[0] if figures else 0.0,
                margin=decision.margin,
                three=sum(figures[:OFFERED]),
                right=rank == 1,
                offered=0 < rank <= OFFERED,
                answerable=bool(question.expect),
            )
        )
    return found


def tune(outcomes: Sequence[Outcome], wanted: float, limits: Limits) -> Tuning:
    """The limits that answer most while no more than the wanted share is answered wrongly."""
    margin, best = _choose(outcomes, wanted, limits.margin)
    floor, strangers = _choose_floor(outcomes, best.answer_at if best else limits.answer)
    return Tuning(
        questions=len(outcomes),
        answerable=sum(one.answerable for one in outcomes),
        wanted=wanted,
        curve=tuple(_point(outcomes, at, margin) for at in _THRESHOLDS),
        now=_point(outcomes, limits.answer, limits.margin),
        now_margin=limits.margin,
        best=best,
        margin=margin,
        suggest_at=floor,
        strangers_offered=strangers,
        needed=ceil(_Z**2 / wanted),
    )


def wilson(held: int, of: int) -> tuple[float, float]:
    """Where a share lies with 95 % certainty, seen so often."""
    if not of:
        return 0.0, 1.0
    share, square = held / of, _Z**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _point(outcomes: Sequence[Outcome], answer_at: float, margin: float) -> Point:
    answered = [one for one in outcomes if one.confidence >= answer_at and one.margin >= margin]
    wrong = sum(not one.right for one in answered)
    low, high = wilson(wrong, len(outcomes))
    size = max(len(outcomes), 1)
    return Point(
        answer_at=answer_at,
        answered=len(answered) / size,
        wrong=wrong / size,
        wrong_low=low,
        wrong_high=high,
    )


def _choose(
    outcomes: Sequence[Outcome], wanted: float, margin: float
) -> tuple[float, Point | None]:
    kept = margin
    best = _best(outcomes, wanted, margin)
    for other in _MARGINS:
        found = _best(outcomes, wanted, other)
        if found and (best is None or found.answered >= best.answered + _WORTH):
            kept, best = other, found
    return kept, best


def _best(outcomes: Sequence[Outcome], wanted: float, margin: float) -> Point | None:
    """The lowest threshold from which on no higher one is too often wrong."""
    best = None
    for at in _THRESHOLDS:
        point = _point(outcomes, at, margin)
        if point.wrong > wanted:
            break
        best = point
    return best


def _choose_floor(
    outcomes: Iterable[Outcome], answer_at: float
) -> tuple[float | None, float | None]:
    left = [one for one in outcomes if one.confidence < answer_at]
    helped = sorted(one.three for one in left if one.offered)
    if len(helped) < _FEWEST_HELPED:
        return None, None
    floor = float(int(helped[int(len(helped) * (1.0 - _OFFERED_SHARE))]))
    strangers = [one.three >= floor for one in left if not one.answerable]
    return floor, sum(strangers) / len(strangers) if strangers else None
