"""What the list of entries needs of a version, worked out once: words to find, what is odd."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.lint_answer import check_answers
from faq.lint_entry import check_care, check_dates
from faq.lint_finding import Finding, Severity
from faq.lint_folder import check_doubles, check_next, check_translations
from faq.lint_places import check_buttons
from faq.lint_rules import RULES


@dataclass(frozen=True, kw_only=True, slots=True)
class Digested:
    """What the list looks at in one entry."""

    #: id, question, variants and answers in every language, folded
    words: str
    #: errors and warnings of the rules that cost little
    findings: int


class Digests:
    """Keeps the digest of the version that is served."""

    def __init__(self) -> None:
        self._made_of: tuple[str, date] | None = None
        self._entries: Mapping[str, Digested] = {}
        self._making = asyncio.Lock()

    async def get(self, knowledge: Knowledge, today: date) -> Mapping[str, Digested]:
        """Every entry of this version."""
        async with self._making:
            if self._made_of != (knowledge.version, today):
                # thousands of entries take a second
                self._entries = await asyncio.to_thread(digest, knowledge, today)
                self._made_of = knowledge.version, today
            return self._entries


DIGESTS = web.AppKey("knowledge_digests", Digests)


def digest(knowledge: Knowledge, today: date) -> Mapping[str, Digested]:
    """Every entry's words, and how much is doubtful about it."""
    counts = count_findings(knowledge, today)
    return {
        entry.id: Digested(words=_words(entry), findings=counts.get(entry.id, 0))
        for entry in knowledge.order
    }


def fold_words(text: str) -> str:
    """One spelling for what a reader takes for the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _words(entry: Entry) -> str:
    texts = [entry.id, entry.question, entry.answer, *entry.variants]
    for other in entry.translations.values():
        texts += [other.question, other.answer, *other.variants]
    return "\n".join(map(fold_words, texts))


def count_findings(knowledge: Knowledge, today: date) -> Mapping[str, int]:
    """Entry → how many errors and warnings, without those that it silences."""
    silent = {
        (entry.id, each.rule) for entry in knowledge.order for each in entry.silence if each.reason
    }
    return Counter(
        finding.entry_id
        for finding in _find(knowledge, today)
        if RULES[finding.rule].severity is not Severity.INFO
        and (finding.entry_id, finding.rule) not in silent
    )


def _find(knowledge: Knowledge, today: date) -> Iterator[Finding]:
    """Not what compares every entry with all others: that is for `check` and the entry's page."""
    yield from check_doubles(knowledge.order)
    yield from check_translations(knowledge.order)
    for entry in knowledge.order:
        yield from check_next(entry, knowledge.entries, today)
        yield from check_dates(entry, today)
        yield from check_care(entry)
        yield from check_buttons(entry)
        yield from check_answers(entry)
