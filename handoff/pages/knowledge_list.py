"""Which entries the list shows, in which order: the address's filter as a value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from faq.lint_entry import SOON
from handoff.entry_figures import EntryFigures
from handoff.keeping_values import ListedEntry
from handoff.pages.knowledge_digest import Digested, fold_words

PAGE_SIZE: Final = 50
STATES: Final = ("draft", "ending", "problem", "unused")
SORTS: Final = ("", "hits", "unsolved", "reviewed", "question")
NONE: Final = EntryFigures()
_MOST_PAGES: Final = 1_000
_LONGEST: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the filter's fields hold."""

    text: str = ""
    category: str = ""
    owner: str = ""
    state: str = ""
    sort: str = ""
    page: int = 0

    def query(self, **changes: Any) -> str:
        """The same choice as an address, with these changes."""
        now = replace(self, **changes)
        pairs = {"q": now.text, "category": now.category, "owner": now.owner, "state": now.state,
                 "sort": now.sort, "page": now.page or ""}  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether something was asked for at all."""
        return bool(self.text or self.category or self.owner or self.state)


def parse_chosen(query: Mapping[str, str]) -> Chosen:
    """The filter of an address; what it cannot mean is left out."""
    page, state, sort = (query.get(name, "") for name in ("page", "state", "sort"))
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= len("999") else 0
    return Chosen(
        text=query.get("q", "")[:_LONGEST].strip(),
        category=query.get("category", "")[:_LONGEST],
        owner=query.get("owner", "")[:_LONGEST],
        state=state if state in STATES else "",
        sort=sort if sort in SORTS else "",
        page=min(number, _MOST_PAGES),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What else is known about entries while the list is made."""

    today: date
    figures: Mapping[str, EntryFigures]
    digests: Mapping[str, Digested]

    def figures_of(self, entry: ListedEntry) -> EntryFigures:
        """How an entry does; nothing known is nothing happened."""
        return self.figures.get(entry.id, NONE)

    def digest_of(self, entry: ListedEntry) -> Digested:
        """An entry that is only a draft is found by what the list shows of it."""
        found = self.digests.get(entry.id)
        return found or Digested(words=fold_words(f"{entry.id} {entry.question}"), findings=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One page of the entries that were asked for."""

    rows: Sequence[ListedEntry]
    found: int
    page: int
    pages: int


def choose_rows(rows: Iterable[ListedEntry], chosen: Chosen, around: Around) -> Listed:
    """The entries of one page."""
    words = fold_words(chosen.text).split()
    found = [row for row in rows if _fits(row, chosen, words, around)]
    found = _sorted(found, chosen.sort, around)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(chosen.page, pages - 1)
    start = page * PAGE_SIZE
    return Listed(rows=found[start : start + PAGE_SIZE], found=len(found), page=page, pages=pages)


def _fits(row: ListedEntry, chosen: Chosen, words: Sequence[str], around: Around) -> bool:
    return (
        (not chosen.category or row.category == chosen.category)
        and (not chosen.owner or row.owner == chosen.owner)
        and _is_in(chosen.state, row, around)
        and (not words or all(word in around.digest_of(row).words for word in words))
    )


def _is_in(state: str, row: ListedEntry, around: Around) -> bool:
    if state == "draft":
        return row.draft is not None
    if state == "ending":
        return ending_of(row, around.today) != ""
    if state == "problem":
        return around.digest_of(row).findings > 0
    if state == "unused":
        return around.figures_of(row).hits == 0
    return True


def ending_of(row: ListedEntry, today: date) -> str:
    """expired, soon, later (not served yet), or nothing."""
    if row.valid_until is not None and row.valid_until < today:
        return "expired"
    if row.valid_from is not None and row.valid_from > today:
        return "later"
    if row.valid_until is not None and row.valid_until <= today + SOON:
        return "soon"
    return ""


def _sorted(rows: list[ListedEntry], sort: str, around: Around) -> list[ListedEntry]:
    if sort == "hits":
        return sorted(rows, key=lambda row: -around.figures_of(row).hits)
    if sort == "unsolved":
        return sorted(rows, key=lambda row: -around.figures_of(row).unsolved)
    if sort == "reviewed":
        # those that nobody ever reviewed need it most
        return sorted(rows, key=lambda row: row.reviewed or date.min)
    if sort == "question":
        return sorted(rows, key=lambda row: fold_words(row.question))
    return rows


def names_of(rows: Iterable[ListedEntry]) -> tuple[list[str], list[str]]:
    """The categories and the owners there are, for the filter's fields."""
    categories: dict[str, None] = {}
    owners = set()
    for row in rows:
        if row.category:
            categories[row.category] = None
        if row.owner:
            owners.add(row.owner)
    return list(categories), sorted(owners)
