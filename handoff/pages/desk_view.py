"""What the desk's scripts get: values of the desk as plain JSON, only the fields they show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.settings import FormField
from faq.knowledge import Knowledge
from handoff.access import Agent, Verb, is_allowed
from handoff.desk_reading import DeskConversation, DeskList, FileSaid
from handoff.phone import display_phone
from handoff.viewers import Viewers
from handoff.viewing import Callback, Line, Remark, Said, Shelf

#: Filters of the page and the shelf behind each.
FILTERS: Final[Mapping[str, Shelf]] = {
    "waiting": Shelf.WAITING,
    "mine": Shelf.MINE,
    "all": Shelf.OPEN,
    "closed": Shelf.CLOSED,
    "review": Shelf.REVIEW,
    "trouble": Shelf.TROUBLE,
}
#: Shown inside the page; every other file is downloaded.
IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
#: Runners-up that tell something; the rest would only be noise.
CANDIDATES: Final = 5
_NOT_SENT: Final = frozenset({"failed", "in_doubt", "blocked_quota", "pending", "sending"})
_WHY: Final = ("utterance", "variant", "threshold", "reason")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Who looks, in which language, and what names are called."""

    agent: Agent
    lang: str
    now: int
    teams: Mapping[str, str]
    viewers: Viewers
    #: None: no knowledge is loaded
    knowledge: Knowledge | None
    form: Sequence[FormField]
    #: a stretch of time as people read it
    span: Callable[[int, int], str]

    def title(self, entry_id: str) -> str:
        """The question of an entry, or its id once it is gone."""
        entry = self.knowledge.find(entry_id) if self.knowledge else None
        return entry.question_in(self.lang) if entry else entry_id


def list_json(found: DeskList, scene: Scene) -> dict[str, Any]:
    """The list pane."""
    looking = scene.viewers.all()
    counts = found.lines.counts
    shown = {name: counts.get(shelf, 0) for name, shelf in FILTERS.items() if name != "closed"}
    rows = []
    for line in found.lines.lines:
        names = [one.name for one in looking.get(line.id, []) if one.id != scene.agent.id]
        rows.append(
            {
                **_line_json(line, scene),
                "unread": found.unread.get(line.id, 0),
                "excerpt_kind": found.kinds.get(line.id, ""),
                "viewers": names,
            }
        )
    return {
        "rows": rows,
        "more": found.lines.more,
        "counts": {**shown, "unread": sum(1 for one in found.alerts if one.kind == "message")},
        "colleagues": [
            {
                "id": one.agent.id,
                "name": one.agent.name,
                "presence": one.presence.value,
                "load": one.has,
                "capacity": one.agent.capacity,
            }
            for one in found.people
        ],
        "alerts": [
            {"kind": one.kind, "id": one.id, "reference": one.reference, "mark": one.mark}
            for one in found.alerts
        ],
        "now": scene.now,
    }


def _line_json(line: Line, scene: Scene) -> dict[str, Any]:
    # the default team is everybody's: its name would only be noise
    named = line.team is not None and line.team != "default"
    return {
        "id": line.id,
        "reference": line.reference,
        "state": line.state,
        "channel": line.channel,
        "name": line.customer_name or "",
        "excerpt": line.last_text or "",
        "sender": line.last_sender or "",
        "urgent": line.urgent,
        "review": line.review,
        "reachable": line.reachable,
        "wait_mode": line.wait_mode or "",
        "team_name": scene.teams.get(line.team or "", line.team) if named else "",
        "agent_name": line.agent_name or "",
        "waiting_since": line.waiting_since,
        "unanswered": line.unanswered,
        "troubles": line.troubles,
        "at": line.changed_at,
    }


def conversation_json(found: DeskConversation, scene: Scene) -> dict[str, Any]:
    """The talk and the customer's card."""
    view = found.view
    conversation = view.conversation
    due = next((call for call in view.callbacks if call.state == "due"), None)
    return {
        "conversation": {
            "id": conversation.id,
            "reference": conversation.reference,
            "state": conversation.state.value,
            "name": view.card.name or "",
            "reachable": view.card.reachable,
            "urgent": conversation.urgent,
            "review": conversation.review,
            "cause": conversation.cause.value if conversation.cause else "",
            "agent_id": conversation.agent_id,
            "agent_name": view.agent_name or "",
            "last_seq": conversation.last_seq,
            "opened_at": conversation.opened_at,
            "waiting_since": conversation.waiting_since,
            "claimed_at": conversation.claimed_at,
            "closed_at": conversation.closed_at,
        },
        "customer": {
            "name": view.card.name or "",
            "channel": view.card.channel,
            "lang": view.card.lang,
            "reachable": view.card.reachable,
        },
        "form": _form_json(found, scene),
        "items": _items(found, scene),
        "more": view.more,
        "rejected": [scene.title(entry_id) for entry_id in view.rejected],
        "callback": _callback_json(due, scene) if due else None,
        "survey": {
            "state": found.survey.state,
            "score": found.survey.score,
            "comment": found.survey.comment or "",
        }
        if found.survey
        else None,
        "earlier": [
            {
                "id": one.id,
                "reference": one.reference,
                "state": one.state,
                "opened_at": one.opened_at,
                "excerpt": one.first_text or "",
            }
            for one in view.card.earlier
        ],
        "viewers": [{"id": one.id, "name": one.name} for one in scene.viewers.of(conversation.id)],
        "seen_seq": found.seen_seq,
        "may": rights(found, scene.agent),
        "now": scene.now,
    }


