"""The desk: one method per thing that an agent does, each one transaction, then the hints."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.clock import Clock
from bot.failpoints import hit
from bot.hints import Hints
from bot.store import Store, Tx
from handoff import moves, saying, settling
from handoff.access import Agent
from handoff.acting import Acting, Changed
from handoff.desktalk import DeskTalk
from handoff.moves import ClaimResult
from handoff.saying import Noted, Replied
from handoff.settings import PeopleSettings
from handoff.settling import CallOutcome

__all__ = ["ClaimResult", "Desk", "DeskTalk", "Noted", "Replied"]

P = ParamSpec("P")
R = TypeVar("R")


class Desk:
    """What agents do. Every method raises NotAllowed for a role without the right."""

    def __init__(
        self, store: Store, hints: Hints, settings: PeopleSettings, clock: Clock, talk: DeskTalk
    ) -> None:
        self._store = store
        self._hints = hints
        self._settings = settings
        self._clock = clock
        self._talk = talk

    async def claim(self, agent: Agent, conversation_id: int) -> ClaimResult:
        """Take it; the bot is silent from here on. Raises AlreadyClaimed, NotOpen."""
        taken = await self._do(agent, moves.claim, conversation_id)
        hit("claim.after_commit")
        return taken

    async def take_next(self, agent: Agent) -> ClaimResult | None:
        """Take whoever is served next; None when nobody waits. Raises AtCapacity."""
        return await self._do(agent, moves.take_next)

    async def reply(
        self, agent: Agent, conversation_id: int, *, text: str, client_id: str, seen_seq: int
    ) -> Replied:
        """Answer. Raises NotYours, NewerMessages, AlreadyUsed, NotOpen, BadInput."""
        replied = await self._do(
            agent,
            saying.reply,
            conversation_id,
            text=text,
            client_id=client_id,
            seen_seq=seen_seq,
        )
        hit("reply.after_commit")
        return replied

    async def note(
        self, agent: Agent, conversation_id: int, *, text: str, client_id: str
    ) -> Noted:
        """Leave a remark for colleagues. Raises AlreadyUsed, BadInput."""
        return await self._do(agent, saying.note, conversation_id, text=text, client_id=client_id)

    async def transfer(
        self,
        agent: Agent,
        conversation_id: int,
        *,
        to_agent: int | None = None,
        to_team: str | None = None,
    ) -> None:
        """Give it to a colleague or a team. Raises NotYours, NotThere, NotOpen, BadInput."""
        await self._do(agent, moves.transfer, conversation_id, to_agent=to_agent, to_team=to_team)
        hit("transfer.after_commit")

    async def release(self, agent: Agent, conversation_id: int) -> None:
        """Give it back to the queue. Raises NotYours, NotOpen."""
        await self._do(agent, moves.release, conversation_id)
        hit("release.after_commit")

    async def resolve(
        self, agent: Agent, conversation_id: int, *, ask_survey: bool = True
    ) -> None:
        """Declare it solved. Raises NotYours, NotOpen."""
        await self._do(agent, moves.resolve, conversation_id, ask_survey=ask_survey)

    async def reopen(self, agent: Agent, conversation_id: int) -> ClaimResult:
        """Take up what was over. Raises OpenElsewhere, AlreadyClaimed, NotOpen."""
        return await self._do(agent, moves.reopen, conversation_id)

    async def callback_done(
        self,
        agent: Agent,
        callback_id: int,
        *,
        outcome: CallOutcome,
        conversation_id: int | None = None,
    ) -> None:
        """The customer was called. Raises NotOpen when it is no longer due, NotFound."""
        await self._do(
            agent,
            settling.callback_done,
            callback_id,
            outcome=outcome,
            conversation_id=conversation_id,
        )

    async def callback_cancel(self, agent: Agent, callback_id: int) -> None:
        """The call is not needed any more. Raises NotOpen when it is no longer due."""
        await self._do(agent, settling.callback_cancel, callback_id)

    async def review_done(self, agent: Agent, conversation_id: int) -> None:
        """A supervisor has looked at it: off the review list."""
        await self._do(agent, settling.review_done, conversation_id)

    async def erase_message(self, agent: Agent, conversation_id: int, message_id: int) -> None:
        """Erase one thing that the customer said. Raises NotFound; twice does no harm."""
        await self._do(agent, settling.erase_message, conversation_id, message_id=message_id)

    async def mark_seen(self, agent: Agent, conversation_id: int, seq: int) -> None:
        """Remember how far this agent has read."""
        await self._do(agent, saying.mark_seen, conversation_id, seq)

    async def typing(self, agent: Agent, conversation_id: int) -> None:
        """Show that this agent types; stored nowhere."""
        self._hints.publish(
            await self._store.read(saying.typing_hints, self._acting(agent), conversation_id)
        )

    def _acting(self, agent: Agent) -> Acting:
        return Acting(agent=agent, now=self._clock(), talk=self._talk, settings=self._settings)

    async def _do(
        self,
        agent: Agent,
        fn: Callable[Concatenate[Tx, Acting, P], Changed[R]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        changed = await self._store.write(_run(fn, self._acting(agent), args, kwargs))
        # after the commit only: whoever looks because of a hint must find what it speaks of
        self._hints.publish(changed.hints)
        return changed.result


def _run(
    fn: Callable[..., Changed[R]], acting: Acting, args: Any, kwargs: Any
) -> Callable[[Tx], Changed[R]]:
    def unit(tx: Tx) -> Changed[R]:
        return fn(tx, acting, *args, **kwargs)

    return unit
