"""Rows of drafts, of changes and of the texts known last; versions decide between two admins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.store import Row, Tx, get
from faq.merging import changed_keys
from faq.writing_values import read_values
from faq.yamltree import Unreadable
from handoff.keeping_values import Change, ChangeKind, Draft, EditKind

_DRAFT = """SELECT d.entry_id, d.kind, d.file, d.base_text, d.text, d.version, d.author_id,
    agent.name AS author_name, d.updated_at, d.note
FROM knowledge_draft d JOIN agent ON agent.id = d.author_id"""
_CHANGE = """SELECT c.id, c.at, c.agent_id, agent.name AS agent_name, c.entry_id, c.file, c.kind,
    c.before_text, c.after_text, c.after_id, c.reason, c.version_before, c.version_after,
    c.git_commit, c.undoes_id
FROM knowledge_change c LEFT JOIN agent ON agent.id = c.agent_id"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """An entry's text as it was known last."""

    entry_id: str
    file: str
    text: str
    #: entry before it in the file
    after_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewChange:
    """A change to be written down."""

    entry_id: str
    file: str
    kind: ChangeKind
    before_text: str
    after_text: str
    after_id: str = ""
    agent_id: int | None = None
    reason: str = ""
    version_before: str = ""
    version_after: str = ""
    undoes_id: int | None = None


def find_draft(tx: Tx, entry_id: str) -> Draft | None:
    """The draft of an entry."""
    row = tx.one(f"{_DRAFT} WHERE d.entry_id = :id", id=entry_id)
    return None if row is None else _draft(row)


def list_drafts(tx: Tx) -> list[Draft]:
    """Every draft, the newest first."""
    return [_draft(row) for row in tx.all(f"{_DRAFT} ORDER BY d.updated_at DESC, d.entry_id")]


def save_draft(tx: Tx, draft: Draft, *, seen: int) -> bool:
    """Keep a draft when it is still the version that was seen; False when it is not."""
    values = {
        "entry_id": draft.entry_id,
        "kind": draft.kind.value,
        "file": draft.file,
        "base_text": draft.base_text,
        "text": draft.text,
        "author_id": draft.author_id,
        "note": draft.note,
        "now": draft.updated_at,
    }
    if seen == 0:
        saved = tx.run(
            """INSERT INTO knowledge_draft (entry_id, kind, file, base_text, text, author_id,
                version, note, updated_at)
            VALUES (:entry_id, :kind, :file, :base_text, :text, :author_id, 1, :note, :now)
            ON CONFLICT (entry_id) DO NOTHING""",
            **values,
        )
    else:
        saved = tx.run(
            """UPDATE knowledge_draft SET kind = :kind, file = :file, base_text = :base_text,
                text = :text, author_id = :author_id, version = version + 1, note = :note,
                updated_at = :now
            WHERE entry_id = :entry_id AND version = :seen""",
            seen=seen,
            **values,
        )
    return saved == 1


def drop_draft(tx: Tx, entry_id: str, *, seen: int) -> bool:
    """Throw a draft away when it is still the version that was seen."""
    return (
        tx.run(
            "DELETE FROM knowledge_draft WHERE entry_id = :id AND version = :seen",
            id=entry_id,
            seen=seen,
        )
        == 1
    )


def drop_draft_with(tx: Tx, entry_id: str, text: str) -> None:
    """Throw away the draft that says what the file says already."""
    tx.run("DELETE FROM knowledge_draft WHERE entry_id = :id AND text = :t", id=entry_id, t=text)


