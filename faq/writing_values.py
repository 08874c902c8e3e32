"""An entry's YAML and its plain values: read, written new, or changed with its comments kept."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString, ScalarString

from faq.entryfile import ENTRY_KEYS, TRANSLATION_KEYS
from faq.merging import Value, Values
from faq.yamltree import List, Node, Table, Text, Unreadable, parse_tree

_WIDTH = 1_000_000
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]{0,8})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: keys whose plain values are numbers, and dates
_NUMBERS = ("priority", "threshold")
_DAYS = ("from", "until", "reviewed")
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_LISTED = re.compile(
    r"^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE
)


def read_values(text: str, file: str = "entry") -> dict[str, Value]:
    """The values of an entry's YAML; empty ones are left out. Raises Unreadable."""
    tree = parse_tree(text.encode("utf-8", "surrogatepass"), file)
    found = _plain(tree, "") if isinstance(tree, Table) else None
    return found if isinstance(found, dict) else {}


def clean_values(values: Values) -> dict[str, Value]:
    """Values of a form as the format has them: trimmed, empty ones left out."""
    return {
        key: cleaned
        for key, value in values.items()
        if (cleaned := _clean(value, key)) is not None
    }


def write_values(values: Values) -> str:
    """A new entry's YAML."""
    return _write(clean_values(values))


def apply_values(text: str, values: Values) -> str:
    """The entry's YAML with these values; what stays the same keeps its form and comments.

    Raises Unreadable when the text is no YAML.
    """
    wanted = clean_values(values)
    old = read_values(text)
    if not old:
        return _write(wanted)
    if old == wanted:
        return text
    try:
        changed = _round_trip(text, old, wanted)
        # what cannot be changed in its form is written in ours
        return changed if read_values(changed) == wanted else _write(wanted)
    except (YAMLError, Unreadable, ValueError):
        return _write(wanted)


def _plain(node: Node, key: str) -> Value:
    if isinstance(node, Text):
        return _plain_text(node, key)
    if isinstance(node, List):
        items = [_plain(item, key) for item in node.items]
        return [item for item in items if item is not None] or None
    if isinstance(node, Table):
        pairs = ((name, _plain(value, name)) for name, value in node.values.items())
        return {name: value for name, value in pairs if value is not None} or None
    return None


def _plain_text(node: Text, key: str) -> Value:
    if node.plain and node.value in ("", "null", "~"):
        return None
    value = _BREAKS.sub("\n", node.value).strip()
    if node.plain and key == "escalate" and value in ("true", "false"):
        return value == "true"
    if key in _NUMBERS and _NUMBER.fullmatch(value):
        return int(value)
    return value or None


def _clean(value: Value, key: str) -> Value:
    if isinstance(value, bool) or (isinstance(value, int) and key in _NUMBERS):
        return value
    if isinstance(value, Mapping):
        return clean_values(value) or None
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [_clean(item, key) for item in value]
        return [item for item in items if item is not None] or None
    if value is None:
        return None
    plain = _BREAKS.sub("\n", str(value)).strip()
    if key in _NUMBERS and _NUMBER.fullmatch(plain):
        return int(plain)
    return plain or None


def _write(values: Values) -> str:
    order = [key for key in ENTRY_KEYS if key in values]
    order += [key for key in values if key not in order]
    entry = CommentedMap((key, _form(values[key], key)) for key in order)
    return _dumped(entry, _emitter("")) if entry else ""


def _emitter(text: str) -> YAML:
    """Writes lists as deep as the text has them, nothing folded, quotes as they were."""
    emitter = YAML(typ="rt", pure=True)
    emitter.preserve_quotes = True
    emitter.width = _WIDTH
    emitter.allow_unicode = True
    found = _LISTED.search(text)
    offset = len(found[1]) if found else 2
    emitter.indent(mapping=2, sequence=offset + 2, offset=offset)
    return emitter


def _dumped(entry: CommentedMap, emitter: YAML) -> str:
    out = StringIO()
    emitter.dump(entry, out)
    return out.getvalue()


def _round_trip(text: str, old: Values, wanted: Values) -> str:
    plain = text.replace("\r\n", "\n")
    emitter = _emitter(plain)
    entry = emitter.load(plain)
    if not isinstance(entry, CommentedMap):
        raise YAMLError
    before = _dumped(entry, emitter)
    _change_table(entry, old, wanted, ENTRY_KEYS)
    return _unspoilt(plain, before, _dumped(entry, emitter))


def _unspoilt(text: str, before: str, after: str) -> str:
    """The new text, with lines that only the writing itself had respaced as they were."""
    was, new = before.split("\n"), after.split("\n")
    lines = text.split("\n")
    if len(was) != len(lines):
        return after
    for block in SequenceMatcher(None, was, new, autojunk=False).get_matching_blocks():
        new[block.b : block.b + block.size] = lines[block.a : block.a + block.size]
    return "\n".join(new)


def _change_table(table: CommentedMap, old: Values, new: Values, order: Sequence[str]) -> None:
    for key in [key for key in table if key not in new]:
        # an empty key says nothing: it stays as it is
        if key in old:
            del table[key]
    for key, value in new.items():
        had = old.get(key)
        if had == value:
            continue
        now = table.get(key)
        if (
            isinstance(now, CommentedMap)
            and isinstance(had, Mapping)
            and isinstance(value, Mapping)
        ):
            inner = TRANSLATION_KEYS if order is ENTRY_KEYS else ()
            _change_table(now, had, value, inner)
        elif isinstance(now, CommentedSeq) and isinstance(value, list) and _are_texts(had, value):
            _change_list(now, value, key)
        elif key in table:
            table[key] = _form(value, key, now)
        else:
            table.insert(_place(table, key, order), key, _form(value, key))


def _are_texts(*lists: Value) -> bool:
    return all(
        isinstance(each, list) and all(isinstance(item, str) for item in each) for each in lists
    )


def _change_list(listed: CommentedSeq, wanted: list[Value], key: str) -> None:
    """Take out and put in single items, so that the others keep their quotes and comments."""
    now = [str(item).strip() for item in listed]
    matcher = SequenceMatcher(None, now, [str(item) for item in wanted], autojunk=False)
    for tag, start, end, first, last in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        for place in range(end - 1, start - 1, -1):
            del listed[place]
        for step, item in enumerate(wanted[first:last]):
            listed.insert(start + step, _form(item, key))


def _place(table: CommentedMap, key: str, order: Sequence[str]) -> int:
    """Behind the last key that comes before this one in the format."""
    if key not in order:
        return len(table)
    before = order[: order.index(key)]
    places = [place for place, name in enumerate(table) if name in before]
    return max(places) + 1 if places else 0


def _form(value: Value, key: str, now: object = None) -> Any:
    """A value as ruamel writes it well."""
    if isinstance(value, Mapping):
        return CommentedMap((name, _form(inner, name)) for name, inner in value.items())
    if isinstance(value, list):
        return CommentedSeq(_form(item, key) for item in value)
    if not isinstance(value, str):
        return value
    if key in _DAYS and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if "\n" in value or isinstance(now, LiteralScalarString):
        return LiteralScalarString(value + "\n")
    if isinstance(now, ScalarString) and type(now).__name__.endswith("QuotedScalarString"):
        return type(now)(value)
    return value
