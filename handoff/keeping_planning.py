"""Works out what a draft or the taking back of a change means for the files as they are now."""

from bot.errors import NotFound
from faq.merging import merge_entry
from faq.writing_file import FileText, hash_of
from faq.writing_values import apply_values
from handoff.keeping_errors import EntryMoved, FolderBlocked, IdTaken
from handoff.keeping_folder import GONE, UNREADABLE, Plan, Snapshot, Stood
from handoff.keeping_listing import usual_file
from handoff.keeping_values import Change, Draft, Edit, EditKind
from handoff.knowledge_rows import values_of

_NO_FILE = FileText(text="", hash=hash_of(b""))


def _find(entry_id: str, snapshot: Snapshot) -> Stood | None:
    """Where an entry stands; None when it is surely in no file. Raises FolderBlocked."""
    stood = snapshot.entries.get(entry_id)
    if stood is None and not snapshot.is_there:
        raise FolderBlocked(*GONE)
    if stood is None and snapshot.broken:
        # it may stand in there: whoever reads "gone" would write it a second time
        raise FolderBlocked(*UNREADABLE)
    return stood


def plan_edit(edit: Edit, text: str, snapshot: Snapshot) -> Plan:
    """A change to try, as if it were made to the files now.

    Raises NotFound, FolderBlocked, IdTaken.
    """
    if edit.kind is EditKind.NEW:
        if edit.entry_id in snapshot.entries:
            raise IdTaken
        return plan_new(text, edit.file or usual_file(snapshot), snapshot, edit.entry_id)
    stood = _find(edit.entry_id, snapshot)
    if stood is None:
        raise NotFound("There is no such entry.")
    return Plan(
        kind=edit.kind,
        entry_id=edit.entry_id,
        file=stood.file,
        after_id=stood.after_id,
        before_text=stood.text,
        text=text,
        seen=snapshot.files[stood.file],
    )


def plan_new(
    text: str, file: str, snapshot: Snapshot, entry_id: str, *, after_id: str | None = None
) -> Plan:
    """An entry more, with the id in its text: after that one, first for none, or else last.

    Raises IdTaken.
    """
    values = values_of(text) or {}
    own = str(values.get("id") or entry_id)
    if own in snapshot.entries:
        raise IdTaken
    there = [each.entry_id for each in snapshot.entries.values() if each.file == file]
    if after_id is None or (after_id and after_id not in there):
        after_id = there[-1] if there else ""
    return Plan(
        kind=EditKind.NEW,
        entry_id=own,
        file=file,
        after_id=after_id,
        before_text="",
        text=text,
        seen=snapshot.files.get(file, _NO_FILE),
    )


def plan_publishing(draft: Draft, snapshot: Snapshot) -> Plan:
    """A draft as a change of the files. Raises EntryMoved, FolderBlocked, IdTaken."""
    if draft.kind is EditKind.NEW:
        return plan_new(draft.text, draft.file, snapshot, draft.entry_id)
    stood = _find(draft.entry_id, snapshot)
    if stood is None:
        raise EntryMoved
    text = draft.text
    if stood.text != draft.base_text:
        if draft.kind is EditKind.DELETE:
            raise EntryMoved
        text = merged_text(draft.base_text, stood.text, draft.text)
    edit = Edit(entry_id=draft.entry_id, kind=draft.kind)
    return plan_edit(edit, text, snapshot)


def plan_rollback(change: Change, after_id: str, snapshot: Snapshot) -> Plan:
    """The change taken back, what changed since kept.

    Raises EntryMoved, FolderBlocked, IdTaken.
    """
    if not change.after_text:
        return plan_new(
            change.before_text, change.file, snapshot, change.entry_id, after_id=after_id
        )
    stood = _find(change.entry_id, snapshot)
    if stood is None:
        raise EntryMoved
    if not change.before_text:
        if stood.text != change.after_text:
            raise EntryMoved  # what was added since would be lost
        return plan_edit(Edit(entry_id=change.entry_id, kind=EditKind.DELETE), "", snapshot)
    text = change.before_text
    if stood.text != change.after_text:
        text = merged_text(change.after_text, stood.text, change.before_text)
    return plan_edit(Edit(entry_id=change.entry_id), text, snapshot)


def merged_text(base: str, theirs: str, mine: str) -> str:
    """Both changes in the text as it is now. Raises EntryMoved where they touch the same."""
    values = [values_of(text) for text in (base, theirs, mine)]
    if values[0] is None or values[1] is None or values[2] is None:
        raise EntryMoved
    merge = merge_entry(values[0], values[1], values[2])
    if not merge.is_clean:
        raise EntryMoved(merge)
    return apply_values(theirs, merge.merged)
