"""What a draft is made of: a form put into a text, its age, and what a colleague changed."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.errors import BadInput
from faq.merging import Merge, Values, merge_entry
from faq.writer import LONGEST_SNIPPET
from faq.writing_values import apply_values, read_values, write_values
from faq.yamltree import Unreadable
from handoff.keeping_check import placed
from handoff.keeping_errors import BadEntry, DraftMoved, EntryMoved
from handoff.keeping_folder import Snapshot, is_file_name
from handoff.keeping_values import Draft, Edit, EditKind
from handoff.knowledge_rows import values_of

_LONGEST_NOTE = 1_000
_LONGEST_ID = 64
#: What no database takes: NUL, and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def fresh_draft(entry_id: str, file: str, text: str) -> Draft:
    """A draft that says what is published."""
    return Draft(
        entry_id=entry_id,
        kind=EditKind.EDIT,
        file=file,
        base_text=text,
        text=text,
        values=None,
        version=0,
        author_id=0,
        author_name="",
        updated_at=0,
    )


def aged(draft: Draft, snapshot: Snapshot) -> Draft:
    """With whether the file moved on since it began."""
    if not snapshot.is_there or draft.file in snapshot.broken:
        return draft
    stood = snapshot.entries.get(draft.entry_id)
    return replace(draft, is_stale=(stood.text if stood else "") != draft.base_text)


def merge_with_file(draft: Draft, snapshot: Snapshot) -> Merge:
    """The draft with what changed in the file meanwhile. Raises EntryMoved."""
    stood = snapshot.entries.get(draft.entry_id)
    base = values_of(draft.base_text)
    theirs = values_of(stood.text) if stood else None
    if base is None or theirs is None or draft.values is None or draft.kind is EditKind.DELETE:
        raise EntryMoved
    return merge_entry(base, theirs, draft.values)


def moved(mine: Draft, theirs: Draft | None, seen_text: str) -> DraftMoved:
    """What an admin is told whose draft a colleague saved meanwhile."""
    if theirs is None:
        return DraftMoved(None)
    base, values = values_of(seen_text or theirs.base_text), values_of(mine.text)
    if base is None or values is None or theirs.values is None:
        return DraftMoved(theirs)
    return DraftMoved(theirs, merge_entry(base, theirs.values, values))


def text_of(edit: Edit, base: str) -> str:
    """The entry's YAML that an edit gives, its form's values put into the text that is there."""
    if edit.kind is EditKind.DELETE:
        return ""
    if edit.text is not None:
        return _storable(edit.text.replace("\r\n", "\n").replace("\r", "\n"))
    values = _storable_values(edit.values or {})
    try:
        return apply_values(base, values) if base else write_values(values)
    except Unreadable:
        return write_values(values)


def values_in(text: str) -> Values:
    """The values of an entry's YAML. Raises BadEntry."""
    try:
        return read_values(text)
    except Unreadable as error:
        raise BadEntry((placed(error.problem),)) from None


def parse_note(note: str) -> str:
    """A note or reason on one line. Raises BadInput."""
    plain = " ".join(_storable(note).split())
    if len(plain) > _LONGEST_NOTE:
        raise BadInput(f"A reason has at most {_LONGEST_NOTE:,} characters.")
    return plain


def require_bounds(edit: Edit) -> None:
    """Refuse what no entry can be. Raises BadInput."""
    if not 1 <= len(edit.entry_id) <= _LONGEST_ID or _UNSTORABLE.search(edit.entry_id):
        raise BadInput(f"An entry needs an id of at most {_LONGEST_ID} characters.")
    if edit.text is not None and len(edit.text) > LONGEST_SNIPPET:
        raise BadInput("This entry is too long.")
    if edit.file and not is_file_name(edit.file):
        raise BadInput("A file of the knowledge is named like returns.yaml, inside the folder.")


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _storable_values(values: Values) -> Values:
    return {_storable(key): _storable_value(value) for key, value in values.items()}


def _storable_value(value: object) -> object:
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, Mapping):
        return _storable_values(value)
    return [_storable_value(item) for item in value] if isinstance(value, list | tuple) else value
