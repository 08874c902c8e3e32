"""What the desk page asks for, each in one snapshot: its list, and one conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.references import parse_reference
from bot.store import Tx, get
from handoff.presence import AtDesk, list_at_desk
from handoff.queries import SHOWN_SEQ, list_lines
from handoff.view_queries import get_view
from handoff.viewing import ConversationView, Lines, Wanted

ALERTS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """Something an agent is told about once: `mark` grows when it happens again."""

    #: waiting: a customer waits; message: the customer of an own conversation wrote
    kind: str
    id: int
    reference: str
    mark: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskList:
    """The list, who is there, and what to be told about."""

    lines: Lines
    #: how many messages of the customer the viewer has not read, by conversation
    unread: Mapping[int, int]
    #: kind of the newest message, for those without a text
    kinds: Mapping[int, str]
    people: tuple[AtDesk, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSaid:
    """A file that came with a message."""

    message_id: int
    key: str
    name: str
    content_type: str
    size: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyGiven:
    """The newest survey of a conversation."""

    state: str
    score: int | None
    comment: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskConversation:
    """One conversation with its files, its survey and how far the viewer has read."""

    view: ConversationView
    files: Mapping[int, tuple[FileSaid, ...]]
    survey: SurveyGiven | None
    seen_seq: int
    #: counted messages that the platform took for it
    pushes: int


def read_list(tx: Tx, wanted: Wanted, *, viewer_id: int, now: int) -> DeskList:
    """The desk's list as this agent sees it."""
    lines = list_lines(tx, wanted, viewer_id=viewer_id)
    ids = [line.id for line in lines.lines]
    return DeskList(
        lines=lines,
        unread=_count_unread(tx, ids, viewer_id),
        kinds=_last_kinds(tx, ids),
        people=tuple(list_at_desk(tx, now)),
        alerts=tuple(_list_alerts(tx, viewer_id)),
    )


def _among(ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """A list for IN, as parameters; an empty one matches nothing."""
    values: dict[str, Any] = {f"i{at}": one for at, one in enumerate(ids)}
    return ", ".join(f":{name}" for name in values) or "NULL", values


def _count_unread(tx: Tx, ids: Sequence[int], viewer_id: int) -> dict[int, int]:
    among, values = _among(ids)
    rows = tx.all(
        f"""SELECT m.conversation_id AS id, COUNT(*) AS n FROM message m
            LEFT JOIN seen s ON s.conversation_id = m.conversation_id AND s.agent_id = :viewer
        WHERE m.conversation_id IN ({among}) AND m.sender = 'customer'
            AND m.seq > COALESCE(s.seq, 0) GROUP BY m.conversation_id""",
        viewer=viewer_id,
        **values,
    )
    return {row["id"]: row["n"] for row in rows}


def _last_kinds(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    among, values = _among(ids)
    rows = tx.all(
        f"""SELECT c.id, m.kind FROM conversation c
            JOIN message m ON m.customer_id = c.customer_id AND m.seq = {SHOWN_SEQ}
        WHERE c.id IN ({among})""",
        **values,
    )
    return {row["id"]: row["kind"] for row in rows}


def _list_alerts(tx: Tx, viewer_id: int) -> list[Alert]:
    rows = tx.all(
        """SELECT 'waiting' AS kind, id, reference, waiting_since AS mark FROM conversation
            WHERE state = 'waiting'
        UNION ALL
        SELECT 'message' AS kind, c.id, c.reference, c.customer_seq AS mark FROM conversation c
            LEFT JOIN seen s ON s.conversation_id = c.id AND s.agent_id = :viewer
            WHERE c.state = 'assigned' AND c.agent_id = :viewer
                AND c.customer_seq > COALESCE(s.seq, 0)
        ORDER BY mark DESC LIMIT :limit""",
        viewer=viewer_id,
        limit=ALERTS,
    )
    return [Alert(**dict(row)) for row in rows]


def read_conversation(
    tx: Tx, conversation_id: int, *, viewer_id: int, limit: int
) -> DeskConversation:
    """One conversation as this agent sees it. Raises NotFound."""
    view = get_view(tx, conversation_id, limit=limit)
    files: dict[int, tuple[FileSaid, ...]] = {}
    for row in tx.all(
        """SELECT t.message_id, t.key, t.name, t.content_type, t.size, t.state
        FROM attachment t JOIN message m ON m.id = t.message_id
        WHERE m.conversation_id = :id AND m.seq >= :first ORDER BY t.id""",
        id=conversation_id,
        first=view.messages[0].seq if view.messages else 0,
    ):
        found = FileSaid(**dict(row))
        files[found.message_id] = (*files.get(found.message_id, ()), found)
    survey = tx.one(
        "SELECT state, score, comment FROM survey WHERE conversation_id = :id"
        " ORDER BY round DESC LIMIT 1",
        id=conversation_id,
    )
    seen = tx.one(
        "SELECT seq FROM seen WHERE conversation_id = :id AND agent_id = :viewer",
        id=conversation_id,
        viewer=viewer_id,
    )
    return DeskConversation(
        view=view,
        files=files,
        survey=SurveyGiven(**dict(survey)) if survey else None,
        seen_seq=seen["seq"] if seen else 0,
        pushes=_count_pushes(tx, conversation_id),
    )


def _count_pushes(tx: Tx, conversation_id: int) -> int:
    row = get(
        tx,
        "SELECT COUNT(*) AS n FROM outbox WHERE conversation_id = :id AND route = 'push'",
        id=conversation_id,
    )
    return int(row["n"])


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLine:
    """A conversation found by its reference."""

    id: int
    reference: str
    name: str | None
    state: str


def find_references(tx: Tx, text: str) -> list[FoundLine]:
    """The conversation whose reference is typed, however it is typed."""
    rows = tx.all(
        "SELECT c.id, c.reference, k.name, c.state FROM conversation c"
        " JOIN customer k ON k.id = c.customer_id WHERE c.reference = :reference",
        reference=parse_reference(text) or "",
    )
    return [FoundLine(**dict(row)) for row in rows]
