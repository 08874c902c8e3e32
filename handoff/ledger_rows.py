"""Counts what came in by what became of it, and what goes out by its state.

Every message of a customer falls into the first class of `_CLASS` that fits, and one that fits
none is unaccounted for; docs/reliability.md tells the classes in words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.store import Row, Tx

#: Classes of messages, in the order of the page.
BOT = "bot"
PERSON = "person"
QUEUED = "queued"
CLAIMED = "claimed"
CONTINUING = "continuing"
ENDED = "ended"
AFTERWARDS = "afterwards"
FLOOD = "flood"
TAKEN_BACK = "taken_back"
STANDBY = "standby"
#: Classes of events that brought no message.
PARKED = "parked"
DISMISSED = "dismissed"
KEPT = "kept"
NOTICE = "notice"
#: Messages and events that no class explains.
UNACCOUNTED = "unaccounted"
MESSAGES = (
    BOT,
    PERSON,
    QUEUED,
    CLAIMED,
    CONTINUING,
    ENDED,
    AFTERWARDS,
    FLOOD,
    TAKEN_BACK,
    STANDBY,
)
EVENTS = (PARKED, DISMISSED, KEPT, NOTICE)
#: States of what goes out, and those that somebody has to decide about.
STATES = ("pending", "sending", "sent", "failed", "in_doubt", "blocked_quota", "cancelled")
DEAD = ("failed", "in_doubt", "blocked_quota")
#: States that have an index of their own, which holds nothing of what was sent.
_INDEXED = (("pending", "sending"), DEAD, ("cancelled",))

_TURN = "SELECT 1 FROM message b WHERE b.sender = 'bot' AND b.cause_id = m.id"
_OURS_AFTER = (
    "SELECT 1 FROM message b WHERE b.conversation_id = m.conversation_id AND b.seq > m.seq"
    " AND b.sender = 'bot'"
)
#: What became of a message; what is told by the conversation's row and an index stands first.
_CLASS = f"""CASE
    WHEN c.state IN ('waiting', 'assigned') AND m.seq > c.agent_seq
        AND m.sent_at >= c.waiting_since AND m.erased_at IS NULL
        THEN CASE c.state WHEN 'waiting' THEN 'queued' ELSE 'claimed' END
    WHEN m.seq > c.agent_seq AND EXISTS ({_TURN}) THEN 'bot'
    -- what only led to the people was answered by them
    WHEN m.seq < c.agent_seq AND EXISTS (
        {_TURN} AND (b.entry_id IS NOT NULL OR b.decision IS NOT NULL)) THEN 'bot'
    WHEN m.seq < c.agent_seq THEN 'person'
    WHEN m.erased_at IS NOT NULL AND COALESCE(m.erased_how, '') <> 'expired' THEN 'taken_back'
    WHEN c.state = 'waiting' THEN 'queued'
    WHEN c.state = 'assigned' THEN 'claimed'
    WHEN EXISTS (SELECT 1 FROM message f WHERE f.customer_id = m.customer_id
        AND f.seq = m.seq - :flood AND f.sent_at > m.sent_at - :flood_span) THEN 'flood'
    WHEN c.state = 'bot' AND c.talk LIKE '%"pending":%' AND NOT EXISTS ({_OURS_AFTER})
        THEN 'continuing'
    -- lines that came one upon the other are answered together
    WHEN EXISTS ({_OURS_AFTER} AND b.cause_id > m.id AND EXISTS (SELECT 1 FROM message k
        WHERE k.id = b.cause_id AND k.sent_at <= m.sent_at + :together)) THEN 'bot'
    WHEN m.body LIKE '%"standby":true%' THEN 'standby'
    WHEN c.state IN ('resolved', 'closed')
        AND m.sent_at >= COALESCE(c.resolved_at, c.closed_at) THEN 'afterwards'
    WHEN c.state IN ('resolved', 'closed') AND (c.cause IS NOT NULL OR c.claimed_at IS NOT NULL
        OR m.erased_how = 'expired') THEN 'ended'
    -- the customer left the queue and went on with the bot
    WHEN c.state = 'bot' AND c.cause IS NOT NULL AND EXISTS ({_OURS_AFTER}) THEN 'ended'
    ELSE 'unaccounted' END"""
_MESSAGES = "FROM message m WHERE m.sender = 'customer' AND m.sent_at >= :since"
_EVENTS = "FROM inbox i WHERE i.received_at >= :since"
_SAID = """FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE m.sender = 'customer' AND m.sent_at >= :since"""
#: An event with an error that is over was settled without its message.
_KIND = """CASE WHEN i.state = 'parked' THEN 'parked' WHEN i.state = 'kept' THEN 'kept'
    WHEN i.kind NOT IN ('message', 'choice') THEN 'notice'
    WHEN i.error IS NOT NULL THEN 'dismissed' ELSE 'said' END"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spans:
    """Where the columns of the page begin, ms; the last is the earliest."""

    today: int
    week: int
    month: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What the classes need to know besides the rows."""

    flood: int
    flood_span_ms: int
    #: lines of one question are at most so far apart
    together_ms: int


#: Today, seven days, thirty days.
Counts = tuple[int, int, int]
NONE: Counts = (0, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """Everything that came in and goes out, counted in one transaction."""

    #: by class; `unaccounted` is among them
    came: dict[str, Counts]
    #: by state
    goes: dict[str, Counts]
    #: ms; when the oldest that is still owed was made
    oldest_owed_at: int | None

    @property
    def received(self) -> Counts:
        """All that came in: the sum of all classes."""
        return _sum(self.came.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing behind a number."""

    at: int
    channel: str
    #: what it is: a message's or an event's kind, a send's sender
    kind: str
    conversation_id: int | None
    reference: str | None
    #: sends: how often it was tried, and what it met
    attempts: int = 0
    error: str | None = None
    outbox_id: int | None = None


