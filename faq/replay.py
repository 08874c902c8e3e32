"""What a changed knowledge would say to customers' real questions, beside what it says now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from faq.decision import Kind
from faq.knowledge import Knowledge


class Shift(StrEnum):
    """How the outcome for one question changes."""

    #: answered now, before it was not
    ANSWERED = "answered"
    #: no longer answered
    UNANSWERED = "unanswered"
    #: answered by another entry than before
    TAKEN = "taken"
    #: never answered; other entries are offered
    OFFERED = "offered"


class Verdict(StrEnum):
    """Whether that is good."""

    BETTER = "better"
    WORSE = "worse"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A distinct question of customers, and what they told about its answers."""

    text: str
    lang: str
    channel: str
    #: how often it was asked
    count: int = 1
    last_at: int = 0
    #: the newest message that says it, and its conversation
    message_id: int = 0
    conversation_id: int = 0
    #: entries that turned out right: tapped, or said to have solved it
    right: frozenset[str] = frozenset()
    #: entries that turned out wrong
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is decided about a question."""

    kind: Kind
    #: the entry that answers
    entry_id: str | None = None
    confidence: float = 0.0
    #: entries that are offered, best first
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A question whose outcome changes."""

    question: Question
    shift: Shift
    verdict: Verdict
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Every question whose outcome changes; the rest only counted."""

    days: int
    #: distinct questions that were tried, and those left out beyond the most
    tried: int
    left_out: int = 0
    unchanged: int
    #: worst first, then by how often it was asked
    changes: tuple[Replayed, ...] = ()
    #: question of each entry named here, by id, for sentences
    titles: Mapping[str, str] = field(default_factory=dict)

    def list_of(self, shift: Shift) -> tuple[Replayed, ...]:
        """The changes of one sort."""
        return tuple(each for each in self.changes if each.shift is shift)

    def count(self, verdict: Verdict) -> int:
        """How many changed answers are so."""
        return sum(
            each.verdict is verdict and each.shift is not Shift.OFFERED for each in self.changes
        )

    @property
    def answers_changed(self) -> int:
        """Questions that get another answer, an answer, or none any more."""
        return sum(each.shift is not Shift.OFFERED for each in self.changes)

    @property
    def taken_from(self) -> tuple[tuple[str, int], ...]:
        """Entry ids that lose questions to others, with how many; most first."""
        lost = Counter(each.before.entry_id or "" for each in self.list_of(Shift.TAKEN))
        return tuple(sorted(lost.items(), key=lambda item: (-item[1], item[0])))

    def headline(self, lang: str) -> str:
        """The whole in one sentence."""
        return _headline_ja(self) if lang == "ja" else _headline_en(self)

    def _parts(self) -> tuple[int, int, int, tuple[tuple[str, int], ...]]:
        """Answers that get better, that end, that get worse otherwise, that are taken by whom."""
        left = [each for each in self.changes if each.verdict is not Verdict.BETTER]
        lost = Counter(each.before.entry_id or "" for each in left if each.shift is Shift.TAKEN)
        named = [(_title(self, entry_id), count) for entry_id, count in lost.items()]
        return (
            self.count(Verdict.BETTER),
            sum(each.shift is Shift.UNANSWERED for each in left),
            sum(each.shift is Shift.ANSWERED for each in left),
            tuple(sorted(named, key=lambda item: (-item[1], item[0]))[:_NAMED]),
        )


#: So many entries are named in the sentence, each by so much of its question.
_NAMED = 3
_TITLE = 24
#: What the bot offers: so many entries, none less likely.
_OFFERED = 3
_LEAST = 5.0
_WORST_FIRST = (Verdict.WORSE, Verdict.UNKNOWN, Verdict.BETTER)
_HEAVY_FIRST = (Shift.UNANSWERED, Shift.TAKEN, Shift.ANSWERED, Shift.OFFERED)


def replay(
    before: Knowledge,
    after: Knowledge,
    questions: Sequence[Question],
    *,
    today: date,
    days: int,
    left_out: int = 0,
) -> Replay:
    """Put the questions to both and tell what changes; the same questions, the same outcome."""
    found = [_replayed(each, before, after, today) for each in questions]
    changes = [each for each in found if each is not None]
    named = {
        entry_id
        for each in changes
        for side in (each.before, each.after)
        for entry_id in (side.entry_id, *side.offered)
    }
    entries = {**before.entries, **after.entries}
    return Replay(
        days=days,
        tried=len(questions),
        left_out=left_out,
        unchanged=len(questions) - len(changes),
        changes=tuple(sorted(changes, key=_order)),
        titles={each: entries[each].question for each in sorted(filter(None, named))},
    )


def _replayed(
    question: Question, before: Knowledge, after: Knowledge, today: date
) -> Replayed | None:
    was, is_now = _outcome(before, question, today), _outcome(after, question, today)
    shift = _shift(was, is_now)
    if shift is None:
        return None
    verdict = _judge(question, shift, was, is_now)
    return Replayed(question=question, shift=shift, verdict=verdict, before=was, after=is_now)


def _outcome(knowledge: Knowledge, question: Question, today: date) -> Outcome:
    made = knowledge.decide(
        question.text, lang=question.lang, channel=question.channel, today=today, explain=False
    )
    if made.kind is Kind.ANSWER:
        best = made.candidates[0]
        return Outcome(kind=made.kind, entry_id=best.entry_id, confidence=best.confidence)
    offered = [each.entry_id for each in made.candidates if each.confidence >= _LEAST]
    is_offered = made.kind is Kind.SUGGEST
    return Outcome(kind=made.kind, offered=tuple(offered[:_OFFERED]) if is_offered else ())


def _shift(before: Outcome, after: Outcome) -> Shift | None:
    if before.entry_id and after.entry_id:
        return None if before.entry_id == after.entry_id else Shift.TAKEN
    if before.entry_id or after.entry_id:
        return Shift.ANSWERED if after.entry_id else Shift.UNANSWERED
    return None if set(before.offered) == set(after.offered) else Shift.OFFERED


def _judge(question: Question, shift: Shift, before: Outcome, after: Outcome) -> Verdict:
    """By what customers told; a new answer counts as good until somebody says otherwise."""
    then, since = _worth(question, before), _worth(question, after)
    if then != since:
        return Verdict.BETTER if since > then else Verdict.WORSE
    if shift is Shift.ANSWERED:
        return Verdict.BETTER
    return Verdict.WORSE if shift is Shift.UNANSWERED else Verdict.UNKNOWN


def _worth(question: Question, outcome: Outcome) -> int:
    """3: the right entry answers; 2: it is offered; 1: nothing is said; 0: a wrong one answers."""
    if outcome.entry_id:
        is_wrong = outcome.entry_id in question.wrong or (
            question.right and outcome.entry_id not in question.right
        )
        return 3 if outcome.entry_id in question.right else 0 if is_wrong else 1
    return 2 if question.right.intersection(outcome.offered) else 1


def _order(each: Replayed) -> tuple[int, int, int, str]:
    return (
        _WORST_FIRST.index(each.verdict),
        _HEAVY_FIRST.index(each.shift),
        -each.question.count,
        each.question.text,
    )


def _title(told: Replay, entry_id: str) -> str:
    title = " ".join(told.titles.get(entry_id, entry_id).split())
    return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"


def _headline_ja(told: Replay) -> str:
    if not told.tried:
        return "試せるお客様の質問がまだありません。"
    if not told.answers_changed:
        return f"お客様の質問{told.tried:,}件のうち、回答が変わるものはありません。"
    better, ended, worse, taken = told._parts()  # noqa: SLF001 - the sentence is its own module's
    parts = [f"良くなる{better:,}件"] if better else []
    parts += [f"答えられなくなる{ended:,}件"] if ended else []
    parts += [f"悪くなる{worse:,}件"] if worse else []
    parts += [f"「{title}」から移る{count:,}件" for title, count in taken]
    return f"{told.answers_changed:,}件の回答が変わります：{'、'.join(parts)}。"


def _headline_en(told: Replay) -> str:
    if not told.tried:
        return "There are no questions of customers to try yet."
    if not told.answers_changed:
        return f"None of the answers to {told.tried:,} questions changes."
    better, ended, worse, taken = told._parts()  # noqa: SLF001 - the sentence is its own module's
    parts = [f"{better:,} better"] if better else []
    parts += [f"{ended:,} newly unanswered"] if ended else []
    parts += [f"{worse:,} worse"] if worse else []
    parts += [f"{count:,} taken from “{title}”" for title, count in taken]
    changed = told.answers_changed
    many = f"{changed:,} answers change" if changed > 1 else "1 answer changes"
    return f"{many}: {', '.join(parts)}."
