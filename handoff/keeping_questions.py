"""Questions that customers really asked the bot, with what they told about its answers."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.store import Row, Tx, get
from faq.replay import Question

#: Distinct questions that are tried at most, the newest.
MOST_QUESTIONS = 2_000
#: Messages that are read at most to find them.
_MOST_MESSAGES = 40_000
_HALVINGS = 40
#: Lines that the bot takes together when they come one after the other.
_LINES = 3
_JOINED_MS = 10_000


@dataclass(slots=True)
class _Asked:
    """What was asked in the same words."""

    row: Row
    count: int = 0
    votes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Talk:
    """Where a conversation stands while its messages are read in order."""

    lines: list[Row] = field(default_factory=list)
    asked: str = ""
    entry_id: str = ""


def list_questions(tx: Tx, *, since: int) -> tuple[list[Question], int]:
    """The newest distinct questions since then, and how many more there were."""
    rows = tx.all(
        """SELECT m.id, m.conversation_id, m.sender, m.text, m.body, m.entry_id, m.sent_at,
            m.decision, m.cause_id, c.lang, c.channel
        FROM message m JOIN conversation c ON c.id = m.conversation_id
        WHERE m.id >= :first_id AND m.sent_at >= :since AND m.erased_at IS NULL
            AND (m.sender = 'customer' OR (m.sender = 'bot' AND m.decision IS NOT NULL))
        ORDER BY m.id DESC LIMIT :most""",
        first_id=_first_id(tx, since),
        since=since,
        most=_MOST_MESSAGES,
    )
    found = _collect(reversed(rows))
    newest = sorted(found.items(), key=lambda item: -int(item[1].row["id"]))
    kept = [_question(key[0], asked) for key, asked in newest[:MOST_QUESTIONS]]
    return kept, max(0, len(newest) - MOST_QUESTIONS)


_Key = tuple[str, str, str]


def _collect(rows: Iterable[Row]) -> dict[_Key, _Asked]:
    """Each question with its votes, from messages in their order."""
    found: dict[_Key, _Asked] = {}
    talks: dict[int, _Talk] = {}
    for row in rows:
        talk = talks.setdefault(row["conversation_id"], _Talk())
        if row["sender"] == "bot":
            _hear_bot(row, talk, found)
        elif row["text"] is not None:
            _hear_customer(row, talk, found)
    return found


def _hear_customer(row: Row, talk: _Talk, found: dict[_Key, _Asked]) -> None:
    body = json.loads(row["body"]) if row["body"] and '"choice"' in row["body"] else {}
    choice = str(body.get("choice") or "")
    if not choice:
        talk.lines = [
            line for line in talk.lines if line["sent_at"] >= row["sent_at"] - _JOINED_MS
        ][1 - _LINES :]
        talk.lines.append(row)
        return
    talk.lines = []
    asked = str(body.get("question") or talk.asked)
    if choice.startswith("entry:"):
        _vote(found, (asked, row["lang"], row["channel"]), choice.removeprefix("entry:"), 1)
    elif choice in ("solved", "unsolved") and talk.entry_id:
        worth = 1 if choice == "solved" else -1
        _vote(found, (talk.asked, row["lang"], row["channel"]), talk.entry_id, worth)


def _hear_bot(row: Row, talk: _Talk, found: dict[_Key, _Asked]) -> None:
    chosen = json.loads(row["decision"]).get("kind") == "chosen"
    talk.entry_id = str(row["entry_id"] or "")
    if chosen or not talk.lines or talk.lines[-1]["id"] != row["cause_id"]:
        # a tap, or an answer to what lies outside of what was read
        talk.lines = []
        return
    last = talk.lines[-1]
    talk.asked = "\n".join(line["text"] for line in talk.lines).strip()
    talk.lines = []
    if talk.asked:
        key = (talk.asked, row["lang"], row["channel"])
        asked = found.setdefault(key, _Asked(row=last))
        asked.row, asked.count = last, asked.count + 1


def _vote(found: dict[_Key, _Asked], key: _Key, entry_id: str, worth: int) -> None:
    """Customers who were asked about it say which entry was meant."""
    if key in found:
        found[key].votes[entry_id] += worth


def _question(text: str, asked: _Asked) -> Question:
    row = asked.row
    return Question(
        text=text,
        lang=row["lang"],
        channel=row["channel"],
        count=asked.count,
        last_at=row["sent_at"],
        message_id=row["id"],
        conversation_id=row["conversation_id"],
        right=frozenset(each for each, votes in asked.votes.items() if votes > 0),
        wrong=frozenset(each for each, votes in asked.votes.items() if votes < 0),
    )


def _first_id(tx: Tx, since: int) -> int:
    """From which message on to look: ids grow with time, and a table of years is not read."""
    low, high = 0, int(get(tx, "SELECT COALESCE(MAX(id), 0) AS id FROM message")["id"])
    for _ in range(_HALVINGS):
        if low >= high:
            break
        middle = (low + high) // 2
        row = tx.one(
            "SELECT id, sent_at FROM message WHERE id > :id ORDER BY id LIMIT 1", id=middle
        )
        if row is None or row["sent_at"] >= since:
            high = middle
        else:
            low = int(row["id"])
    return low