def count_all(tx: Tx, spans: Spans, rule: Rule) -> Balance:
    """Count every class and state over today, seven and thirty days."""
    came = dict.fromkeys((*MESSAGES, *EVENTS, UNACCOUNTED), NONE)
    # nearly all are the bot's: to sort only the others into groups is five times as fast
    said = _total(tx, f"SELECT m.sent_at AS at {_MESSAGES}", spans)
    others = f"SELECT name, at FROM (SELECT {_CLASS} AS name, m.sent_at AS at {_SAID})"
    came |= _counts(tx, f"{others} WHERE name <> 'bot'", spans, _rule(rule))
    came[BOT] = _less(said, _sum(came.values()))
    received = f"SELECT {_KIND} AS name, i.received_at AS at {_EVENTS}"
    events = _counts(tx, f"SELECT name, at FROM ({received}) WHERE name <> 'said'", spans, {})
    brought = _less(
        _total(tx, f"SELECT i.received_at AS at {_EVENTS}", spans), _sum(events.values())
    )
    # an event that should have brought a message and did not; keys of events may be gone before
    missing = tuple(max(0, one - other) for one, other in zip(brought, said, strict=True))
    came |= events
    came[UNACCOUNTED] = _sum((came[UNACCOUNTED], (missing[0], missing[1], missing[2])))
    oldest = tx.one(
        "SELECT MIN(created_at) AS at FROM outbox WHERE state IN ('pending', 'sending')"
    )
    return Balance(
        came=came, goes=_goes(tx, spans), oldest_owed_at=oldest["at"] if oldest else None
    )


def _goes(tx: Tx, spans: Spans) -> dict[str, Counts]:
    """Sends by state: nearly all are sent, so those are what the others leave of all."""
    made = _total(tx, "SELECT created_at AS at FROM outbox WHERE created_at >= :since", spans)
    goes = dict.fromkeys(STATES, NONE)
    for states in _INDEXED:
        goes |= _counts(
            tx,
            "SELECT state AS name, created_at AS at FROM outbox"
            f" WHERE {_one_of(states)} AND created_at >= :since",
            spans,
            {},
        )
    goes["sent"] = _less(made, _sum(goes.values()))
    return goes


def _one_of(states: tuple[str, ...]) -> str:
    """The condition under which SQLite knows their index, word for word as it was made."""
    if len(states) == 1:
        return f"state = '{states[0]}'"
    named = ", ".join(f"'{state}'" for state in states)
    return f"state IN ({named})"


