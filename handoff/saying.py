"""What agents say and read in a conversation; each runs in one transaction."""

import hashlib
import json
import re
from dataclasses import dataclass

from bot.bubbles import Bubble, Ours
from bot.cleaning import clean_text
from bot.conversation import Conversation
from bot.errors import BadInput
from bot.hints import DESK, Hint, customer_topic
from bot.messages import Reply, append_ours, compact
from bot.rows import get_conversation, get_customer
from bot.store import Tx, get
from bot.tokens import take_reply_token
from handoff import queue
from handoff.access import Verb
from handoff.acting import Acting, Changed, audit_act, hints_about, refuse_owner
from handoff.errors import AlreadyUsed, NewerMessage, NewerMessages

#: LINE takes no longer message, so no reply is longer anywhere.
REPLY_LIMIT = 5_000
NOTE_LIMIT = 20_000
_CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
#: More than this nobody reads in a warning.
_NEWER_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Replied:
    """A reply that is recorded and will be delivered."""

    seq: int
    #: the same form had been sent before: nothing was added
    repeated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A note that is recorded."""

    note_id: int
    repeated: bool = False


def parse_text(text: str, limit: int) -> str:
    """What an agent typed, storable and within its length. Raises BadInput."""
    cleaned = clean_text(text)
    plain = cleaned.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not plain:
        raise BadInput("Write something first.")
    if cleaned.truncated or len(plain) > limit:
        raise BadInput(f"At most {limit:,} characters. Shorten it, or send it in parts.")
    return plain


def parse_client_id(client_id: str) -> str:
    """The form's own id. Raises BadInput."""
    if not _CLIENT_ID.fullmatch(client_id):
        raise BadInput("The form has no valid id. Please open it again.")
    return client_id


def reply(
    tx: Tx, acting: Acting, conversation_id: int, *, text: str, client_id: str, seen_seq: int
) -> Changed[Replied]:
    """Answer the customer. Raises NotYours, NewerMessages, AlreadyUsed, BadInput."""
    acting.require(Verb.REPLY)
    text, client_id = parse_text(text, REPLY_LIMIT), parse_client_id(client_id)
    key, asked = f"reply:{client_id}", _fingerprint(conversation_id, text)
    earlier = _find_result(tx, acting.agent.id, key, asked)
    if earlier is not None:
        # told again even when the conversation has moved on: that reply was sent
        return Changed(result=Replied(seq=earlier, repeated=True))
    if not queue.hold(tx, conversation_id, acting.agent.id, now=acting.now):
        refuse_owner(tx, get_conversation(tx, conversation_id))
    found = get_conversation(tx, conversation_id)
    _require_seen(tx, acting, found, seen_seq)
    token, token_at = take_reply_token(tx, conversation_id, now=acting.now) or (None, None)
    seq = append_ours(
        tx,
        found,
        get_customer(tx, found.customer_id),
        sender="agent",
        messages=[Ours(bubble=Bubble(text=text))],
        reply=Reply(
            cause_key=f"a:{acting.agent.id}:{client_id}",
            token=token,
            token_at=token_at,
            sender_name=acting.agent.name,
        ),
        now=acting.now,
        agent_id=acting.agent.id,
    )
    first = queue.mark_answered(tx, conversation_id, now=acting.now)
    _see(tx, acting.agent.id, conversation_id, seq)
    _keep_result(tx, acting, key, asked, seq)
    answered_ms = acting.now - (found.waiting_since or acting.now) if first else None
    audit_act(tx, acting, "reply", conversation_id, seq=seq, first_response_ms=answered_ms)
    return Changed(result=Replied(seq=seq), hints=hints_about(tx, conversation_id, customer=True))


def _require_seen(tx: Tx, acting: Acting, found: Conversation, seen_seq: int) -> None:
    """Refuse a reply whose writer has not seen what others wrote meanwhile."""
    if not 0 <= seen_seq <= found.last_seq:
        raise BadInput("The page is out of step. Please reload it.")
    rows = tx.all(
        """SELECT m.seq, m.sender, agent.name AS agent_name, m.text, m.kind, m.sent_at
        FROM message m LEFT JOIN agent ON agent.id = m.agent_id
        WHERE m.conversation_id = :id AND m.seq > :seen AND (m.sender = 'customer'
            OR (m.sender = 'agent' AND m.agent_id <> :agent))
        ORDER BY m.seq LIMIT :limit""",
        id=found.id,
        seen=seen_seq,
        agent=acting.agent.id,
        limit=_NEWER_SHOWN,
    )
    if rows:
        raise NewerMessages(
            [NewerMessage(**{**dict(row), "agent_name": row["agent_name"] or ""}) for row in rows]
        )


