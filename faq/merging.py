"""Two changes of one entry brought together, key by key, with what both changed told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: A text, a number, true or false, a list or a mapping of these; None: the key is not there.
Value = object
#: An entry as plain values, with the keys of the file format.
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One key that both changed, each in another way."""

    #: `answer`, `valid.from`, `translations.en.answer`
    key: str
    base: Value
    theirs: Value
    mine: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The entry with both changes; where they conflict it holds mine."""

    merged: Values
    conflicts: tuple[Conflict, ...] = ()
    #: keys that each side changed, as in `Conflict.key`
    theirs_changed: tuple[str, ...] = ()
    mine_changed: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Nothing is left to decide."""
        return not self.conflicts


#: Mappings that are merged key by key themselves.
_DEEP = ("valid", "translations")
#: Lists of texts: added and removed one by one.
_LISTS = ("variants", "expect", "reject", "next", "channels")


def merge_entry(base: Values, theirs: Values, mine: Values) -> Merge:
    """Both changes since `base` in one entry."""
    merged, conflicts = _merge_tables(base, theirs, mine, "")
    return Merge(
        merged=merged,
        conflicts=tuple(conflicts),
        theirs_changed=changed_keys(base, theirs),
        mine_changed=changed_keys(base, mine),
    )


def changed_keys(before: Values, after: Values) -> tuple[str, ...]:
    """The keys whose values differ, in the order of the newer text."""
    found = []
    for key in dict.fromkeys([*after, *before]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += [f"{key}.{inner}" for inner in changed_keys(old, new)]
        else:
            found.append(key)
    return tuple(found)


def _merge_tables(
    base: Values, theirs: Values, mine: Values, path: str
) -> tuple[dict[str, Value], list[Conflict]]:
    merged: dict[str, Value] = {}
    conflicts: list[Conflict] = []
    # my order first: what they added comes where they have it only when I have nothing there
    for key in dict.fromkeys([*mine, *theirs, *base]):
        values = (base.get(key), theirs.get(key), mine.get(key))
        value, found = _merge_value(values, key, f"{path}{key}")
        conflicts += found
        if value is not None:
            merged[key] = value
    return merged, conflicts


def _merge_value(
    values: tuple[Value, Value, Value], key: str, path: str
) -> tuple[Value, list[Conflict]]:
    base, theirs, mine = values
    if theirs in (base, mine):
        return mine, []
    if mine == base:
        return theirs, []
    if key in _LISTS and all(_is_list(each) for each in values):
        return _merge_lists(_listed(base), _listed(theirs), _listed(mine)), []
    deep = key in _DEEP or path.count(".") == 1
    if deep and all(each is None or isinstance(each, Mapping) for each in values):
        tables = [each if isinstance(each, Mapping) else {} for each in values]
        merged, conflicts = _merge_tables(tables[0], tables[1], tables[2], f"{path}.")
        return merged or None, conflicts
    return mine, [Conflict(key=path, base=base, theirs=theirs, mine=mine)]


def _is_list(value: Value) -> bool:
    return value is None or (isinstance(value, Sequence) and not isinstance(value, str))


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def _merge_lists(base: list[Value], theirs: list[Value], mine: list[Value]) -> Value:
    """My list without what they took out, then what they added."""
    gone = [item for item in base if item not in theirs]
    added = [item for item in theirs if item not in base and item not in mine]
    return [item for item in mine if item not in gone] + added or None