def rights(found: DeskConversation, agent: Agent) -> dict[str, bool]:
    """Which acts the page offers; the service decides again whether they happen."""
    conversation = found.view.conversation
    state = conversation.state.value
    mine = state == "assigned" and conversation.agent_id == agent.id
    movable = mine or (state == "assigned" and is_allowed(agent, Verb.REASSIGN))
    return {
        "claim": state in {"bot", "waiting"} and is_allowed(agent, Verb.CLAIM),
        "reply": mine and is_allowed(agent, Verb.REPLY),
        "transfer": movable,
        "release": movable,
        "resolve": mine,
        "reopen": state in {"resolved", "closed"} and is_allowed(agent, Verb.REOPEN),
        "review_done": conversation.review and is_allowed(agent, Verb.REVIEW),
    }


def _form_json(found: DeskConversation, scene: Scene) -> list[dict[str, str]]:
    labels = {
        field.key: field.label.get(scene.lang) or next(iter(field.label.values()), field.key)
        for field in scene.form
    }
    given = {**found.view.card.known, **found.view.form}
    return [{"label": labels.get(key, key), "value": str(value)} for key, value in given.items()]


def _callback_json(call: Callback, scene: Scene) -> dict[str, Any]:
    return {
        "id": call.id,
        "phone": display_phone(call.phone),
        "dial": call.phone,
        "slot": scene.span(call.from_at, call.until_at),
        "overdue": call.until_at < scene.now,
    }


def _items(found: DeskConversation, scene: Scene) -> list[dict[str, Any]]:
    """Messages and notes in one order; a note stands behind what its writer had read."""
    view = found.view
    first = view.messages[0].seq if view.messages else 0
    placed = [(said.seq, 0, said.id, message_json(said, found, scene)) for said in view.messages]
    placed += [
        (note.after_seq, 1, note.id, _note_json(note))
        for note in view.notes
        if note.after_seq >= first or not view.more
    ]
    return [item for *_, item in sorted(placed, key=lambda one: one[:3])]


def _note_json(note: Remark) -> dict[str, Any]:
    return {
        "type": "note",
        "id": note.id,
        "agent_name": note.agent_name,
        "text": note.text,
        "at": note.at,
    }


def message_json(said: Said, found: DeskConversation, scene: Scene) -> dict[str, Any]:
    """One message with how it arrived and, for the bot's, why it was said."""
    erased = said.erased_at is not None
    withheld, trouble = delivery_of(said, reachable=found.view.card.reachable)
    return {
        "type": "message",
        "id": said.id,
        "seq": said.seq,
        "sender": said.sender,
        "kind": said.kind,
        "text": "" if erased else (said.text or ""),
        "erased": erased,
        "erased_how": said.erased_how or "erased",
        "name": found.view.card.name or "" if said.sender == "customer" else "",
        "agent_name": said.agent_name or "",
        "at": said.sent_at,
        "buttons": [] if erased else _labels(said),
        "files": [] if erased else [_file_json(one) for one in found.files.get(said.id, ())],
        "place": "" if erased else str(said.body.get("address") or "")[:200],
        "withheld": withheld,
        "trouble": trouble,
        "outbox_id": _outbox_id(said, found),
        "why": why_json(said, found, scene) if said.sender == "bot" and said.decision else None,
    }


def delivery_of(said: Said, *, reachable: bool) -> tuple[bool, str]:
    """Whether a message was withheld from the customer, and what went wrong with sending it."""
    if said.sender == "customer":
        return False, ""
    if said.delivery == "cancelled":
        if said.sender == "bot" and reachable and not said.delivery_error:
            return True, ""
        return False, "cancelled"
    if said.delivery in _NOT_SENT:
        return False, "pending" if said.delivery == "sending" else said.delivery
    return False, ""


def _outbox_id(said: Said, found: DeskConversation) -> int | None:
    """The send that did not go through and can be sent again; the last message of it says so."""
    for trouble in found.view.troubles:
        if trouble.last_seq == said.seq:
            return trouble.outbox_id
    return None


def _labels(said: Said) -> list[str]:
    actions = [*said.body.get("buttons", ()), *said.body.get("quick", ())]
    return [str(action.get("label", "")) for action in actions if isinstance(action, dict)]


def _file_json(one: FileSaid) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name or one.key[:8],
        "image": one.content_type in IMAGES,
        "state": one.state,
        "size_text": f"{max(1, one.size // 1024):,} KB",
    }


def why_json(said: Said, found: DeskConversation, scene: Scene) -> dict[str, Any]:
    """Entry, confidence and the runners-up of a bot's answer."""
    decision = said.decision
    kept = [one for one in decision.get("candidates") or () if isinstance(one, dict)]
    rejected = set(found.view.rejected)
    facts = [{"name": "decision", "value": str(decision.get("kind", ""))}]
    facts += [{"name": name, "value": str(decision[name])} for name in _WHY if decision.get(name)]
    if kept and kept[0].get("variant"):
        facts.append({"name": "variant", "value": str(kept[0]["variant"])})
    if decision.get("margin"):
        facts.append({"name": "margin", "value": str(decision["margin"])})
    if said.knowledge_version:
        facts.append({"name": "version", "value": said.knowledge_version[:12]})
    return {
        "entry": scene.title(said.entry_id) if said.entry_id else "",
        "confidence": None if said.confidence is None else round(said.confidence),
        "candidates": [
            {
                "id": str(one.get("id", "")),
                "question": scene.title(str(one.get("id", ""))),
                "confidence": one.get("confidence"),
                "rejected": one.get("id") in rejected,
            }
            for one in kept[:CANDIDATES]
            if (one.get("confidence") or 0) >= 1
        ],
        "facts": facts,
    }
