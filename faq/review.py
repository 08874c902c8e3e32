"""What is wrong with a knowledge that loads: twins, dead ends, lapsed entries, failed tests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from faq.decision import Kind
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.normalize import fold, literal_key

#: So long before its last day an entry is mentioned.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something about one value of one entry."""

    entry_id: str
    #: the key it stands under, and its place in the list there
    key: str
    index: int | None = None
    what: str
    how: str
    #: worth knowing, but nothing that should stop a release
    warning: bool = False


def review_knowledge(knowledge: Knowledge, today: date) -> list[Remark]:
    """Every remark, entry by entry."""
    remarks = list(_twins(knowledge.order))
    for entry in knowledge.order:
        remarks += _dead_ends(entry, knowledge)
        remarks += _lapses(entry, today)
        remarks += _failed_tests(entry, knowledge, today)
    return remarks


def _twins(entries: Sequence[Entry]) -> Iterator[Remark]:
    """Texts that say literally the same."""
    seen: dict[str, tuple[str, str]] = {}
    for entry in entries:
        for lang in entry.languages():
            for place, text in enumerate(entry.texts_in(lang)):
                key = literal_key(fold(text))
                first = seen.setdefault(key, (entry.id, text))
                if first == (entry.id, text) or not key:
                    continue
                own = first[0] == entry.id
                yield Remark(
                    entry_id=entry.id,
                    key=_key(entry, lang, place),
                    index=place - 1 if place and lang == entry.lang else None,
                    what=f"`{text}` says the same as `{first[1]}` of "
                    + ("the same entry" if own else f"`{first[0]}`"),
                    how="delete one of the two" if own else "keep it in the entry it belongs to",
                )


def _key(entry: Entry, lang: str, place: int) -> str:
    if lang != entry.lang:
        return "translations"
    return "variants" if place else "question"


def _dead_ends(entry: Entry, knowledge: Knowledge) -> Iterator[Remark]:
    for place, other in enumerate(entry.next_ids):
        if other == entry.id:
            what, how = "`next` leads back to the entry itself", "delete it"
        elif knowledge.find(other) is None:
            what, how = f"`next` names `{other}`, which does not exist", "correct or delete it"
        else:
            continue
        yield Remark(entry_id=entry.id, key="next", index=place, what=what, how=how)


def _lapses(entry: Entry, today: date) -> Iterator[Remark]:
    until = entry.valid_until
    if until is None or until > today + SOON:
        return
    if until < today:
        what, how = f"not served since {until}", "set a later `until`, or delete the entry"
    else:
        what, how = f"served until {until} only", "set a later `until` if it stays true"
    yield Remark(entry_id=entry.id, key="valid", what=what, how=how, warning=until >= today)


def _failed_tests(entry: Entry, knowledge: Knowledge, today: date) -> Iterator[Remark]:
    channel = entry.channels[0] if entry.channels else "web"
    if not knowledge.served(entry, channel, today):
        return
    for key, texts in (("expect", entry.expect), ("reject", entry.reject)):
        for place, text in enumerate(texts):
            made = knowledge.decide(text, lang=entry.lang, channel=channel, today=today)
            best = made.candidates[0].entry_id if made.candidates else None
            answered = made.kind is Kind.ANSWER and best == entry.id
            if answered == (key == "expect"):
                continue
            if key == "expect":
                got = f"`{best}`" if made.kind is Kind.ANSWER else f"a {made.kind}"
                what = f"`{text}` should be answered by this entry and gets {got}"
                how = "add it or something like it to `variants`"
            else:
                what = f"`{text}` must not be answered by this entry and is"
                how = "add it to the `variants` of the entry it belongs to, or raise `threshold`"
            yield Remark(entry_id=entry.id, key=key, index=place, what=what, how=how)
