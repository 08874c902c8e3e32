"""Announcements in the talk: they lead what the bot says, and stand instead of a paused answer."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from bot.bubbles import Ours
from bot.conversation import Stage, Talk
from bot.sending import BUBBLES_PER_REQUEST
from bot.turns import Mind, Turn, offering, plain
from faq.announcement import Announcement, find_concerning

#: Announcements before one answer; the others have their turn the next time.
MOST_LEADING = 2
#: What people add to a turn that hands over: where the customer stands, and a question.
_HANDOFF_BUBBLES = 2
#: That digits were masked is told before everything else.
_NOTICE = 1
#: Announcements that a conversation remembers to have told.
_REMEMBERED = 20


def announced(talk: Talk, turn: Turn, mind: Mind) -> Turn:
    """The turn with what has to be said first; `talk` is how it stood before the turn."""
    if not mind.announcements or not turn.says:
        return turn
    turn = _without_paused(talk, turn, mind)
    told = turn.talk.announced
    fresh = [each for each in _concerning(turn, mind) if each.id not in told]
    leading = fresh[: _room(turn)]
    if not leading:
        return turn
    return replace(
        turn,
        says=(*(_word(each, mind) for each in leading), *turn.says),
        talk=_remember(turn.talk, leading),
    )


def _room(turn: Turn) -> int:
    """So many that all still goes in one request; more would be pushed, and cost."""
    others = len(turn.says) + _NOTICE + (_HANDOFF_BUBBLES if turn.escalate else 0)
    return max(1, min(MOST_LEADING, BUBBLES_PER_REQUEST - others))


def _word(each: Announcement, mind: Mind) -> Ours:
    said = plain(mind.say("announcement", text=each.text_in(mind.lang)))
    return replace(said, announcement=each.id, knowledge_version=mind.knowledge.version)


def _remember(talk: Talk, told: Sequence[Announcement]) -> Talk:
    ids = dict.fromkeys((*talk.announced, *(each.id for each in told)))
    return replace(talk, announced=tuple(ids)[-_REMEMBERED:])


def _concerning(turn: Turn, mind: Mind) -> list[Announcement]:
    """Those about what is answered or offered first; of a miss, about what it names."""
    ids = [ours.entry_id for ours in turn.says if ours.entry_id]
    if not ids and turn.talk.stage is Stage.SUGGESTED:
        codes = (action.code for ours in turn.says for action in ours.bubble.quick)
        ids = [code.removeprefix("entry:") for code in codes if code.startswith("entry:")][:1]
    entries = [entry for entry in map(mind.knowledge.find, ids) if entry]
    if entries:
        found = [each for entry in entries for each in find_concerning(entry, mind.announcements)]
        return list({each.id: each for each in found}.values())
    if any(ours.decision is not None for ours in turn.says):
        return list(mind.knowledge.announcements_named(turn.talk.question, mind.announcements))
    return []


def _without_paused(talk: Talk, turn: Turn, mind: Mind) -> Turn:
    """Instead of each paused answer its announcement, however often it was told."""
    says: list[Ours] = []
    instead: dict[str, Announcement] = {}
    for ours in turn.says:
        pausing = _find_pausing(ours.entry_id, mind)
        if pausing is None:
            says.append(ours)
        elif pausing.id not in instead:
            instead[pausing.id] = pausing
            # what was considered stays with it, for the desk
            says.append(replace(_word(pausing, mind), decision=ours.decision))
    if not instead:
        return turn
    now = _remember(turn.talk, tuple(instead.values()))
    answered = next((ours.entry_id for ours in says if ours.entry_id), None)
    if turn.escalate or answered:
        now = replace(now, entry_id=answered or talk.entry_id)
        return replace(turn, says=tuple(says), talk=now)
    # what else the same message asks for is still offered, before the ways on
    further = takewhile(lambda one: one.code.startswith("entry:"), turn.says[-1].bubble.quick)
    quick = (*further, mind.choice("connect", "human"), mind.choice("other", "other"))
    asked = plain(mind.say("announcement_instead"), quick=quick)
    says = [*(ours for ours in says if ours.announcement), asked]
    now = replace(now, stage=Stage.ESCALATE, entry_id=talk.entry_id)
    return replace(turn, says=tuple(says), talk=offering(now, tuple(says)))


def _find_pausing(entry_id: str | None, mind: Mind) -> Announcement | None:
    return next((each for each in mind.announcements if entry_id in each.pause), None)