def _counts(tx: Tx, rows: str, spans: Spans, values: dict[str, int]) -> dict[str, Counts]:
    found = tx.all(
        "SELECT name, SUM(at >= :today) AS today, SUM(at >= :week) AS week, COUNT(*) AS month"
        f" FROM ({rows}) GROUP BY name",
        since=spans.month, today=spans.today, week=spans.week, **values,
    )  # fmt: skip
    return {row["name"]: (row["today"], row["week"], row["month"]) for row in found}


def _total(tx: Tx, rows: str, spans: Spans) -> Counts:
    """All of them: only an index is read, and nothing is sorted."""
    row = tx.one(
        f"SELECT SUM(at >= :today) AS today, SUM(at >= :week) AS week, COUNT(*) AS month"
        f" FROM ({rows})",
        since=spans.month, today=spans.today, week=spans.week,
    )  # fmt: skip
    return (row["today"] or 0, row["week"] or 0, row["month"]) if row else NONE


def _sum(counts: Iterable[Counts]) -> Counts:
    total = [0, 0, 0]
    for one in counts:
        total = [had + more for had, more in zip(total, one, strict=True)]
    return total[0], total[1], total[2]


def _less(counts: Counts, other: Counts) -> Counts:
    return counts[0] - other[0], counts[1] - other[1], counts[2] - other[2]


def _rule(rule: Rule) -> dict[str, int]:
    return {
        "flood": rule.flood,
        "flood_span": rule.flood_span_ms,
        "together": rule.together_ms,
    }


def list_behind(tx: Tx, name: str, since: int, rule: Rule, *, page: int, size: int) -> list[Item]:
    """What stands behind a number, the newest first."""
    span = {"since": since, "size": size, "skip": page * size}
    if name in EVENTS:
        return _list_events(tx, "name = :name", {"name": name, **span})
    found = tx.all(
        f"""SELECT * FROM (SELECT {_CLASS} AS name, m.sent_at AS at, c.channel, m.kind,
            c.id AS conversation_id, c.reference {_SAID} ORDER BY m.sent_at DESC)
        WHERE name = :name LIMIT :size OFFSET :skip""",
        name=name, **_rule(rule), **span,
    )  # fmt: skip
    items = [_item(row) for row in found]
    if name == UNACCOUNTED and not page:
        items += _list_events(
            tx,
            "name = 'said' AND NOT EXISTS (SELECT 1 FROM message m WHERE m.sender = 'customer'"
            " AND m.sent_at = at)",
            span,
        )
    return items


def _list_events(tx: Tx, where: str, values: Mapping[str, int | str]) -> list[Item]:
    found = tx.all(
        f"""SELECT * FROM (SELECT {_KIND} AS name, i.received_at AS at, i.channel, i.kind,
            NULL AS conversation_id, NULL AS reference FROM inbox i
            WHERE i.received_at >= :since ORDER BY i.received_at DESC)
        WHERE {where} LIMIT :size OFFSET :skip""",
        **values,
    )
    return [_item(row) for row in found]


def list_sends(tx: Tx, state: str, since: int, *, page: int, size: int) -> list[Item]:
    """Sends of one state, the newest first."""
    # both conditions on the state: by the first SQLite knows the small index
    small = "".join(f"o.{_one_of(group)} AND" for group in _INDEXED if state in group)
    found = tx.all(
        f"""SELECT o.created_at AS at, o.channel, o.sender AS kind, o.conversation_id,
            c.reference, o.attempts, o.error, o.id AS outbox_id
        FROM outbox o LEFT JOIN conversation c ON c.id = o.conversation_id
        WHERE {small} o.created_at >= :since AND o.state = :state
        ORDER BY o.created_at DESC, o.id DESC LIMIT :size OFFSET :skip""",
        state=state,
        since=since,
        size=size,
        skip=page * size,
    )
    return [
        Item(
            **_base(row), attempts=row["attempts"], error=row["error"], outbox_id=row["outbox_id"]
        )
        for row in found
    ]


def _item(row: Row) -> Item:
    return Item(**_base(row))


def _base(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("at", "channel", "kind", "conversation_id", "reference")}
