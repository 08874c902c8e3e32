"""Rows about one person: found by what is at hand, read for an export, erased everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import forgetting
from bot.outside import external_hash
from bot.references import parse_reference
from bot.store import Row, Tx, get
from handoff import audit, gap_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Whom an export or an erase is about."""

    customer_id: int
    channel: str
    #: of the newest conversation; empty where there is none
    reference: str
    lang: str
    erased_at: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Holdings:
    """Every row that we hold about a person, as it is stored."""

    person: Person
    customer: Mapping[str, Any]
    conversations: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    files: Sequence[Mapping[str, Any]]
    surveys: Sequence[Mapping[str, Any]]
    callbacks: Sequence[Mapping[str, Any]]
    notes: Sequence[Mapping[str, Any]]
    assignments: Sequence[Mapping[str, Any]]
    sends: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What an erase did."""

    conversation_ids: tuple[int, ...]
    #: names of the files whose bytes are removed next
    files: tuple[str, ...]


_OF_PERSON = "conversation_id IN (SELECT id FROM conversation WHERE customer_id = :id)"
_READ: Mapping[str, str] = {
    "conversations": "SELECT * FROM conversation WHERE customer_id = :id ORDER BY id",
    "messages": "SELECT m.*, a.name AS agent_name FROM message m"
    " LEFT JOIN agent a ON a.id = m.agent_id WHERE m.customer_id = :id ORDER BY m.seq",
    "files": "SELECT * FROM attachment WHERE customer_id = :id AND state <> 'erased' ORDER BY id",
    "surveys": f"SELECT * FROM survey WHERE {_OF_PERSON} ORDER BY id",
    "callbacks": f"SELECT * FROM callback WHERE {_OF_PERSON} ORDER BY id",
    "notes": "SELECT n.*, a.name AS agent_name FROM note n JOIN agent a ON a.id = n.agent_id"
    f" WHERE n.{_OF_PERSON} ORDER BY n.id",
    "assignments": "SELECT s.*, a.name AS agent_name FROM assignment s"
    f" JOIN agent a ON a.id = s.agent_id WHERE s.{_OF_PERSON} ORDER BY s.id",
    "sends": "SELECT conversation_id, sender, first_seq, last_seq, state, sent_at, route, body"
    " FROM outbox WHERE customer_id = :id ORDER BY id",
    "questions": "SELECT * FROM gap_question WHERE customer_id = :id ORDER BY id",
}
_PERSON = """SELECT k.id, k.channel, k.lang, k.erased_at, COALESCE((SELECT c.reference
    FROM conversation c WHERE c.customer_id = k.id ORDER BY c.id DESC LIMIT 1), '') AS reference
FROM customer k"""


def find_by_reference(tx: Tx, text: str) -> Person | None:
    """Whoever has the conversation of this reference, however it is typed."""
    reference = parse_reference(text)
    if reference is None:
        return None
    row = tx.one(
        f"{_PERSON} WHERE k.id = (SELECT customer_id FROM conversation WHERE reference = :text)",
        text=reference,
    )
    return _person(row)


def find_by_outside_id(tx: Tx, channel: str, key: str) -> Person | None:
    """Whoever a channel knows by this id; also one who was erased."""
    row = tx.one(
        f"{_PERSON} WHERE k.channel = :channel AND k.external_hash = :hash",
        channel=channel,
        hash=external_hash(channel, key),
    )
    return _person(row)


def find_by_conversation(tx: Tx, conversation_id: int) -> Person | None:
    """Whose conversation it is; the reference is this one's."""
    row = tx.one(
        "SELECT k.id, k.channel, k.lang, k.erased_at, c.reference FROM conversation c"
        " JOIN customer k ON k.id = c.customer_id WHERE c.id = :id",
        id=conversation_id,
    )
    return _person(row)


def _person(row: Row | None) -> Person | None:
    if row is None:
        return None
    return Person(
        customer_id=row["id"],
        channel=row["channel"],
        reference=row["reference"],
        lang=row["lang"],
        erased_at=row["erased_at"],
    )


