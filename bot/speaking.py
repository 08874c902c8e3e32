"""Carries out a turn: says it, hands over, resolves, and remembers, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.asking import survey_says
from bot.bubbles import Ours
from bot.context import TalkContext
from bot.conversation import Conversation, Customer, Stage, State, Talk
from bot.handover import ask_field, handoff_says, next_field
from bot.messages import Reply, append_ours
from bot.rows import save
from bot.store import Tx
from bot.turns import Escalation, Mind, Turn, choices_in, plain

MINUTE_MS = 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One customer's turn: everybody who takes part in it."""

    context: TalkContext
    conversation: Conversation
    customer: Customer
    mind: Mind
    now: int
    reply: Reply


def carry_out(tx: Tx, scene: Scene, turn: Turn, *, masked: bool = False) -> None:
    """Say the turn's messages and write where the talk stands now."""
    says, talk = turn.says, turn.talk
    columns: dict[str, Any] = {}
    if masked:
        says = (plain(scene.mind.say("masked")), *says)
    if turn.escalate:
        added, talk = _escalate(tx, scene, turn.escalate, talk)
        says = (*says, *added)
    elif turn.solved:
        added, talk = survey_says(tx, scene.conversation, scene.customer, talk, scene.mind)
        says = (*says, *added)
        columns = resolved_columns(scene.context, scene.now)
    else:
        due = turn.wait_until or scene.now + scene.context.settings.lapse_minutes * MINUTE_MS
        columns = {"due_at": due}
    if turn.wait_until:
        talk = replace(
            talk, pending_token=scene.reply.token, pending_token_at=scene.reply.token_at
        )
    if talk.entry_id != scene.conversation.entry_id:
        columns["entry_id"] = talk.entry_id
    columns["talk"] = talk.to_json()
    if says:
        speak(tx, scene, says, also=columns)
    else:
        save(tx, scene.conversation.id, now=scene.now, **columns)


def speak(
    tx: Tx,
    scene: Scene,
    says: tuple[Ours, ...],
    *,
    sender: str = "bot",
    also: Mapping[str, Any] | None = None,
) -> None:
    """Append our messages and owe them to the channel; `also` see `append_ours`."""
    if says:
        append_ours(
            tx,
            scene.conversation,
            scene.customer,
            sender=sender,
            messages=says,
            reply=scene.reply,
            now=scene.now,
            also=also,
        )


def close(tx: Tx, conversation_id: int, *, how: str, now: int) -> None:
    """Close a conversation; `how` is survey, lapsed, new_matter or erased."""
    save(
        tx,
        conversation_id,
        now=now,
        state=State.CLOSED,
        closed_at=now,
        closed_how=how,
        due_at=None,
        agent_id=None,
        waiting_since=None,
    )


def resolved_columns(context: TalkContext, now: int) -> dict[str, Any]:
    """A conversation that was declared solved waits for its survey."""
    return {
        "state": State.RESOLVED,
        "resolved_at": now,
        "due_at": now + context.settings.survey_hours * 60 * MINUTE_MS,
        "agent_id": None,
        "waiting_since": None,
    }


def _escalate(
    tx: Tx, scene: Scene, escalation: Escalation, talk: Talk
) -> tuple[tuple[Ours, ...], Talk]:
    """Into the queue at once; the form is asked while the customer waits, never before."""
    standing = scene.context.people.escalate(
        tx,
        scene.conversation,
        team=escalation.team,
        cause=escalation.cause,
        urgent=escalation.urgent,
        now=scene.now,
    )
    form = scene.context.settings.form
    step = None
    if not escalation.urgent:
        step = next_field(form, scene.conversation.form, scene.customer.known, 0)
    question = ask_field(form[step], scene.mind) if step is not None else None
    says = handoff_says(
        standing,
        scene.mind,
        scene.conversation.reference,
        urgent=escalation.urgent,
        question=question,
    )
    stage = Stage.IDLE if step is None else Stage.FORM
    waiting = replace(talk, stage=stage, form_step=step or 0, acked=False)
    # beside the form's question the ways on above it can still be typed
    offered = dict.fromkeys((*choices_in(says[-1].bubble), *choices_in(says[0].bubble)))
    return says, replace(waiting, offered=tuple(offered))
