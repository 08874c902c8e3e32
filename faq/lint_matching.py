"""Rules that ask the knowledge itself: its own tests, and texts that lead elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from faq.calibration import LITERAL
from faq.decision import Decision, Kind
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.lint_finding import Finding, Path
from faq.lint_folder import doubled_keys, texts_of
from faq.normalize import fold, literal_key, strip_padding

#: So many texts are tried however large the knowledge, and so many pairs of texts at most.
FEWEST_TRIED = 1_000
MOST_PAIRS = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question or variant, to be asked of the knowledge."""

    entry: Entry
    lang: str
    path: Path
    text: str

    def put_to(self, knowledge: Knowledge, today: date) -> Decision:
        """What is decided about it."""
        return knowledge.decide(
            self.text,
            lang=self.lang,
            channel=_channel(self.entry),
            today=today,
            explain=False,
        )

    def found(self, rule: str, **words: str) -> Finding:
        """A finding about this text."""
        told = {"text": self.text, **words}
        return Finding(rule=rule, entry_id=self.entry.id, path=self.path, words=told)


def check_tests(entry: Entry, knowledge: Knowledge, today: date) -> Iterator[Finding]:
    """`expect` and `reject` hold."""
    channel = _channel(entry)
    if not knowledge.served(entry, channel, today):
        return
    for key, texts in (("expect", entry.expect), ("reject", entry.reject)):
        for place, text in enumerate(texts):
            asked = Asked(entry=entry, lang=entry.lang, path=(key, place), text=text)
            made = asked.put_to(knowledge, today)
            if _answers(made, entry) != (key == "expect"):
                yield asked.found(f"failed-{key}", got=_outcome(made))


def check_reach(knowledge: Knowledge, today: date) -> Iterator[Finding]:
    """Every question and variant leads to its own entry."""
    asked = list(interleaved(knowledge, today))
    doubled = doubled_keys(knowledge.order)
    most = most_tried(len(asked))
    for each in asked[:most]:
        if literal_key(fold(each.text)) not in doubled:
            yield from _try(each, knowledge, today)
    if len(asked) > most:
        words = {"count": f"{len(asked):,}", "first": f"{most:,}"}
        yield Finding(rule="not-all-tried", entry_id="", words=words)


def most_tried(texts: int) -> int:
    """How many of so many texts are tried: each one is compared with all."""
    return max(FEWEST_TRIED, MOST_PAIRS // max(texts, 1))


def interleaved(knowledge: Knowledge, today: date) -> Iterator[Asked]:
    """All questions, then the first variant of each entry, and so on."""
    rows: list[Sequence[Asked]] = [
        [
            Asked(entry=entry, lang=lang, path=path, text=text)
            for lang, path, text in texts_of(entry)
        ]
        for entry in knowledge.order
        if knowledge.served(entry, _channel(entry), today)
    ]
    for place in range(max(map(len, rows), default=0)):
        yield from (row[place] for row in rows if place < len(row))


def _try(asked: Asked, knowledge: Knowledge, today: date) -> Iterator[Finding]:
    entry, folded = asked.entry, fold(asked.text)
    if not literal_key(folded) or not strip_padding(folded):
        yield asked.found("unreachable-variant", got="says-nothing")
        return
    if entry.threshold is not None and entry.threshold > LITERAL:
        return  # told once, not for every text
    made = asked.put_to(knowledge, today)
    if not _answers(made, entry):
        yield asked.found("unreachable-variant", got=_outcome(made))


def _answers(made: Decision, entry: Entry) -> bool:
    return made.kind is Kind.ANSWER and made.candidates[0].entry_id == entry.id


def _outcome(made: Decision) -> str:
    """The entry that answers instead, or the kind of decision."""
    return f"`{made.candidates[0].entry_id}`" if made.kind is Kind.ANSWER else f"{made.kind}"


def _channel(entry: Entry) -> str:
    return entry.channels[0] if entry.channels else "web"
