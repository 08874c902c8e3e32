"""Hands out the queue by itself, where the settings say so: freed capacity never idles."""

from bot.clock import Clock
from bot.store import Store
from handoff.access import Agent, Presence
from handoff.desk import Desk
from handoff.errors import AtCapacity, NotAllowed
from handoff.presence import AtDesk, list_at_desk


class Assigner:
    """Gives whoever waits longest to the agent with the most room."""

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock

    async def assign(self) -> int:
        """Assign until nobody waits or nobody has room; how many were assigned."""
        assigned = 0
        while await self._assign_one():
            assigned += 1
        return assigned

    async def _assign_one(self) -> bool:
        people = await self._store.read(list_at_desk, self._clock())
        for agent in order_by_room(people):
            try:
                if await self._desk.take_next(agent):
                    return True
            except (AtCapacity, NotAllowed):
                continue  # they took one themselves in this moment, or their role changed
        return False


def order_by_room(people: list[AtDesk]) -> list[Agent]:
    """Available agents with room, the least busy first; equal ones in the order of their ids."""
    free = [
        person
        for person in people
        if person.presence is Presence.AVAILABLE and person.has < person.agent.capacity
    ]
    free.sort(key=lambda person: (person.has / person.agent.capacity, person.agent.id))
    return [person.agent for person in free]
