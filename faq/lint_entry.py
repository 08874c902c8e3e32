"""Rules for one entry by itself: dates, owner, variants, threshold."""

from collections.abc import Iterator
from datetime import date, timedelta

from faq.calibration import LITERAL
from faq.entry import Entry
from faq.lint_finding import Finding

#: So long before its last day an entry is mentioned.
SOON = timedelta(days=30)
#: After so long nobody knows whether an entry is still true.
STALE = timedelta(days=365)
MOST_VARIANTS = 30


def check_dates(entry: Entry, today: date) -> Iterator[Finding]:
    """Entries that have lapsed, or will soon, or that nobody has read for a year."""
    until, reviewed = entry.valid_until, entry.reviewed
    if until is not None and until < today:
        yield _found(entry, "expired", "valid", day=until)
    elif until is not None and until <= today + SOON:
        yield _found(entry, "expires-soon", "valid", day=until)
    if reviewed is not None and reviewed < today - STALE:
        yield _found(entry, "review-old", "reviewed", day=reviewed)
    elif reviewed is not None and reviewed > today:
        yield _found(entry, "review-future", "reviewed", day=reviewed)


def check_care(entry: Entry) -> Iterator[Finding]:
    """Somebody keeps it true, and customers' own words lead to it."""
    if entry.owner is None:
        yield _found(entry, "no-owner", "owner")
    if not entry.variants:
        yield _found(entry, "no-variants", "variants")
    elif len(entry.variants) > MOST_VARIANTS:
        yield _found(entry, "many-variants", "variants", count=len(entry.variants))
    if entry.threshold is not None and entry.threshold > LITERAL:
        yield _found(entry, "threshold-unreachable", "threshold", count=f"{entry.threshold:g}")


def _found(entry: Entry, rule: str, key: str, **words: object) -> Finding:
    told = {name: str(word) for name, word in words.items()}
    return Finding(rule=rule, entry_id=entry.id, path=(key,), words=told)
