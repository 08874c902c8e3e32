"""Rows of the files that came with messages: owed by a platform, kept, gone, erased."""

import secrets
from dataclasses import dataclass

from bot.clock import MINUTE_MS, SECOND_MS
from bot.errors import NotFound
from bot.events import Media
from bot.store import Row, Tx, get

#: Tries before a file is given up: with the delays below they span about a day.
ATTEMPTS = 40
#: While one process fetches a file no other begins to.
LEASE_MS = 3 * MINUTE_MS
_FIRST_DELAY_MS = 5 * SECOND_MS
_LONGEST_DELAY_MS = 45 * MINUTE_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file we hold."""

    key: str
    customer_id: int
    #: None while an upload has not been sent with a message
    message_id: int | None
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """A file that the platform still has."""

    id: int
    key: str
    source: str
    attempts: int
    #: as announced, 0 when the platform did not say
    size: int


def new_key() -> str:
    """A name of 128 random bits, which nobody guesses."""
    return secrets.token_hex(16)


def owe_attachment(tx: Tx, *, customer_id: int, message_id: int, media: Media, now: int) -> str:
    """Note that a message's bytes are to be fetched; the key they will be kept under."""
    return _insert(
        tx, customer_id, media.name, key=new_key(), message_id=message_id, source=media.source,
        state="owed", size=media.size, next_at=now, now=now,
    )  # fmt: skip


def add_upload(
    tx: Tx, *, customer_id: int, key: str, name: str, content_type: str, size: int, now: int
) -> str:
    """Note bytes that lie on the shelf already; a message takes them later."""
    return _insert(
        tx, customer_id, name, key=key, state="kept", content_type=content_type, size=size, now=now
    )


def attach_upload(tx: Tx, key: str, *, customer_id: int, message_id: int) -> bool:
    """Give an upload to the message it was made for; False when it is not this customer's."""
    changed = tx.run(
        "UPDATE attachment SET message_id = :message WHERE key = :key AND customer_id = :customer"
        " AND message_id IS NULL AND state = 'kept'",
        key=key,
        customer=customer_id,
        message=message_id,
    )
    return changed == 1


def open_attachment(tx: Tx, key: str) -> Attachment:
    """The file behind a key. Raises NotFound for any that we do not hold (any more).

    Whether the asker may see it is for the caller to decide by customer or message.
    """
    row = tx.one("SELECT * FROM attachment WHERE key = :key AND state = 'kept'", key=key)
    if row is None:
        raise NotFound
    return Attachment(
        key=str(row["key"]),
        customer_id=int(row["customer_id"]),
        message_id=None if row["message_id"] is None else int(row["message_id"]),
        name=str(row["name"]),
        content_type=str(row["content_type"]),
        size=int(row["size"]),
    )


def list_attachments(tx: Tx, message_id: int) -> list[Row]:
    """All files of a message with their states, for pages."""
    return tx.all(
        "SELECT key, state, name, content_type, size FROM attachment"
        " WHERE message_id = :message ORDER BY id",
        message=message_id,
    )


def is_owed(tx: Tx, *, now: int) -> bool:
    """Whether there is anything to fetch: asked often, and cheaper than a commit."""
    row = tx.one(
        "SELECT 1 FROM attachment WHERE state = 'owed' AND next_at <= :now LIMIT 1", now=now
    )
    return row is not None


def take_owed(tx: Tx, *, now: int, most: int) -> list[Owed]:
    """Files whose time has come, taken so that nobody else fetches them meanwhile."""
    rows = tx.all(
        "SELECT id, key, source, attempts, size FROM attachment"
        " WHERE state = 'owed' AND next_at <= :now ORDER BY next_at, id LIMIT :most",
        now=now,
        most=most,
    )
    return [
        Owed(
            id=int(row["id"]),
            key=str(row["key"]),
            source=str(row["source"]),
            attempts=int(row["attempts"]) + 1,
            size=int(row["size"]),
        )
        for row in rows
        if tx.run(
            "UPDATE attachment SET attempts = attempts + 1, next_at = :lease"
            # somebody else may have taken or erased it since the list was read
            " WHERE id = :id AND state = 'owed' AND next_at <= :now",
            id=row["id"],
            now=now,
            lease=now + LEASE_MS,
        )
    ]


