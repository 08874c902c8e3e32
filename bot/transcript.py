"""What a customer sees of what was said: everything of theirs in order, nothing of the staff's."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.bubbles import Action, bubble_from_row
from bot.outside import external_hash
from bot.store import Row, Tx

#: How many messages one read gives at most.
PAGE = 100
#: Messages whose later erasure a returning page is told about.
ERASED_LIMIT = 500


class Answering(StrEnum):
    """Who answers the customer now."""

    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """A file as its owner may see it."""

    key: str
    name: str
    content_type: str
    size: int
    #: `kept` can be fetched, everything else cannot (yet, or any more)
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One message as the customer sees it."""

    seq: int
    sender: str
    kind: str
    #: empty once erased
    text: str
    sent_at: int
    #: the client's own id of a customer's message, else empty
    client_id: str = ""
    #: name of the agent who wrote it
    name: str = ""
    buttons: tuple[Action, ...] = ()
    quick: tuple[Action, ...] = ()
    files: tuple[Attached, ...] = ()
    #: `unsent` or `erased`: only the place is left
    erased: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """How the customer's newest conversation stands."""

    answering: Answering = Answering.BOT
    conversation_id: int | None = None
    reference: str = ""
    #: name of the agent who has it
    agent: str = ""
    lang: str = ""
    #: seq of the newest message that was read or answered on our side
    read_seq: int = 0


_SHOWN = """SELECT m.seq, m.sender, m.kind, m.source_key, m.text, m.body, m.sent_at, m.erased_at,
    m.erased_how, a.name AS agent_name
FROM message m LEFT JOIN agent a ON a.id = m.agent_id
WHERE m.customer_id = :customer AND m.seq > :after ORDER BY m.seq LIMIT :limit"""

_FILES = """SELECT m.seq, t.key, t.name, t.content_type, t.size, t.state
FROM attachment t JOIN message m ON m.id = t.message_id
WHERE m.customer_id = :customer AND m.seq BETWEEN :first AND :last
    AND m.erased_at IS NULL AND t.state <> 'erased' ORDER BY t.id"""

_ERASED = """SELECT seq FROM message
WHERE customer_id = :customer AND seq <= :upto AND erased_at >= :since
ORDER BY seq DESC LIMIT :limit"""

_SITUATION = """SELECT c.id, c.reference, c.state, c.lang, a.name AS agent_name
FROM conversation c LEFT JOIN agent a ON a.id = c.agent_id
WHERE c.customer_id = :customer ORDER BY c.state = 'closed', c.id DESC LIMIT 1"""

_READ = """SELECT MAX(seq) AS seq FROM (
    SELECT MAX(seq) AS seq FROM message
        WHERE customer_id = :customer AND sender IN ('bot', 'agent')
    UNION ALL
    SELECT MAX(s.seq) AS seq FROM seen s JOIN conversation c ON c.id = s.conversation_id
        WHERE c.customer_id = :customer) AS both_sides"""

_ANSWERING = {
    "bot": Answering.BOT,
    "waiting": Answering.WAITING,
    "assigned": Answering.AGENT,
    "resolved": Answering.BOT,  # the bot asks how it went
    "closed": Answering.CLOSED,
}


def find_customer_id(tx: Tx, channel: str, external_id: str) -> int | None:
    """The customer with this outside id; None also for one whose traces were erased."""
    row = tx.one(
        "SELECT id FROM customer WHERE channel = :channel AND external_hash = :hash"
        # an erase takes the raw id away: whoever comes back then comes as somebody new
        " AND external_id IS NOT NULL",
        channel=channel,
        hash=external_hash(channel, external_id),
    )
    return int(row["id"]) if row else None


def list_shown(tx: Tx, customer_id: int, *, after: int, limit: int = PAGE) -> list[Shown]:
    """The customer's messages behind `after`, oldest first, over all conversations."""
    rows = tx.all(_SHOWN, customer=customer_id, after=after, limit=limit)
    if not rows:
        return []
    files = _files_by_seq(tx, customer_id, rows[0]["seq"], rows[-1]["seq"])
    return [_shown(row, files.get(row["seq"], ())) for row in rows]


def list_erased(tx: Tx, customer_id: int, *, upto: int, since: int = 0) -> list[int]:
    """Seqs up to `upto` whose text is gone, for pages that may still show it."""
    rows = tx.all(_ERASED, customer=customer_id, upto=upto, since=since, limit=ERASED_LIMIT)
    return sorted(row["seq"] for row in rows)


def find_situation(tx: Tx, customer_id: int) -> Situation:
    """How things stand; a customer without a conversation is answered by the bot."""
    row = tx.one(_SITUATION, customer=customer_id)
    if row is None:
        return Situation()
    read = tx.one(_READ, customer=customer_id)
    return Situation(
        answering=_ANSWERING[row["state"]],
        conversation_id=row["id"],
        reference=row["reference"],
        agent=row["agent_name"] or "",
        lang=row["lang"],
        read_seq=(read["seq"] if read else None) or 0,
    )


def forget_upload(tx: Tx, key: str) -> bool:
    """Drop an upload that no message took; True when its bytes can go."""
    return tx.run("DELETE FROM attachment WHERE key = :key AND message_id IS NULL", key=key) == 1


def _files_by_seq(
    tx: Tx, customer_id: int, first: int, last: int
) -> Mapping[int, Sequence[Attached]]:
    found: dict[int, list[Attached]] = {}
    for row in tx.all(_FILES, customer=customer_id, first=first, last=last):
        found.setdefault(row["seq"], []).append(_attached(row))
    return found


def _attached(row: Row) -> Attached:
    return Attached(
        key=row["key"],
        name=row["name"],
        content_type=row["content_type"],
        size=row["size"],
        state=row["state"],
    )


def _shown(row: Row, files: Sequence[Attached]) -> Shown:
    own = row["sender"] == "customer"
    gone = row["erased_at"] is not None
    body: dict[str, Any] = {} if own or gone or not row["body"] else json.loads(row["body"])
    bubble = bubble_from_row(row["text"] or "", body)
    return Shown(
        seq=row["seq"],
        sender=row["sender"],
        kind=row["kind"],
        text=bubble.text,
        sent_at=row["sent_at"],
        client_id=row["source_key"] if own else "",
        name=(row["agent_name"] or "") if row["sender"] == "agent" else "",
        buttons=bubble.buttons,
        quick=bubble.quick,
        files=tuple(files),
        erased=(row["erased_how"] or "erased") if gone else "",
    )
