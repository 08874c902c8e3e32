"""Reads gaps for pages and the command line: groups with their costs and what is behind them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from bot.clock import MINUTE_MS
from bot.store import Tx
from faq.gaps import Asking, Cost, cost_of
from faq.normalize import fold, literal_key, strip_padding
from handoff import gap_rows
from handoff.gap_values import (
    GapMark,
    GapsPage,
    GapView,
    KeptQuestion,
    ListedGap,
    Phrasing,
)

#: How long a handling takes where nobody has handled anything yet.
USUAL_MS = 6 * MINUTE_MS
#: Shorter replies are greetings and promises, no answers.
LEAST_REPLY = 15


def read_page(tx: Tx, *, now: int, days: int, decided: bool) -> GapsPage:
    """Open groups, the dearest first; or decided ones, the newest decision first."""
    by_gap: defaultdict[int, list[KeptQuestion]] = defaultdict(list)
    questions = gap_rows.list_questions(tx)
    for one in questions:
        by_gap[one.gap_id or 0].append(one)
    marks = gap_rows.list_marks(tx)
    usual = _usual_ms(questions)
    found = [
        _listed(mark, by_gap[mark.id], now=now, days=days, usual_ms=usual)
        for mark in marks
        if by_gap[mark.id]
    ]
    open_ones = [one for one in found if one.mark.state == "open"]
    settled = [one for one in found if one.mark.state != "open"]
    shown = sorted(settled, key=_newest) if decided else sorted(open_ones, key=_dearest)
    return GapsPage(
        gaps=tuple(shown),
        monthly=sum(one.cost.monthly for one in open_ones),
        cost_ms=sum(one.cost.cost_ms for one in open_ones),
        open=len(open_ones),
        decided=len(settled),
        picks=len(gap_rows.list_picks(tx)),
    )


def read_open(tx: Tx, *, now: int, days: int) -> list[tuple[ListedGap, tuple[Phrasing, ...]]]:
    """Open groups, the dearest first, each with its wordings."""
    page = read_page(tx, now=now, days=days, decided=False)
    by_gap: defaultdict[int, list[KeptQuestion]] = defaultdict(list)
    for one in gap_rows.list_questions(tx):
        by_gap[one.gap_id or 0].append(one)
    return [(one, list_phrasings(by_gap[one.mark.id])) for one in page.gaps]


def _dearest(one: ListedGap) -> tuple[float, float, int, int]:
    return (-one.cost.cost_ms, -one.cost.monthly, -one.conversations, one.mark.id)


def _newest(one: ListedGap) -> tuple[int, int]:
    return (-(one.mark.decided_at or 0), one.mark.id)


def _usual_ms(questions: Sequence[KeptQuestion]) -> float:
    """The median handling over all groups."""
    handled = {one.reference: one.handling_ms for one in questions if one.handling_ms is not None}
    return float(median(handled.values())) if handled else float(USUAL_MS)


def _listed(
    mark: GapMark, questions: Sequence[KeptQuestion], *, now: int, days: int, usual_ms: float
) -> ListedGap:
    phrasings = list_phrasings(questions)
    return ListedGap(
        mark=mark,
        cost=count_cost(questions, now=now, days=days, usual_ms=usual_ms),
        text=phrasings[0].text,
        phrasings=len(phrasings),
        conversations=len({one.reference for one in questions}),
        last_at=max(one.asked_at for one in questions),
        lang=questions[0].lang,
    )


def count_cost(questions: Iterable[KeptQuestion], *, now: int, days: int, usual_ms: float) -> Cost:
    """The cost of a group: a conversation counts once, however often its customer asked."""
    by_reference: dict[str, Asking] = {}
    for one in questions:
        known = by_reference.get(one.reference)
        by_reference[one.reference] = Asking(
            asked_at=max(one.asked_at, known.asked_at) if known else one.asked_at,
            handed=one.handed or (known is not None and known.handed),
            handling_ms=one.handling_ms
            if one.handling_ms is not None
            else known.handling_ms
            if known
            else None,
        )
    return cost_of(list(by_reference.values()), now=now, days=days, usual_ms=usual_ms)


def list_phrasings(questions: Sequence[KeptQuestion]) -> tuple[Phrasing, ...]:
    """The different wordings, the most used first; `questions` come newest first."""
    by_key: dict[str, list[KeptQuestion]] = {}
    for one in questions:
        by_key.setdefault(literal_key(fold(one.text)) or one.text, []).append(one)
    found = [
        Phrasing(
            text=same[0].text,
            count=len(same),
            question_id=same[0].id,
            last_at=same[0].asked_at,
        )
        for same in by_key.values()
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, -one.last_at, one.question_id)))


def read_gap(tx: Tx, gap_id: int, *, now: int, days: int) -> GapView | None:
    """One group; None when there is nothing in it."""
    mark = gap_rows.find_mark(tx, gap_id)
    questions = gap_rows.list_questions(tx, gap_id=gap_id)
    if mark is None or not questions:
        return None
    usual = _usual_ms(gap_rows.list_questions(tx))
    return GapView(
        listed=_listed(mark, questions, now=now, days=days, usual_ms=usual),
        phrasings=list_phrasings(questions),
        questions=tuple(questions),
        considered=_considered(questions),
        reply=find_reply(tx, questions),
    )


def _considered(questions: Sequence[KeptQuestion]) -> tuple[tuple[str, int, float], ...]:
    counts: Counter[str] = Counter()
    highest: dict[str, float] = {}
    for question in questions:
        for one in question.considered:
            counts[one.entry_id] += 1
            highest[one.entry_id] = max(one.confidence, highest.get(one.entry_id, 0.0))
    return tuple((entry_id, count, highest[entry_id]) for entry_id, count in counts.most_common(5))


def find_reply(tx: Tx, questions: Sequence[KeptQuestion]) -> str:
    """The newest answer of an agent that says something; empty when there is none."""
    ids = [one.conversation_id for one in questions if one.conversation_id and one.handed]
    for reply in gap_rows.list_replies(tx, list(dict.fromkeys(ids))):
        if len(strip_padding(fold(reply))) >= LEAST_REPLY:
            return reply
    return ""


def list_open_texts(tx: Tx) -> list[str]:
    """Texts of open groups, each wording once a conversation."""
    open_ids = {mark.id for mark in gap_rows.list_marks(tx, decided=False)}
    found = {
        (one.reference, literal_key(fold(one.text))): one.text
        for one in gap_rows.list_questions(tx)
        if one.gap_id in open_ids
    }
    return list(found.values())