def mark_kept(tx: Tx, owed: Owed, *, content_type: str, size: int) -> bool:
    """The bytes are ours; False when the customer took the message back meanwhile."""
    changed = tx.run(
        "UPDATE attachment SET state = 'kept', next_at = NULL, content_type = :type, size = :size"
        " WHERE id = :id AND state = 'owed'",
        id=owed.id,
        type=content_type,
        size=size,
    )
    return changed == 1


def mark_lost(tx: Tx, owed: Owed, state: str) -> None:
    """We shall never have the bytes: gone, too_large or failed."""
    tx.run(
        "UPDATE attachment SET state = :state, next_at = NULL WHERE id = :id AND state = 'owed'",
        id=owed.id,
        state=state,
    )


def postpone(tx: Tx, owed: Owed, *, now: int) -> bool:
    """Try again later, each time a little later; False when it has been tried often enough."""
    if owed.attempts >= ATTEMPTS:
        mark_lost(tx, owed, "failed")
        return False
    tx.run(
        "UPDATE attachment SET next_at = :next WHERE id = :id AND state = 'owed'",
        id=owed.id,
        next=now + min(_FIRST_DELAY_MS * 2 ** min(owed.attempts - 1, 20), _LONGEST_DELAY_MS),
    )
    return True


def erase_attachments(
    tx: Tx, *, message_id: int | None = None, customer_id: int | None = None
) -> list[str]:
    """Forget the files of a message or of a person; `shelf.drop_erased` removes the bytes."""
    rows = tx.all(
        "SELECT id, key FROM attachment WHERE state <> 'erased'"
        " AND (message_id = :message OR customer_id = :customer)",
        message=message_id,
        customer=customer_id,
    )
    for row in rows:
        tx.run(
            # next_at says that bytes may still lie on the shelf, see list_erased
            "UPDATE attachment SET state = 'erased', name = '', source = NULL, size = 0,"
            " next_at = 0 WHERE id = :id",
            id=row["id"],
        )
    return [str(row["key"]) for row in rows]


def erase_upload(tx: Tx, key: str) -> None:
    """Forget an upload that became part of no message."""
    tx.run(
        "UPDATE attachment SET state = 'erased', name = '', size = 0, next_at = 0"
        " WHERE key = :key AND message_id IS NULL",
        key=key,
    )


def list_erased(tx: Tx) -> list[str]:
    """Keys of erased files whose bytes have not been removed yet."""
    rows = tx.all(
        "SELECT key FROM attachment WHERE state = 'erased' AND next_at IS NOT NULL LIMIT 500"
    )
    return [str(row["key"]) for row in rows]


def mark_removed(tx: Tx, keys: list[str]) -> None:
    """The bytes of these erased files are gone too."""
    for key in keys:
        tx.run(
            "UPDATE attachment SET next_at = NULL WHERE key = :key AND state = 'erased'", key=key
        )


def list_held(tx: Tx, keys: list[str]) -> set[str]:
    """Which of these keys still have a right to their bytes."""
    return {
        key
        for key in keys
        if tx.one(
            "SELECT 1 FROM attachment WHERE key = :key AND state IN ('kept','owed')", key=key
        )
    }


def find_place(tx: Tx, owed: Owed) -> Row | None:
    """Customer, conversation and seq of the message that a file belongs to."""
    return tx.one(
        "SELECT m.customer_id, m.conversation_id, m.seq FROM attachment a"
        " JOIN message m ON m.id = a.message_id WHERE a.id = :id",
        id=owed.id,
    )


def _insert(
    tx: Tx,
    customer_id: int,
    name: str,
    *,
    key: str,
    state: str,
    now: int,
    message_id: int | None = None,
    source: str | None = None,
    content_type: str = "",
    size: int = 0,
    next_at: int | None = None,
) -> str:
    row = get(
        tx,
        "INSERT INTO attachment (key, customer_id, message_id, source, state, name, content_type,"
        " size, attempts, next_at, created_at) VALUES (:key, :customer, :message, :source, :state,"
        " :name, :type, :size, 0, :next, :now) RETURNING key",
        key=key,
        customer=customer_id,
        message=message_id,
        source=source,
        state=state,
        name=name,
        type=content_type,
        size=size,
        next=next_at,
        now=now,
    )
    return str(row["key"])
