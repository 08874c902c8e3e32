"""What a message of the bot was said to: all that explains it later."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import NotFound
from bot.rows import get_conversation
from bot.store import Tx

#: So many lines before an answer may have been read together with the last one.
LINES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidTo:
    """A message of the bot with what may have been decided then."""

    decision: Mapping[str, Any]
    channel: str
    lang: str
    sent_at: int
    #: the likeliest first: the last line, with those before it, and earlier ones alone
    texts: tuple[str, ...]
    #: entries that the customer turned down, in order
    rejected: tuple[str, ...]


def read_answer(tx: Tx, conversation_id: int, message_id: int) -> SaidTo:
    """A decided message of the bot and what the customer had written. Raises NotFound."""
    conversation = get_conversation(tx, conversation_id)
    row = tx.one(
        "SELECT seq, decision, sent_at FROM message WHERE id = :id AND conversation_id ="
        " :conversation AND sender = 'bot' AND decision IS NOT NULL",
        id=message_id,
        conversation=conversation_id,
    )
    if row is None:
        raise NotFound
    before = tx.all(
        """SELECT sender, text FROM message WHERE conversation_id = :id AND seq < :seq
            AND (sender <> 'customer' OR text <> '') ORDER BY seq DESC LIMIT :most""",
        id=conversation_id,
        seq=row["seq"],
        most=LINES * 4,
    )
    return SaidTo(
        decision=json.loads(row["decision"]),
        channel=conversation.channel,
        lang=conversation.lang,
        sent_at=row["sent_at"],
        texts=texts_before([(one["sender"], one["text"] or "") for one in before]),
        rejected=conversation.talk.rejected,
    )


def texts_before(lines: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """What may have been read as one question, of (sender, text) with the newest first."""
    turns: list[list[str]] = [[]]
    for sender, text in lines:
        if sender == "customer":
            turns[-1].insert(0, text)
        elif turns[-1]:
            turns.append([])
    last = turns[0][-LINES:]
    found = ["\n".join(last[start:]) for start in range(len(last) - 1, -1, -1)]
    if last:
        for earlier in turns[1:]:
            # 「返品したい」, answered, then 「いつまで？」
            found += ["\n".join([*earlier, *last]), "\n".join(earlier), *earlier]
    return tuple(dict.fromkeys(text for text in found if text))[: LINES * 2]
