"""How entries do: answers given, what customers said of them, and the conversations behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.store import Row, Tx, get

#: What a customer said to "did that solve it?" after an answer; silence counts as neither.
Outcome: TypeAlias = Literal["solved", "unsolved"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryFigures:
    """How often an entry answered, and how often it helped."""

    hits: int = 0
    solved: int = 0
    unsolved: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryUse:
    """One answer with this entry, for whoever wants to read the conversation."""

    conversation_id: int
    reference: str
    channel: str
    #: what the customer had asked; None once erased
    question: str | None
    confidence: float | None
    outcome: Outcome | None
    answered_at: int


#: A body is compact JSON: inside its strings a quotation mark has a backslash before it.
_SOLVED = '%"choice":"solved"%'
_UNSOLVED = '%"choice":"unsolved"%'

#: Each answer with the tap that came after it and before the next answer.
_USES = """WITH hit AS (
    SELECT id, conversation_id, cause_id, seq, entry_id, confidence, sent_at,
        LEAD(seq) OVER (PARTITION BY conversation_id ORDER BY seq) AS next_seq
    FROM message
    WHERE id >= :first_id AND sent_at >= :since AND sender = 'bot' AND entry_id IS NOT NULL
), told AS (
    SELECT hit.*, (
        SELECT CASE WHEN tap.body LIKE :solved THEN 'solved' ELSE 'unsolved' END
        FROM message tap
        WHERE tap.conversation_id = hit.conversation_id AND tap.seq > hit.seq
            AND (hit.next_seq IS NULL OR tap.seq < hit.next_seq) AND tap.sender = 'customer'
            AND (tap.body LIKE :solved OR tap.body LIKE :unsolved)
        ORDER BY tap.seq LIMIT 1
    ) AS outcome
    FROM hit
)"""


def count_by_entry(tx: Tx, *, since: int) -> Mapping[str, EntryFigures]:
    """The figures of every entry that answered since then."""
    rows = tx.all(
        f"""{_USES} SELECT entry_id, COUNT(*) AS hits,
            SUM(CASE WHEN outcome = 'solved' THEN 1 ELSE 0 END) AS solved,
            SUM(CASE WHEN outcome = 'unsolved' THEN 1 ELSE 0 END) AS unsolved
        FROM told GROUP BY entry_id""",
        **_values(tx, since),
    )
    return {
        row["entry_id"]: EntryFigures(
            hits=row["hits"], solved=row["solved"], unsolved=row["unsolved"]
        )
        for row in rows
    }


def list_uses(
    tx: Tx,
    entry_id: str,
    *,
    since: int,
    outcome: Outcome | None = None,
    page: int = 0,
    page_size: int = 100,
) -> list[EntryUse]:
    """The answers behind a figure, the newest first."""
    rows = tx.all(
        f"""{_USES} SELECT told.conversation_id, c.reference, c.channel, told.confidence,
            told.outcome, told.sent_at, asked.text AS question, asked.body AS asked_body
        FROM told JOIN conversation c ON c.id = told.conversation_id
            LEFT JOIN message asked ON asked.id = told.cause_id
        WHERE told.entry_id = :entry_id AND (:outcome = '' OR told.outcome = :outcome)
        ORDER BY told.sent_at DESC, told.id DESC LIMIT :limit OFFSET :offset""",
        entry_id=entry_id,
        outcome=outcome or "",
        limit=page_size,
        offset=max(0, page) * page_size,
        **_values(tx, since),
    )
    return [_use(row) for row in rows]


def _use(row: Row) -> EntryUse:
    return EntryUse(
        conversation_id=row["conversation_id"],
        reference=row["reference"],
        channel=row["channel"],
        question=_question(row),
        confidence=row["confidence"],
        outcome=row["outcome"],
        answered_at=row["sent_at"],
    )


def _question(row: Row) -> str | None:
    """What was asked in words: who taps a suggestion had typed something before."""
    if row["question"] is None:
        return None
    body = json.loads(row["asked_body"] or "{}")
    return str(body.get("question") or row["question"])


def _values(tx: Tx, since: int) -> dict[str, str | int]:
    return {
        "first_id": _first_id(tx, since),
        "since": since,
        "solved": _SOLVED,
        "unsolved": _UNSOLVED,
    }


def _first_id(tx: Tx, since: int) -> int:
    """From which message on to look: ids grow with time, and a table of years is not read."""
    last = get(tx, "SELECT COALESCE(MAX(id), 0) AS id FROM message")
    low, high = 0, int(last["id"])
    while low < high:
        middle = (low + high) // 2
        row = tx.one(
            "SELECT id, sent_at FROM message WHERE id > :id ORDER BY id LIMIT 1", id=middle
        )
        if row is None or row["sent_at"] >= since:
            high = middle
        else:
            low = int(row["id"])
    return low