def announce(tx: Tx, change: NewChange, *, now: int, is_done: bool = False) -> int:
    """Write down a change, before its file is written unless it is done; the change's id."""
    row = get(
        tx,
        """INSERT INTO knowledge_change (at, agent_id, entry_id, file, kind, state, before_text,
            after_text, after_id, reason, version_before, version_after, git_commit, undoes_id)
        VALUES (:at, :agent_id, :entry_id, :file, :kind, :state, :before_text, :after_text,
            :after_id, :reason, :version_before, :version_after, '', :undoes_id)
        RETURNING id""",
        at=now,
        agent_id=change.agent_id,
        entry_id=change.entry_id,
        file=change.file,
        kind=change.kind.value,
        state="done" if is_done else "writing",
        before_text=change.before_text,
        after_text=change.after_text,
        after_id=change.after_id,
        reason=change.reason,
        version_before=change.version_before,
        version_after=change.version_after,
        undoes_id=change.undoes_id,
    )
    return int(row["id"])


def finish(tx: Tx, change_id: int, version: str) -> None:
    """The file holds the change."""
    tx.run(
        "UPDATE knowledge_change SET state = 'done', version_after = :version WHERE id = :id",
        id=change_id,
        version=version,
    )


def forget(tx: Tx, change_id: int) -> None:
    """The file never held the change that was announced."""
    tx.run("DELETE FROM knowledge_change WHERE id = :id AND state = 'writing'", id=change_id)


def name_commit(tx: Tx, change_id: int, commit: str) -> None:
    """Where git keeps the change."""
    tx.run(
        "UPDATE knowledge_change SET git_commit = :commit WHERE id = :id",
        id=change_id,
        commit=commit,
    )


def list_announced(tx: Tx) -> list[Change]:
    """Changes whose file may have been written or not: the server died in between."""
    return [_change(row) for row in tx.all(f"{_CHANGE} WHERE c.state = 'writing' ORDER BY c.id")]


def list_changes(tx: Tx, *, entry_id: str, before_id: int, limit: int) -> list[Change]:
    """The newest changes first."""
    rows = tx.all(
        f"""{_CHANGE} WHERE c.state = 'done' AND (:entry_id = '' OR c.entry_id = :entry_id)
            AND (:before = 0 OR c.id < :before) ORDER BY c.id DESC LIMIT :limit""",
        entry_id=entry_id,
        before=before_id,
        limit=limit,
    )
    return [_change(row) for row in rows]


def find_change(tx: Tx, change_id: int) -> tuple[Change, str] | None:
    """One change, and the entry after which it stood."""
    row = tx.one(f"{_CHANGE} WHERE c.state = 'done' AND c.id = :id", id=change_id)
    return None if row is None else (_change(row), str(row["after_id"]))


def list_known(tx: Tx) -> dict[str, Known]:
    """Every entry's text as it was known last."""
    rows = tx.all("SELECT entry_id, file, text, after_id FROM knowledge_known ORDER BY entry_id")
    return {row["entry_id"]: Known(**dict(row)) for row in rows}


def know(tx: Tx, found: Iterable[Known], gone: Iterable[str], *, now: int) -> None:
    """Remember these texts, and that these entries are gone."""
    for each in found:
        tx.run(
            """INSERT INTO knowledge_known (entry_id, file, text, after_id, seen_at)
            VALUES (:entry_id, :file, :text, :after_id, :now)
            ON CONFLICT (entry_id) DO UPDATE SET file = excluded.file, text = excluded.text,
                after_id = excluded.after_id, seen_at = excluded.seen_at""",
            entry_id=each.entry_id,
            file=each.file,
            text=each.text,
            after_id=each.after_id,
            now=now,
        )
    for entry_id in gone:
        tx.run("DELETE FROM knowledge_known WHERE entry_id = :id", id=entry_id)


def values_of(text: str) -> Mapping[str, object] | None:
    """The values in an entry's text; None while it is no YAML."""
    try:
        return read_values(text)
    except Unreadable:
        return None


def _draft(row: Row) -> Draft:
    fields = {**dict(row), "kind": EditKind(row["kind"])}
    return Draft(**fields, values=values_of(row["text"]))


def _change(row: Row) -> Change:
    fields = dict(row)
    del fields["after_id"]
    before, after = values_of(row["before_text"]), values_of(row["after_text"])
    keys = changed_keys(before or {}, after or {})
    return Change(**{**fields, "kind": ChangeKind(row["kind"])}, keys=keys)
