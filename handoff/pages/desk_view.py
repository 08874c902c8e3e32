"""What the desk's scripts get: values of the desk as plain JSON, only the fields they show."""

from collections.abc import Mapping
from typing import Any, Final

from handoff.access import Agent, Verb, is_allowed
from handoff.desk_reading import DeskConversation, DeskList
from handoff.pages.message_view import message_json
from handoff.pages.scene import Scene
from handoff.phone import display_phone
from handoff.viewing import Callback, Line, Remark, Shelf

#: Filters of the page and the shelf behind each.
FILTERS: Final[Mapping[str, Shelf]] = {
    "waiting": Shelf.WAITING,
    "mine": Shelf.MINE,
    "all": Shelf.OPEN,
    "closed": Shelf.CLOSED,
    "review": Shelf.REVIEW,
    "trouble": Shelf.TROUBLE,
}


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
    due = next((call for call in view.callbacks if call.state == "due"), None)
    return {
        "conversation": _head_json(found),
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
        "survey": _survey_json(found),
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
        "viewers": [
            {"id": one.id, "name": one.name} for one in scene.viewers.of(view.conversation.id)
        ],
        "seen_seq": found.seen_seq,
        "may": rights(found, scene.agent),
        "now": scene.now,
    }


def _head_json(found: DeskConversation) -> dict[str, Any]:
    """Reference, state, owner and times."""
    view = found.view
    conversation = view.conversation
    return {
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
        "pushes": found.pushes,
    }


def _survey_json(found: DeskConversation) -> dict[str, Any] | None:
    """How the newest handling was scored, if it was asked about."""
    survey = found.survey
    if survey is None:
        return None
    return {"state": survey.state, "score": survey.score, "comment": survey.comment or ""}


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
        "erase_message": is_allowed(agent, Verb.ERASE_MESSAGE),
        "export_customer": is_allowed(agent, Verb.EXPORT_CUSTOMER),
        "erase_customer": is_allowed(agent, Verb.ERASE_CUSTOMER),
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