def read_holdings(tx: Tx, person: Person) -> Holdings:
    """Everything about a person at one moment."""
    customer = get(tx, "SELECT * FROM customer WHERE id = :id", id=person.customer_id)
    found = {name: _plain(tx.all(sql, id=person.customer_id)) for name, sql in _READ.items()}
    return Holdings(
        person=person,
        customer=dict(customer),
        events=_plain(_list_events(tx, customer)),
        **found,
    )


def _plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def _list_events(tx: Tx, customer: Row) -> list[Row]:
    """Events that are held for an admin, with what they said."""
    if customer["external_id"] is None:
        return []
    return tx.all(
        "SELECT kind, state, content, received_at, occurred_at FROM inbox WHERE"
        f" {forgetting.HELD} ORDER BY id",
        **forgetting.held_by(customer),
    )


def list_words(tx: Tx, person: Person) -> list[str]:
    """What the person wrote, each text once: to look for copies in the knowledge."""
    rows = tx.all(
        "SELECT DISTINCT text FROM message WHERE customer_id = :id AND sender = 'customer'"
        " AND text IS NOT NULL AND text <> ''"
        " UNION SELECT text FROM gap_question WHERE customer_id = :id",
        id=person.customer_id,
    )
    return [str(row["text"]) for row in rows]


def list_drafts(tx: Tx) -> list[tuple[str, str]]:
    """Entry and text of every draft of the knowledge."""
    rows = tx.all("SELECT entry_id, text FROM knowledge_draft ORDER BY entry_id")
    return [(row["entry_id"], row["text"]) for row in rows]


def erase(
    tx: Tx, person: Person, *, by: int | None, login: str, entries: int, now: int
) -> Forgotten:
    """Erase a person everywhere, in one transaction, and write down that it was done."""
    rows = tx.all(
        "SELECT id FROM conversation WHERE customer_id = :id ORDER BY id", id=person.customer_id
    )
    files = forgetting.forget_person(tx, person.customer_id, now=now)
    for row in rows:
        forget_around(tx, row["id"], now=now)
    tx.run(
        "UPDATE assignment SET released_at = :now, went = 'erased' WHERE released_at IS NULL"
        f" AND {_OF_PERSON}",
        id=person.customer_id,
        now=now,
    )
    gap_rows.forget_customer(tx, person.customer_id)
    audit.record(
        tx,
        "erase_customer",
        now=now,
        agent_id=by,
        conversation_id=rows[-1]["id"] if rows else None,
        customer_id=person.customer_id,
        reference=person.reference,
        login=login,
        conversations=len(rows),
        files=len(files),
        entries=entries,
    )
    return Forgotten(conversation_ids=tuple(int(row["id"]) for row in rows), files=tuple(files))


def forget_around(tx: Tx, conversation_id: int, *, now: int) -> None:
    """What staff wrote about a conversation, and the numbers to call."""
    tx.run("DELETE FROM note WHERE conversation_id = :id", id=conversation_id)
    tx.run(
        "UPDATE callback SET phone = '', done_at = COALESCE(done_at, :now),"
        " state = CASE WHEN state = 'due' THEN 'cancelled' ELSE state END"
        " WHERE conversation_id = :id",
        id=conversation_id,
        now=now,
    )


def note_export(tx: Tx, person: Person, *, by: int | None, login: str, now: int) -> None:
    """Write down that somebody handed out what we hold."""
    audit.record(
        tx,
        "export_customer",
        now=now,
        agent_id=by,
        customer_id=person.customer_id,
        reference=person.reference,
        login=login,
    )


def list_erased_since(tx: Tx, since: int) -> list[tuple[int, int, int]]:
    """Customer, conversation and time of all who were erased since then: pages may show them."""
    rows = tx.all(
        "SELECT k.id AS customer_id, c.id, k.erased_at FROM customer k JOIN conversation c"
        " ON c.customer_id = k.id WHERE k.erased_at >= :since ORDER BY c.id",
        since=since,
    )
    return [(int(row["customer_id"]), int(row["id"]), int(row["erased_at"])) for row in rows]
