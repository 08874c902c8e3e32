"""Which entry answers a variant that the knowledge has not seen: folds of variants held out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from faq.cutting import Cuts
from faq.decision import Kind
from faq.entry import Entry, Translation
from faq.knowledge import Knowledge
from faq.lint_finding import Finding
from faq.lint_folder import doubled_keys
from faq.lint_matching import Asked, interleaved, most_tried
from faq.matcher import build_matcher
from faq.normalize import fold, literal_key

#: So many times the indexes are built with another part of the variants left out.
_FOLDS = 5
#: A large knowledge is built but once more, without the first variant of each entry.
_LARGE = 5_000


def check_thieves(knowledge: Knowledge, today: date, cuts: Cuts) -> Iterator[Finding]:
    """Variants that another entry would answer if they were not written down.

    Customers say things in words that nobody wrote down; these are the nearest thing to them.
    """
    asked = [each for each in interleaved(knowledge, today) if _place(each) is not None]
    doubled = doubled_keys(knowledge.order)
    known = {literal_key(fold(each.text)) for each in asked}
    folds = _FOLDS if len(known) <= _LARGE else 1
    for number in range(folds):
        held = [each for each in asked if (_place(each) or 0) % _FOLDS == number]
        if held:
            reduced = _without(knowledge, number, cuts)
            for each in held[: most_tried(len(asked)) // folds]:
                if literal_key(fold(each.text)) not in doubled:
                    yield from _ask(each, reduced, today)


def _ask(asked: Asked, reduced: Knowledge, today: date) -> Iterator[Finding]:
    made = asked.put_to(reduced, today)
    if made.kind is not Kind.ANSWER or made.candidates[0].entry_id == asked.entry.id:
        return
    best = made.candidates[0]
    sure = f"{best.confidence:.0f}"
    yield asked.found("stolen-variant", other=best.entry_id, first=best.variant, count=sure)


def _place(asked: Asked) -> int | None:
    """The place among the variants; questions are never held out."""
    last = asked.path[-1]
    return last if isinstance(last, int) else None


def _without(knowledge: Knowledge, number: int, cuts: Cuts) -> Knowledge:
    """The same knowledge, but for one fold of the variants; what is sure stays what it was."""
    order = tuple(_thinned(entry, number) for entry in knowledge.order)
    reader = knowledge.matcher.reader
    return replace(
        knowledge,
        order=order,
        entries=MappingProxyType({entry.id: entry for entry in order}),
        matcher=build_matcher(order, reader.synonyms, reader.readings, cuts),
    )


def _thinned(entry: Entry, number: int) -> Entry:
    translations: dict[str, Translation] = {
        lang: replace(each, variants=_rest(each.variants, number))
        for lang, each in entry.translations.items()
    }
    return replace(entry, variants=_rest(entry.variants, number), translations=translations)


def _rest(variants: Sequence[str], number: int) -> tuple[str, ...]:
    return tuple(text for place, text in enumerate(variants) if place % _FOLDS != number)