def _fingerprint(conversation_id: int, text: str) -> str:
    return hashlib.sha256(f"{conversation_id}\n{text}".encode()).hexdigest()


def _find_result(tx: Tx, agent_id: int, key: str, asked: str) -> int | None:
    row = tx.one(
        "SELECT fingerprint, result FROM idempotent_request WHERE agent_id = :agent"
        " AND key = :key",
        agent=agent_id,
        key=key,
    )
    if row is None:
        return None
    if row["fingerprint"] != asked:
        raise AlreadyUsed
    return int(json.loads(row["result"])["seq"])


def _keep_result(tx: Tx, acting: Acting, key: str, asked: str, seq: int) -> None:
    tx.run(
        "INSERT INTO idempotent_request (agent_id, key, fingerprint, result, at)"
        " VALUES (:agent, :key, :fingerprint, :result, :now)",
        agent=acting.agent.id,
        key=key,
        fingerprint=asked,
        result=compact({"seq": seq}),
        now=acting.now,
    )


def note(
    tx: Tx, acting: Acting, conversation_id: int, *, text: str, client_id: str
) -> Changed[Noted]:
    """Leave a remark for colleagues; customers never see it."""
    acting.require(Verb.NOTE)
    text, client_id = parse_text(text, NOTE_LIMIT), parse_client_id(client_id)
    found = get_conversation(tx, conversation_id)
    added = tx.one(
        """INSERT INTO note (conversation_id, agent_id, client_id, text, after_seq, at)
        VALUES (:conversation, :agent, :client, :text, :after, :now)
        ON CONFLICT (agent_id, client_id) DO NOTHING RETURNING id""",
        conversation=conversation_id,
        agent=acting.agent.id,
        client=client_id,
        text=text,
        after=found.last_seq,
        now=acting.now,
    )
    if added is None:
        return Changed(result=_noted_before(tx, acting, conversation_id, text, client_id))
    audit_act(tx, acting, "note", conversation_id, note_id=added["id"])
    return Changed(
        result=Noted(note_id=added["id"]),
        hints=hints_about(tx, conversation_id, customer=False),
    )


def _noted_before(
    tx: Tx, acting: Acting, conversation_id: int, text: str, client_id: str
) -> Noted:
    row = get(
        tx,
        "SELECT id, conversation_id, text FROM note WHERE agent_id = :agent"
        " AND client_id = :client",
        agent=acting.agent.id,
        client=client_id,
    )
    if (row["conversation_id"], row["text"]) != (conversation_id, text):
        raise AlreadyUsed
    return Noted(note_id=row["id"], repeated=True)


def mark_seen(tx: Tx, acting: Acting, conversation_id: int, seq: int) -> Changed[None]:
    """Remember how far this agent has read; it never goes back."""
    acting.require(Verb.VIEW_DESK)
    found = get_conversation(tx, conversation_id)
    _see(tx, acting.agent.id, conversation_id, max(0, min(seq, found.last_seq)))
    hint = Hint(topic=DESK, kind="seen", conversation_id=conversation_id, detail=acting.agent.name)
    return Changed(result=None, hints=(hint,))


def _see(tx: Tx, agent_id: int, conversation_id: int, seq: int) -> None:
    tx.run(
        """INSERT INTO seen (conversation_id, agent_id, seq) VALUES (:conversation, :agent, :seq)
        ON CONFLICT (conversation_id, agent_id) DO UPDATE SET
            seq = CASE WHEN excluded.seq > seen.seq THEN excluded.seq ELSE seen.seq END""",
        conversation=conversation_id,
        agent=agent_id,
        seq=seq,
    )


def typing_hints(tx: Tx, acting: Acting, conversation_id: int) -> tuple[Hint, ...]:
    """Who is told that this agent types: colleagues, and the customer of an own conversation."""
    acting.require(Verb.VIEW_DESK)
    found = get_conversation(tx, conversation_id)
    mine = found.agent_id == acting.agent.id
    topics = (DESK, customer_topic(found.customer_id)) if mine else (DESK,)
    return tuple(
        Hint(topic=topic, kind="typing", conversation_id=found.id, detail=acting.agent.name)
        for topic in topics
    )
