"""What real traffic says about which entry is right for which text."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from bot.masking import mask_phones
from bot.store import Row, Tx
from faq.evaluate import Question
from faq.normalize import fold, literal_key
from handoff.outcomes import Asked, Spoken, read_outcomes

#: Conversations read at once: their messages are held in memory.
AT_ONCE = 200


class How(StrEnum):
    """What the customer or the staff did that tells."""

    #: picked it from a did-you-mean
    PICKED = "picked"
    #: said that the answer solved it
    SOLVED = "solved"
    #: turned entries down and found none
    REJECTED = "rejected"
    #: an admin added the text to the entry, or its group belongs there
    VARIANT = "variant"
    #: an admin said that nothing should answer it
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A text and what is known about the right entry."""

    #: reference and seq of the question
    key: str
    text: str
    #: entries that are right; none: nothing fits, or nobody knows (see `how`)
    expect: tuple[str, ...] = ()
    #: entries that are not
    rejected: tuple[str, ...] = ()
    how: How
    at: int

    @property
    def tells(self) -> bool:
        """Whether it says what would be right, and not only what is wrong."""
        return self.how is not How.REJECTED


def list_labels(tx: Tx, since_at: int) -> tuple[Question, ...]:
    """Labelled questions for `eval`, each text once; the newest word on a text counts."""
    found: dict[str, Label] = {}
    for label in sorted(list_labelled(tx, since_at), key=_weight):
        if label.tells:
            found[literal_key(fold(label.text)) or label.text] = label
    return tuple(Question(text=one.text, expect=one.expect) for one in found.values())


def _weight(label: Label) -> tuple[bool, int, str]:
    """What an admin decided outweighs a tap, whenever it was."""
    return (label.how in (How.VARIANT, How.OUT_OF_SCOPE), label.at, label.key)


def list_labelled(tx: Tx, since_at: int) -> tuple[Label, ...]:
    """Every label on questions asked since then, in order of time; telephone numbers masked.

    What an admin took back or dismissed is not among them, nor is what was erased.
    """
    decided = {label.key: label for label in _list_decided(tx, since_at)}
    dismissed = {
        row["key"] for row in tx.all("SELECT key FROM gap_question WHERE state = 'dismissed'")
    }
    told = {
        label.key: label
        for reference, asked in list_asked(tx, since_at)
        if (label := _label(reference, asked)) and label.key not in dismissed
    }
    return tuple(sorted((told | decided).values(), key=lambda one: (one.at, one.key)))


def key_of(reference: str, seq: int) -> str:
    """The name of a question, which outlives its rows."""
    return f"{reference}:{seq}"


def _label(reference: str, asked: Asked) -> Label | None:
    if asked.right:
        how = How.PICKED if asked.picked else How.SOLVED
    elif asked.rejected:
        how = How.REJECTED
    else:
        return None
    return Label(
        key=key_of(reference, asked.seq),
        text=mask_phones(asked.text),
        expect=(asked.right,) if asked.right else (),
        rejected=tuple(asked.rejected),
        how=how,
        at=asked.asked_at,
    )


def _list_decided(tx: Tx, since_at: int) -> Iterator[Label]:
    """What admins said about gaps and picks."""
    rows = tx.all(
        """SELECT q.key, q.text, q.asked_at, g.state,
            CASE WHEN q.why = 'chosen' THEN q.entry_id ELSE g.entry_id END AS entry_id
        FROM gap_question q LEFT JOIN gap g ON g.id = q.gap_id
        WHERE q.asked_at >= :since AND NOT EXISTS (SELECT 1 FROM message m
                WHERE m.conversation_id = q.conversation_id AND m.erased_at IS NOT NULL
                    AND m.id BETWEEN q.message_id AND q.last_message_id)
            AND (q.state = 'added' OR g.state IN ('variant', 'out')
                OR (g.state = 'entry' AND g.served_at IS NOT NULL))""",
        since=since_at,
    )
    for row in rows:
        out = row["state"] == "out"
        yield Label(
            key=row["key"],
            text=row["text"],
            expect=() if out else (row["entry_id"],),
            how=How.OUT_OF_SCOPE if out else How.VARIANT,
            at=row["asked_at"],
        )


def list_asked(tx: Tx, since_at: int) -> Iterator[tuple[str, Asked]]:
    """Questions asked since then, each with its conversation's reference."""
    rows = tx.all(
        "SELECT id FROM conversation WHERE changed_at >= :since ORDER BY id", since=since_at
    )
    ids = [int(row["id"]) for row in rows]
    for start in range(0, len(ids), AT_ONCE):
        for talk in read_talks(tx, ids[start : start + AT_ONCE]):
            for asked in read_outcomes(talk.messages):
                if asked.asked_at >= since_at:
                    yield talk.reference, asked


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedTalk:
    """A conversation as it is stored."""

    id: int
    reference: str
    customer_id: int
    channel: str
    lang: str
    messages: tuple[Spoken, ...]


def read_talks(tx: Tx, conversation_ids: Sequence[int]) -> Iterator[RecordedTalk]:
    """The messages of these conversations; at most `AT_ONCE` of them."""
    names = {f"c{place}": one for place, one in enumerate(conversation_ids)}
    if not names:
        return
    rows = tx.all(
        f"""SELECT c.reference, c.channel, c.lang, m.conversation_id, m.customer_id, m.id, m.seq,
            m.sender, m.text, m.body, m.entry_id, m.decision, m.cause_id, m.sent_at, m.erased_at
        FROM message m JOIN conversation c ON c.id = m.conversation_id
        WHERE m.conversation_id IN ({", ".join(f":{name}" for name in names)})
        ORDER BY m.conversation_id, m.seq""",
        **names,
    )
    for conversation_id, held in groupby(rows, key=lambda row: int(row["conversation_id"])):
        yield _talk(conversation_id, list(held))


def _talk(conversation_id: int, rows: list[Row]) -> RecordedTalk:
    first = rows[0]
    return RecordedTalk(
        id=conversation_id,
        reference=first["reference"],
        customer_id=first["customer_id"],
        channel=first["channel"],
        lang=first["lang"],
        messages=tuple(map(_spoken, rows)),
    )


def _spoken(row: Row) -> Spoken:
    return Spoken(
        id=row["id"],
        seq=row["seq"],
        sender=row["sender"],
        text=row["text"] or "",
        body=json.loads(row["body"]) if row["body"] else {},
        entry_id=row["entry_id"],
        decision=json.loads(row["decision"]) if row["decision"] else None,
        cause_id=row["cause_id"],
        sent_at=row["sent_at"],
        erased=row["erased_at"] is not None,
    )


def label_lines(questions: Iterable[Question]) -> Iterator[str]:
    """The lines of a file for `eval`."""
    for one in questions:
        yield json.dumps({"text": one.text, "expect": list(one.expect)}, ensure_ascii=False)
