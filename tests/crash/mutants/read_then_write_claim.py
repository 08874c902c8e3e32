"""A claim looks whether it is free, and takes it afterwards."""

import asyncio

from bot.rows import get_conversation
from handoff import assignments, desk, moves, queue
from handoff.errors import AlreadyClaimed


def apply():
    start, plain = assignments.start, desk.Desk.claim

    def claim(tx, conversation_id, agent_id, *, now):
        return tx.run(
            "UPDATE conversation SET state = 'assigned', agent_id = :agent, claimed_at = :now,"
            " due_at = NULL WHERE id = :id",
            id=conversation_id, agent=agent_id, now=now,
        )  # fmt: skip

    def begin(tx, conversation_id, agent_id, *, came, now):
        assignments.end(tx, conversation_id, went="released", now=now)
        start(tx, conversation_id, agent_id, came=came, now=now)

    async def look_and_claim(self, agent, conversation_id):
        found = await self._store.read(get_conversation, conversation_id)
        await asyncio.sleep(0.02)
        if found.agent_id is not None:
            raise AlreadyClaimed("somebody")
        return await plain(self, agent, conversation_id)

    queue.claim, moves.assignments.start = claim, begin
    # one word to the customer for each claim, as the unique index wants it
    moves._tell_claimed = lambda *_: None
    desk.Desk.claim = look_and_claim
