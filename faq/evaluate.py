"""How well a knowledge answers labelled questions."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from faq.decision import Decision, Kind

_BINS = 10
_MOST_CONFUSIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A customer's text and the entries that would be right; none: nothing in here fits."""

    text: str
    expect: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The figures over all questions; a share without questions behind it is None."""

    questions: int
    answerable: int
    #: over the answerable: the right entry is the first, among three, among ten
    top1: float | None
    top3: float | None
    top10: float | None
    mrr: float | None
    #: kind → how many answerable questions, and how many out of scope, were decided so
    answerable_by_kind: dict[str, int]
    out_of_scope_by_kind: dict[str, int]
    #: of the answers given, the share that was right
    answer_precision: float | None
    #: of the questions out of scope, the share that was not answered
    rejected: float | None
    #: of the answers at 90 and above, the share that was right
    precision_at_90: float | None
    #: mean distance between confidence and the share that was right
    calibration_error: float | None
    #: how well confidence tells answerable from out of scope; .5 is chance
    auroc: float | None
    #: confidence beside the share that was right; bands without questions are left out
    reliability: tuple["Band", ...]
    #: answerable questions where a wrong entry came first, the most frequent pairs first
    confusions: tuple["Confusion", ...]

    def as_json(self) -> dict[str, Any]:
        """The figures, rounded."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The questions whose first candidate was about so sure."""

    low: int
    high: int
    questions: int
    #: the mean of what was said, and the share that was right, 0-1
    confidence: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Two entries that are taken for each other."""

    #: the entry that was expected; the first of them when there are several
    right: str
    #: the entry that came first; empty: none came
    first: str
    count: int
    #: one of the questions
    example: str


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def measure_quality(questions: Sequence[Question], decisions: Sequence[Decision]) -> Quality:
    """The figures over questions and what was decided about each."""
    pairs = list(zip(questions, decisions, strict=True))
    inside = [(question, made) for question, made in pairs if question.expect]
    outside = [made for question, made in pairs if not question.expect]
    ranks = [rank_of(question, made) for question, made in inside]
    tops = [(_top_confidence(made), is_right(question, made)) for question, made in pairs]
    answers = [is_right(q, made) for q, made in pairs if made.kind is Kind.ANSWER]
    sure = [
        is_right(q, made)
        for q, made in pairs
        if made.kind is Kind.ANSWER and _top_confidence(made) >= 90  # noqa: PLR2004 — by name
    ]
    return Quality(
        questions=len(pairs),
        answerable=len(inside),
        top1=_share(rank == 1 for rank in ranks),
        top3=_share(0 < rank <= 3 for rank in ranks),  # noqa: PLR2004 — the figure's name
        top10=_share(0 < rank <= 10 for rank in ranks),  # noqa: PLR2004 — the figure's name
        mrr=_mean([1 / rank if rank else 0.0 for rank in ranks]),
        answerable_by_kind=_by_kind(made for _, made in inside),
        out_of_scope_by_kind=_by_kind(outside),
        answer_precision=_share(answers),
        rejected=_share(made.kind is not Kind.ANSWER for made in outside),
        precision_at_90=_share(sure),
        calibration_error=calibration_error(tops),
        auroc=auroc(
            [_top_confidence(made) for _, made in inside],
            [_top_confidence(made) for made in outside],
        ),
        reliability=_bands(tops),
        confusions=_confusions(inside),
    )


def rank_of(question: Question, made: Decision) -> int:
    """The place of the first right candidate, from 1; 0 when there is none."""
    for place, candidate in enumerate(made.candidates, start=1):
        if candidate.entry_id in question.expect:
            return place
    return 0


def is_right(question: Question, made: Decision) -> bool:
    """Whether the first candidate is right."""
    return rank_of(question, made) == 1


def calibration_error(tops: Iterable[tuple[float, bool]]) -> float | None:
    """Expected calibration error in ten bins, 0-1."""
    bins = _binned(tops)
    total = sum(map(len, bins))
    if not total:
        return None
    gaps = (
        abs(sum(confidence for confidence, _ in held) - sum(right for _, right in held))
        for held in bins
    )
    return sum(gaps) / total


def _binned(tops: Iterable[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in tops:
        bins[min(int(confidence / 100 * _BINS), _BINS - 1)].append((confidence / 100, right))
    return bins


def _bands(tops: Iterable[tuple[float, bool]]) -> tuple[Band, ...]:
    width = 100 // _BINS
    return tuple(
        Band(
            low=place * width,
            high=(place + 1) * width,
            questions=len(held),
            confidence=sum(confidence for confidence, _ in held) / len(held),
            right=sum(right for _, right in held) / len(held),
        )
        for place, held in enumerate(_binned(tops))
        if held
    )


def _confusions(inside: Iterable[tuple[Question, Decision]]) -> tuple[Confusion, ...]:
    examples: dict[tuple[str, str], list[str]] = {}
    for question, made in inside:
        if not is_right(question, made):
            first = made.candidates[0].entry_id if made.candidates else ""
            examples.setdefault((question.expect[0], first), []).append(question.text)
    ordered = sorted(examples.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        Confusion(right=right, first=first, count=len(texts), example=texts[0])
        for (right, first), texts in ordered[:_MOST_CONFUSIONS]
    )


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """The chance that a random answerable question scores above one out of scope."""
    if not inside or not outside:
        return None
    ordered = sorted([(value, 1) for value in inside] + [(value, 0) for value in outside])
    rank_sum, place = 0.0, 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        middle = (place + 1 + end) / 2
        rank_sum += middle * sum(held for _, held in ordered[place:end])
        place = end
    above = rank_sum - len(inside) * (len(inside) + 1) / 2
    return above / (len(inside) * len(outside))


def _top_confidence(made: Decision) -> float:
    return made.candidates[0].confidence if made.candidates else 0.0


def _by_kind(decisions: Iterable[Decision]) -> dict[str, int]:
    counts = {kind.value: 0 for kind in Kind}
    for made in decisions:
        counts[made.kind.value] += 1
    return counts


def _share(held: Iterable[bool]) -> float | None:
    return _mean([float(one) for one in held])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
