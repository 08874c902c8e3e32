"""Every finding about a knowledge that loads, without those that an entry silences."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from faq.announcement import Announcement
from faq.cutting import Cuts
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.lint_announcement import check_announcements
from faq.lint_answer import check_answers
from faq.lint_entry import check_care, check_dates
from faq.lint_finding import Finding
from faq.lint_folder import check_doubles, check_next, check_translations
from faq.lint_heldout import check_thieves
from faq.lint_matching import check_reach, check_tests
from faq.lint_places import check_buttons
from faq.lint_rules import RULES

_Item = Entry | Announcement


def lint_knowledge(
    knowledge: Knowledge, today: date, cuts: Cuts | None = None, *, hints: bool = True
) -> list[Finding]:
    """What to tell about this knowledge on this day.

    Without `hints` the dear part of what is merely worth knowing is left out.
    """
    found = list(_find_all(knowledge, today))
    if hints:
        found += check_thieves(knowledge, today, Cuts() if cuts is None else cuts)
    items: tuple[_Item, ...] = (*knowledge.order, *knowledge.announcements)
    return [*_unsilenced(found, items), *_check_silences(found, items)]


def _find_all(knowledge: Knowledge, today: date) -> Iterator[Finding]:
    yield from check_doubles(knowledge.order)
    yield from check_translations(knowledge.order)
    yield from check_reach(knowledge, today)
    yield from check_announcements(knowledge, today)
    for entry in knowledge.order:
        yield from check_next(entry, knowledge.entries, today)
        yield from check_dates(entry, today)
        yield from check_care(entry)
        yield from check_buttons(entry)
        yield from check_answers(entry)
        yield from check_tests(entry, knowledge, today)


def _unsilenced(found: Iterable[Finding], items: Sequence[_Item]) -> Iterator[Finding]:
    silent = {(item.id, each.rule) for item in items for each in item.silence if each.reason}
    return (each for each in found if (each.entry_id, each.rule) not in silent)


def _check_silences(found: Iterable[Finding], items: Sequence[_Item]) -> Iterator[Finding]:
    """A silence names a rule and a reason, and is needed."""
    needed = {(each.entry_id, each.rule) for each in found}
    for item in items:
        for place, each in enumerate(item.silence):
            rule, words = RULES.get(each.rule), {"other": each.rule, "got": ""}
            if rule is None:
                name, words["got"] = "bad-silence", "no-such-rule"
            elif not rule.may_be_silenced:
                name, words["got"] = "bad-silence", "cannot-be-silenced"
            elif not each.reason:
                name, words["got"] = "bad-silence", "no-reason"
            elif (item.id, each.rule) not in needed:
                name = "idle-silence"
            else:
                continue
            yield Finding(rule=name, entry_id=item.id, path=("silence", place), words=words)
