"""Who is at the desk, and what becomes of the conversations of those who are gone."""

from dataclasses import dataclass

from bot.clock import MINUTE_MS, SECOND_MS, Clock
from bot.hints import DESK, Hint, Hints
from bot.rows import conversation_from_row
from bot.store import Store, Tx
from handoff import accounts, audit
from handoff.access import FRESH_MS, Agent, Presence, Verb, actual_presence, require
from handoff.acting import return_absent
from handoff.desktalk import DeskTalk
from handoff.settings import PeopleSettings

#: An open desk page tells of itself this often.
BEAT_MS = 20 * SECOND_MS
#: Nobody looked for so long: the server itself was asleep, and so nobody can be called gone.
ASLEEP_MS = 2 * MINUTE_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class AtDesk:
    """One agent as colleagues see it."""

    agent: Agent
    #: available, away or offline, as it is now: an open page that went silent is offline
    presence: Presence
    #: how many conversations the agent has, and how many of their customers wait for an answer
    has: int
    unanswered: int


def list_at_desk(tx: Tx, now: int) -> list[AtDesk]:
    """Every active agent, with what they have."""
    rows = tx.all(
        """SELECT agent_id, COUNT(*) AS has,
            SUM(CASE WHEN customer_seq > agent_seq OR first_response_at IS NULL
                THEN 1 ELSE 0 END) AS unanswered
        FROM conversation WHERE state = 'assigned' GROUP BY agent_id"""
    )
    having = {row["agent_id"]: row for row in rows}
    found = []
    for agent in accounts.list_agents(tx, only_active=True):
        row = having.get(agent.id)
        found.append(
            AtDesk(
                agent=agent,
                presence=actual_presence(agent, now),
                has=int(row["has"]) if row else 0,
                unanswered=int(row["unanswered"]) if row else 0,
            )
        )
    return found


class PresenceBoard:
    """Keeps who is there."""

    def __init__(
        self, store: Store, hints: Hints, settings: PeopleSettings, clock: Clock, talk: DeskTalk
    ) -> None:
        self._store = store
        self._hints = hints
        self._settings = settings
        self._clock = clock
        self._talk = talk
        # signs of life from before the start say nothing about who comes back after it
        self._watching_since = clock()
        self._swept_at = self._watching_since

    async def set_presence(self, agent: Agent, presence: Presence) -> None:
        """An agent says whether new conversations are welcome."""
        require(agent, Verb.SET_PRESENCE)
        await self._store.write(_set_presence, agent.id, presence, self._clock())
        self._hints.publish([Hint(topic=DESK, kind="presence")])

    async def beat(self, agent: Agent) -> None:
        """A sign of life of an open desk page."""
        if await self._store.write(_beat, agent.id, self._clock()):
            self._hints.publish([Hint(topic=DESK, kind="presence")])

    async def list_at_desk(self) -> list[AtDesk]:
        """Every active agent, with what they have."""
        return await self._store.read(list_at_desk, self._clock())

    async def sweep(self) -> int:
        """Run release_absent now; how many conversations went back."""
        now = self._clock()
        # or its clock was set back
        if abs(now - self._swept_at) > ASLEEP_MS:
            self._watching_since = now
        self._swept_at = now
        hints = await self._store.write(self.release_absent, now)
        self._hints.publish(hints)
        return len({hint.conversation_id for hint in hints if hint.conversation_id})

    def release_absent(self, tx: Tx, now: int) -> tuple[Hint, ...]:
        """Give back waiting customers of agents who are gone; the hints to publish afterwards."""
        gone_since = now - self._settings.absent_minutes * MINUTE_MS
        if gone_since < self._watching_since:
            return ()
        # a sign of life from the future came before the clock was set back
        ahead = now + FRESH_MS
        rows = tx.all(
            """SELECT c.* FROM conversation c JOIN agent a ON a.id = c.agent_id
            WHERE c.state = 'assigned'
                -- the page is gone, and it is not somebody who took it just now without a page
                AND (COALESCE(a.seen_at, 0) <= :gone OR a.seen_at > :ahead)
                AND (COALESCE(c.claimed_at, 0) <= :gone OR c.claimed_at > :ahead)
                -- who waits for nothing stays with the agent until the customer writes again
                AND (c.customer_seq > c.agent_seq OR c.first_response_at IS NULL)
            ORDER BY c.id""",
            gone=gone_since,
            ahead=ahead,
        )
        hints: list[Hint] = []
        for row in rows:
            conversation = conversation_from_row(row)
            hints += return_absent(
                tx, conversation, talk=self._talk, settings=self._settings, now=now
            )
        changed = tx.run(
            "UPDATE agent SET presence = 'offline', presence_at = :now"
            " WHERE presence <> 'offline'"
            " AND (COALESCE(seen_at, 0) <= :gone OR seen_at > :ahead)",
            now=now,
            gone=gone_since,
            ahead=ahead,
        )
        if changed:
            hints.append(Hint(topic=DESK, kind="presence"))
        return tuple(hints)


def _set_presence(tx: Tx, agent_id: int, presence: Presence, now: int) -> None:
    accounts.save(tx, agent_id, presence=presence.value, presence_at=now, seen_at=now)
    audit.record(tx, "presence", now=now, agent_id=agent_id, presence=presence.value)


def _beat(tx: Tx, agent_id: int, now: int) -> bool:
    """Whether colleagues see a change: somebody was silent and is back."""
    row = tx.one("SELECT seen_at FROM agent WHERE id = :id", id=agent_id)
    tx.run("UPDATE agent SET seen_at = :now WHERE id = :id AND active = 1", id=agent_id, now=now)
    return row is not None and (row["seen_at"] is None or now - row["seen_at"] > FRESH_MS)
