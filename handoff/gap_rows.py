"""Rows of gaps: questions are kept once, groups are decided once, what was erased goes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.store import Row, Tx, get
from handoff.gap_values import (
    Considered,
    Found,
    GapMark,
    GapState,
    KeptQuestion,
)

#: Conversations read for questions at once.
BATCH = 1_000
#: Messages before the cursor that are read again: ids may be given out of order.
OVERLAP = 500

_QUESTION = """SELECT q.*, a.name AS decider, c.id AS still_there FROM gap_question q
    LEFT JOIN agent a ON a.id = q.decided_by
    LEFT JOIN conversation c ON c.id = q.conversation_id AND c.reference = q.reference"""
_GAP = "SELECT g.*, a.name AS decider FROM gap g LEFT JOIN agent a ON a.id = g.decided_by"
#: Of which a message was taken back or erased, or whose customer was. What became old is not
#: erased: an undecided question waits for its decision.
_ERASED = """(EXISTS (SELECT 1 FROM message m
        JOIN conversation c ON c.id = m.conversation_id AND c.reference = q.reference
        WHERE m.conversation_id = q.conversation_id
        AND m.id BETWEEN q.message_id AND q.last_message_id AND m.erased_at IS NOT NULL
        AND COALESCE(m.erased_how, '') <> 'expired')
    OR EXISTS (SELECT 1 FROM customer u
        WHERE u.id = q.customer_id AND u.erased_at >= q.asked_at))"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """The newest message that was read."""

    message_id: int = 0
    sent_at: int = 0


def read_cursor(tx: Tx) -> tuple[Cursor, int]:
    """The cursor as it is stored, and from which message on to read.

    Ids begin anew where the newest message was deleted: then everything is read once more.
    """
    row = tx.one("SELECT message_id, sent_at FROM gap_cursor WHERE id = 1")
    if row is None:
        return Cursor(), 0
    stored = Cursor(message_id=row["message_id"], sent_at=row["sent_at"])
    same = tx.one(
        "SELECT 1 FROM message WHERE id = :message_id AND sent_at = :sent_at",
        message_id=stored.message_id,
        sent_at=stored.sent_at,
    )
    return stored, stored.message_id if same else 0


def list_moved(tx: Tx, from_id: int) -> tuple[list[int], Cursor | None]:
    """Conversations with messages from there on, and the next cursor; None without news."""
    rows = tx.all(
        "SELECT id, conversation_id, sent_at FROM message WHERE id > :from_id"
        " ORDER BY id LIMIT :most",
        from_id=max(0, from_id - OVERLAP),
        most=BATCH + OVERLAP,
    )
    if not rows or rows[-1]["id"] <= from_id:
        return [], None
    ids = list(dict.fromkeys(int(row["conversation_id"]) for row in rows))
    return ids, Cursor(message_id=rows[-1]["id"], sent_at=rows[-1]["sent_at"])


def move_cursor(tx: Tx, before: Cursor, after: Cursor) -> bool:
    """Take note of how far messages were read; False when somebody else was quicker."""
    tx.run(
        "INSERT INTO gap_cursor (id, message_id, sent_at) VALUES (1, 0, 0)"
        " ON CONFLICT (id) DO NOTHING"
    )
    moved = tx.run(
        "UPDATE gap_cursor SET message_id = :message_id, sent_at = :sent_at WHERE id = 1"
        " AND message_id = :before_id AND sent_at = :before_at",
        message_id=after.message_id,
        sent_at=after.sent_at,
        before_id=before.message_id,
        before_at=before.sent_at,
    )
    return moved == 1


def keep_question(tx: Tx, found: Found) -> None:
    """Keep a question once; found again it only learns what happened since.

    What was erased between reading and writing is not kept.
    """
    tx.run(
        """INSERT INTO gap_question (key, conversation_id, customer_id, message_id,
            last_message_id, reference, channel, lang, text, why, entry_id, considered, asked_at,
            handed, state)
        SELECT :key, :conversation_id, :customer_id, :message_id, :last_message_id, :reference,
            :channel, :lang, :text, :why, :entry_id, :considered, :asked_at, :handed, 'open'
        WHERE EXISTS (SELECT 1 FROM message WHERE id = :message_id AND erased_at IS NULL)
        ON CONFLICT (key) DO UPDATE SET why = excluded.why, handed = excluded.handed,
            text = excluded.text, entry_id = excluded.entry_id, considered = excluded.considered,
            gap_id = CASE WHEN excluded.why = 'chosen' THEN NULL
                ELSE gap_question.gap_id END""",
        **{
            name: int(value) if isinstance(value, bool) else value
            for name in Found.__slots__
            for value in (getattr(found, name),)
        },
    )


def forget_others(tx: Tx, reference: str, keys: Iterable[str]) -> None:
    """Drop what turned out to be no gap: the same customer got an answer after all."""
    kept = {f"k{place}": key for place, key in enumerate(keys)}
    tx.run(
        "DELETE FROM gap_question WHERE reference = :reference AND state = 'open'"
        f" AND key NOT IN ({', '.join(f':{name}' for name in ['none', *kept])})"
        # whose words are gone cannot be found again
        " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = gap_question.message_id"
        " AND m.erased_how = 'expired')",
        none="",
        reference=reference,
        **kept,
    )


def forget_erased(tx: Tx) -> int:
    """Drop the questions whose message was taken back or erased, and groups left without any."""
    gone = tx.run(f"DELETE FROM gap_question AS q WHERE {_ERASED}")
    drop_empty(tx)
    return gone


def forget_erased_in(tx: Tx, conversation_id: int) -> None:
    """The same for one conversation, at once."""
    tx.run(
        f"DELETE FROM gap_question AS q WHERE q.conversation_id = :id AND {_ERASED}",
        id=conversation_id,
    )


def forget_customer(tx: Tx, customer_id: int) -> int:
    """Drop everything that a customer asked."""
    gone = tx.run("DELETE FROM gap_question WHERE customer_id = :id", id=customer_id)
    drop_empty(tx)
    return gone


def drop_empty(tx: Tx) -> None:
    """Undecided groups without a question are nothing; decided ones keep what was decided."""
    tx.run(
        "DELETE FROM gap WHERE state = 'open' AND NOT EXISTS"
        " (SELECT 1 FROM gap_question q WHERE q.gap_id = gap.id)"
    )


def add_gap(tx: Tx, *, now: int) -> int:
    """A new group; its id."""
    row = get(
        tx,
        "INSERT INTO gap (state, reason, created_at) VALUES ('open', '', :now) RETURNING id",
        now=now,
    )
    return int(row["id"])


def list_ungrouped(tx: Tx, *, limit: int = 10_000) -> list[tuple[int, str]]:
    """Id and text of the questions that have no group yet, the oldest first."""
    rows = tx.all(
        "SELECT id, text FROM gap_question WHERE gap_id IS NULL AND why <> 'chosen'"
        " ORDER BY asked_at, id LIMIT :limit",
        limit=limit,
    )
    return [(int(row["id"]), row["text"]) for row in rows]


def put_into_groups(tx: Tx, groups: Mapping[int, int], *, now: int) -> None:
    """Give questions their groups; numbers below 0 are new ones."""
    made: dict[int, int] = {}
    for question_id, group in groups.items():
        if group < 0 and group not in made:
            made[group] = add_gap(tx, now=now)
        tx.run(
            "UPDATE gap_question SET gap_id = :gap WHERE id = :id AND gap_id IS NULL"
            " AND why <> 'chosen' AND EXISTS (SELECT 1 FROM gap WHERE id = :gap)",
            id=question_id,
            gap=made.get(group, group),
        )
    drop_empty(tx)


def list_members(tx: Tx) -> list[tuple[int, str]]:
    """Group and text of every question that has one, the oldest first."""
    rows = tx.all("SELECT gap_id, text FROM gap_question WHERE gap_id IS NOT NULL ORDER BY id")
    return [(int(row["gap_id"]), row["text"]) for row in rows]


def list_unhandled(tx: Tx, *, limit: int = 2_000) -> dict[int, list[tuple[int, int]]]:
    """Conversations whose handling nobody has added up yet: from and until of each agent."""
    rows = tx.all(
        """SELECT s.conversation_id, s.claimed_at, s.released_at FROM assignment s
        WHERE s.conversation_id IN (SELECT q.conversation_id FROM gap_question q
                JOIN conversation c ON c.id = q.conversation_id AND c.reference = q.reference
            WHERE q.handed = 1 AND q.handling_ms IS NULL
                AND c.state IN ('resolved', 'closed'))
            AND s.released_at IS NOT NULL ORDER BY s.id LIMIT :limit""",
        limit=limit,
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        spans = found.setdefault(int(row["conversation_id"]), [])
        spans.append((int(row["claimed_at"]), int(row["released_at"])))
    return found


def note_handling(tx: Tx, conversation_id: int, handling_ms: int) -> None:
    """How long people had this conversation."""
    tx.run(
        "UPDATE gap_question SET handling_ms = :ms WHERE conversation_id = :id AND handed = 1"
        " AND handling_ms IS NULL AND reference ="
        " (SELECT reference FROM conversation WHERE id = :id)",
        id=conversation_id,
        ms=handling_ms,
    )


def list_marks(tx: Tx, *, decided: bool | None = None) -> list[GapMark]:
    """The groups, those decided or those open; None: all."""
    where = {None: "1 = 1", True: "g.state <> 'open'", False: "g.state = 'open'"}[decided]
    return [_mark(row) for row in tx.all(f"{_GAP} WHERE {where} ORDER BY g.id")]


def find_mark(tx: Tx, gap_id: int) -> GapMark | None:
    """One group."""
    row = tx.one(f"{_GAP} WHERE g.id = :id", id=gap_id)
    return _mark(row) if row else None


def _mark(row: Row) -> GapMark:
    return GapMark(
        id=row["id"],
        state=GapState(row["state"]),
        entry_id=row["entry_id"],
        reason=row["reason"],
        decided_by=row["decider"],
        decided_at=row["decided_at"],
        served_at=row["served_at"],
        reopened_at=row["reopened_at"],
    )


def list_questions(tx: Tx, *, gap_id: int | None = None) -> list[KeptQuestion]:
    """The questions of one group, or of all, the newest first; never one that was erased."""
    where = "q.gap_id = :gap" if gap_id is not None else "q.gap_id IS NOT NULL"
    return _questions(tx, where, gap=gap_id or 0)


def list_picks(tx: Tx, *, state: str = "open") -> list[KeptQuestion]:
    """What customers picked from a did-you-mean, the newest first."""
    return _questions(tx, "q.why = 'chosen' AND q.state = :state", state=state)


def _questions(tx: Tx, where: str, **values: Any) -> list[KeptQuestion]:
    rows = tx.all(
        f"{_QUESTION} WHERE {where} AND NOT {_ERASED} ORDER BY q.asked_at DESC, q.id DESC",
        **values,
    )
    return [_question(row) for row in rows]


def _question(row: Row) -> KeptQuestion:
    plain = {
        name: row[name]
        for name in KeptQuestion.__slots__
        if name not in ("considered", "conversation_id", "decided_by", "handed")
    }
    return KeptQuestion(
        **plain,
        conversation_id=row["still_there"],
        decided_by=row["decider"],
        handed=bool(row["handed"]),
        considered=tuple(
            Considered(entry_id=entry_id, confidence=confidence)
            for entry_id, confidence in json.loads(row["considered"])
        ),
    )


def list_replies(tx: Tx, conversation_ids: Sequence[int]) -> list[str]:
    """What agents wrote in these conversations, the newest first."""
    names = {f"c{place}": one for place, one in enumerate(conversation_ids[:50])}
    if not names:
        return []
    rows = tx.all(
        "SELECT text FROM message WHERE sender = 'agent' AND text IS NOT NULL AND conversation_id"
        f" IN ({', '.join(f':{name}' for name in names)}) ORDER BY id DESC LIMIT 100",
        **names,
    )
    return [row["text"] for row in rows]
