"""Asks how a handling went, once per handling."""

from dataclasses import replace

from bot.bubbles import Ours
from bot.conversation import Conversation, Customer, Stage, Talk
from bot.store import Tx
from bot.survey import score_choices
from bot.survey_rows import add_survey
from bot.turns import Mind, offering, plain


def survey_says(  # noqa: PLR0917 - one row has this many sides
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    talk: Talk,
    mind: Mind,
    agent_id: int | None = None,
) -> tuple[tuple[Ours, ...], Talk]:
    """Record that we ask and word the question; nothing when this handling was asked before."""
    asked = add_survey(
        tx, conversation, customer, entry_id=talk.entry_id, agent_id=agent_id, now=mind.now
    )
    if not asked or not customer.reachable:
        return (), replace(talk, stage=Stage.IDLE, offered=())
    says = (plain(mind.say("survey_ask"), quick=score_choices(conversation, mind)),)
    return says, offering(replace(talk, stage=Stage.SCORE), says)
