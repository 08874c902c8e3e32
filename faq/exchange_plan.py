"""What an import would do to the knowledge, row by row, before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from faq.entry import Entry
from faq.entryfile import FileDefaults, read_entry
from faq.exchange_ids import new_id
from faq.exchange_out import to_values
from faq.exchange_rows import Row, row_node
from faq.fields import Reader
from faq.normalize import fold, literal_key
from faq.problem import Problem
from faq.readings import Readings

#: Key of the format → field of an entry, where the names differ.
_FIELDS = {"next": "next_ids"}
_ENTRY_FIELDS = frozenset(each.name for each in fields(Entry))


class Outcome(StrEnum):
    """What happens to a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One row's fate."""

    row: Row
    outcome: Outcome
    #: None where the row could not be read
    entry: Entry | None = None
    #: the format's keys that differ from the entry that is there
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The fate of a whole file."""

    rows: tuple[Planned, ...]

    def of(self, outcome: Outcome) -> tuple[Planned, ...]:
        """The rows with this outcome."""
        return tuple(each for each in self.rows if each.outcome is outcome)

    def counts(self) -> dict[str, int]:
        """Outcome → rows."""
        return {outcome.value: len(self.of(outcome)) for outcome in Outcome}


def plan_import(
    rows: Iterable[Row],
    existing: Sequence[Entry],
    readings: Readings,
    *,
    file: str,
    default_lang: str = "ja",
) -> Plan:
    """Compare every row with the knowledge that is there.

    A row belongs to the entry with its id, or, without one, to the entry that asks its question.
    """
    planner = _Planner(existing, readings, file, default_lang)
    return Plan(rows=tuple(planner.plan(row) for row in rows))


class _Planner:
    def __init__(
        self, existing: Sequence[Entry], readings: Readings, file: str, default_lang: str
    ) -> None:
        self._existing = {entry.id: entry for entry in existing}
        self._by_question = {_key(entry.question): entry.id for entry in reversed(existing)}
        self._readings = readings
        self._file = file
        self._default_lang = default_lang
        #: id → row that brought it
        self._seen: dict[str, int] = {}

    def plan(self, row: Row) -> Planned:
        if row.skipped:
            return Planned(row=row, outcome=Outcome.SKIPPED, reason=row.skipped)
        named = self._with_id(row)
        reader = Reader(file=self._file)
        old = self._existing.get(str(named.values.get("id")))
        entry = read_entry(reader, row_node(_whole(named, old)), self._defaults(row, old))
        problems = tuple(reader.problems)
        if entry is None or problems:
            return Planned(row=named, outcome=Outcome.REFUSED, entry=entry, problems=problems)
        if entry.id in self._seen:
            reason = f"row {self._seen[entry.id]} has the same id or question; join them"
            return Planned(row=named, outcome=Outcome.REFUSED, entry=entry, reason=reason)
        self._seen[entry.id] = row.number
        self._by_question.setdefault(_key(entry.question), entry.id)
        if old is None:
            return Planned(row=named, outcome=Outcome.NEW, entry=entry)
        changes = _changes(named, old, entry)
        outcome = Outcome.CHANGED if changes else Outcome.SAME
        return Planned(row=named, outcome=outcome, entry=entry, changes=changes)

    def _with_id(self, row: Row) -> Row:
        question = row.values.get("question")
        if row.values.get("id"):
            return row
        if not isinstance(question, str):
            # what is wrong is the question; an id would have been made of it
            return replace(row, values={"id": f"row-{row.number}", **row.values})
        found = self._by_question.get(_key(question))
        taken = self._existing.keys() | self._seen.keys()
        entry_id = found or new_id(question, taken, self._readings)
        return replace(row, values={"id": entry_id, **row.values})

    def _defaults(self, row: Row, old: Entry | None) -> FileDefaults:
        lang = row.values.get("lang")
        own = old.lang if old else self._default_lang
        return FileDefaults(lang=str(lang) if lang else own, category="")


def _key(question: str) -> str:
    return literal_key(fold(question)) or question


def _whole(row: Row, old: Entry | None) -> Row:
    """The row over the entry that is there: a table may carry nothing but what changes.

    An entry's language stands in the head of its file, so it is no key of an entry.
    """
    values: dict[str, Any] = dict(to_values(old)) if old else {}
    values = {**values, **row.values}
    came = row.values.get("translations")
    if old and isinstance(came, Mapping):
        values["translations"] = join_translations(to_values(old).get("translations"), came)
    values.pop("lang", None)
    return replace(row, values=values)


def join_translations(old: Any, came: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table carries no translated buttons, so what it does not carry stays."""
    if not isinstance(old, Mapping):
        return came
    return {
        **old,
        **{
            lang: {**texts, **value} if isinstance(texts := old.get(lang), Mapping) else value
            for lang, value in came.items()
        },
    }


def _changes(row: Row, old: Entry, new: Entry) -> tuple[str, ...]:
    """Of the keys that came, those whose value differs."""
    return tuple(
        key
        for key, value in row.values.items()
        if key not in ("id", "lang") and _differs(key, value, old, new)
    )


def _differs(key: str, value: Any, old: Entry, new: Entry) -> bool:
    if key == "translations" and isinstance(value, Mapping):
        return any(
            lang not in old.translations
            or getattr(old.translations[lang], name) != getattr(new.translations[lang], name)
            for lang, texts in value.items()
            for name in texts
        )
    return bool(_value(old, key) != _value(new, key))


def _value(entry: Entry, key: str) -> Any:
    if key == "valid":
        return entry.valid_from, entry.valid_until
    name = _FIELDS.get(key, key)
    return getattr(entry, name) if name in _ENTRY_FIELDS else None
