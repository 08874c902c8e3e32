"""Small duties that are ticked off: callbacks made, reviews read, a message erased."""

from dataclasses import replace
from enum import StrEnum

from bot.errors import NotFound
from bot.hints import DESK, Hint
from bot.rows import get_conversation
from bot.store import Tx
from bot.unsend import find_said_in
from handoff import callbacks, queue
from handoff.access import Verb
from handoff.acting import Acting, Changed, audit_act, hints_about
from handoff.errors import NotOpen


class CallOutcome(StrEnum):
    """What came of calling a customer back."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"


def callback_done(
    tx: Tx,
    acting: Acting,
    callback_id: int,
    *,
    outcome: CallOutcome,
    conversation_id: int | None = None,
) -> Changed[None]:
    """The call was made; one that belongs to another conversation than is named is not found."""
    acting.require(Verb.SETTLE_CALLBACK)
    found = callbacks.get_callback(tx, callback_id)
    if conversation_id not in (None, found.conversation_id):
        raise NotFound
    if not callbacks.mark_done(
        tx, callback_id, agent_id=acting.agent.id, outcome=outcome.value, now=acting.now
    ):
        raise NotOpen("A colleague has already dealt with this callback.")
    audit_act(
        tx,
        acting,
        "callback_done",
        found.conversation_id,
        callback_id=callback_id,
        outcome=outcome.value,
    )
    return _settled(tx, found.conversation_id)


def callback_cancel(tx: Tx, acting: Acting, callback_id: int) -> Changed[None]:
    """The call is not needed any more."""
    acting.require(Verb.SETTLE_CALLBACK)
    found = callbacks.get_callback(tx, callback_id)
    if not callbacks.cancel(tx, callback_id, agent_id=acting.agent.id, now=acting.now):
        raise NotOpen("A colleague has already dealt with this callback.")
    audit_act(tx, acting, "callback_cancel", found.conversation_id, callback_id=callback_id)
    return _settled(tx, found.conversation_id)


def _settled(tx: Tx, conversation_id: int) -> Changed[None]:
    """No call is promised any more: whoever still waits stands in line again, at the old place."""
    queue.end_call(tx, conversation_id)
    hint = Hint(topic=DESK, kind="conversation", conversation_id=conversation_id)
    return Changed(result=None, hints=(hint,))


def review_done(tx: Tx, acting: Acting, conversation_id: int) -> Changed[None]:
    """A supervisor has looked at it."""
    acting.require(Verb.REVIEW)
    get_conversation(tx, conversation_id)
    tx.run("UPDATE conversation SET review = 0 WHERE id = :id", id=conversation_id)
    audit_act(tx, acting, "review_done", conversation_id)
    return Changed(result=None, hints=hints_about(tx, conversation_id, customer=False))


def erase_message(
    tx: Tx, acting: Acting, conversation_id: int, *, message_id: int
) -> Changed[None]:
    """What the customer should not have written is gone; its place and the act stay on record."""
    acting.require(Verb.ERASE_MESSAGE)
    said = find_said_in(tx, conversation_id, message_id)
    if said is None:
        raise NotFound
    acting.talk.erase(tx, said, acting.now)
    audit_act(tx, acting, "erase_message", conversation_id, message_id=message_id)
    hints = hints_about(tx, conversation_id, customer=True)
    return Changed(result=None, hints=tuple(replace(hint, kind="erased") for hint in hints))
