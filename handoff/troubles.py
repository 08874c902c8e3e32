"""What staff does about events and sends that went wrong."""

from collections.abc import Callable

from bot import outbox
from bot.clock import Clock
from bot.errors import NotFound
from bot.hints import DESK, Hint, Hints
from bot.intake import Intake, Taken
from bot.store import Store, Tx
from handoff import audit, trouble_rows
from handoff.access import Agent, Verb, require
from handoff.trouble_rows import Parked, Undelivered


class Troubles:
    """Every method raises NotAllowed for a role without the right."""

    def __init__(
        self, store: Store, hints: Hints, intake: Intake, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._hints = hints
        self._intake = intake
        self._clock = clock
        self._wake = wake

    async def list_undelivered(self, agent: Agent) -> list[Undelivered]:
        """Sends that did not arrive."""
        require(agent, Verb.SETTLE_DELIVERY)
        return await self._store.read(trouble_rows.list_undelivered)

    async def list_parked(self, agent: Agent) -> list[Parked]:
        """Events that wait for an admin."""
        require(agent, Verb.VIEW_AUDIT)
        return await self._store.read(trouble_rows.list_parked)

    async def send_again(
        self, agent: Agent, row_id: int, conversation_id: int | None = None
    ) -> None:
        """Send it once more, under a new key. Raises NotFound when a colleague was quicker."""
        require(agent, Verb.SETTLE_DELIVERY)
        now = self._clock()

        def again(tx: Tx) -> int | None:
            _require_of(tx, row_id, conversation_id)
            outbox.send_again(tx, row_id, now=now)
            return _audit_delivery(tx, agent, "send_again", row_id, now)

        self._tell(await self._store.write(again))
        self._wake()

    async def leave(self, agent: Agent, row_id: int, conversation_id: int | None = None) -> None:
        """Let it be. Raises NotFound when a colleague was quicker."""
        require(agent, Verb.SETTLE_DELIVERY)
        now = self._clock()

        def let_be(tx: Tx) -> int | None:
            _require_of(tx, row_id, conversation_id)
            outbox.leave(tx, row_id)
            return _audit_delivery(tx, agent, "leave_unsent", row_id, now)

        self._tell(await self._store.write(let_be))

    async def retry(self, agent: Agent, inbox_id: int) -> bool:
        """Process a parked event again; False when it is parked again. Raises NotFound."""
        require(agent, Verb.SETTLE_EVENT)
        receipt = await self._intake.retry(inbox_id)
        taken = receipt.taken is not Taken.PARKED
        now = self._clock()

        def note(tx: Tx) -> None:
            audit.record(
                tx, "retry_event", now=now, agent_id=agent.id, inbox_id=inbox_id, taken=taken
            )

        await self._store.write(note)
        return taken

    async def dismiss(self, agent: Agent, inbox_id: int) -> None:
        """Take a parked event off the list. Raises NotFound."""
        require(agent, Verb.SETTLE_EVENT)
        now = self._clock()

        def drop(tx: Tx) -> None:
            if not trouble_rows.drop_parked(tx, inbox_id):
                raise NotFound
            audit.record(tx, "dismiss_event", now=now, agent_id=agent.id, inbox_id=inbox_id)

        await self._store.write(drop)

    def _tell(self, conversation_id: int | None) -> None:
        self._hints.publish([Hint(topic=DESK, kind="delivery", conversation_id=conversation_id)])


def _require_of(tx: Tx, row_id: int, conversation_id: int | None) -> None:
    """Whoever names a conversation means one of its sends, and no other's."""
    if conversation_id is None:
        return
    if not trouble_rows.is_send_of(tx, row_id, conversation_id):
        raise NotFound


def _audit_delivery(tx: Tx, agent: Agent, action: str, row_id: int, now: int) -> int | None:
    conversation_id = trouble_rows.get_outbox_conversation(tx, row_id)
    audit.record(
        tx,
        action,
        now=now,
        agent_id=agent.id,
        conversation_id=conversation_id,
        outbox_id=row_id,
    )
    return conversation_id
