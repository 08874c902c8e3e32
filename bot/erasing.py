"""Something that a customer said goes from everywhere: taken back, or erased by the staff."""

from bot.context import TalkContext
from bot.conversation import Conversation
from bot.rows import get_conversation
from bot.speaking import MINUTE_MS
from bot.store import Row, Tx
from bot.unsend import erase_answer, erase_said


def erase_everywhere(
    tx: Tx, context: TalkContext, said: Row, *, how: str, now: int
) -> Conversation:
    """Leave a tombstone of a customer's message; the conversation it stands in."""
    due_at = now + context.settings.lapse_minutes * MINUTE_MS
    erase_said(tx, said, how=how, due_at=due_at, now=now)
    conversation = get_conversation(tx, said["conversation_id"])
    if context.people.forget(tx, conversation, text=said["text"] or "", now=now):
        # our own confirmation repeats the number
        erase_answer(tx, said["id"], how=how, now=now)
    return conversation
