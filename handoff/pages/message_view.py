"""One message as the desk's scripts get it: how it arrived, and why the bot said it."""

from typing import Any, Final

from handoff.desk_reading import DeskConversation, FileSaid
from handoff.pages.scene import Scene
from handoff.viewing import Said

#: Shown inside the page; every other file is downloaded.
IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
#: Runners-up that tell something; the rest would only be noise.
CANDIDATES: Final = 5
_NOT_SENT: Final = frozenset({"failed", "in_doubt", "blocked_quota", "pending", "sending"})
_WHY: Final = ("utterance", "variant", "threshold", "reason")


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
