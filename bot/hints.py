"""Live hints: "conversation 42 is now at 17". They may be lost; what they point to may not.

A listener holds a set of the newest hint per topic, so a slow one never makes a queue grow.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

#: Topic of everything the desk shows.
DESK = "desk"


def customer_topic(customer_id: int) -> str:
    """Topic of what one customer sees."""
    return f"customer:{customer_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """Something about a conversation changed. `kind` tells what, ids tell where."""

    topic: str
    kind: str  # "conversation", "typing", "presence", "knowledge", "delivery"
    conversation_id: int | None = None
    seq: int = 0
    #: ephemeral facts that stand in no table (who types), small
    detail: str = ""


class Hears(Protocol):
    """Whoever is told of hints at once, on the loop; it must not wait."""

    def tell(self, hint: Hint) -> None:
        """Something may have changed."""
        ...


@dataclass(slots=True, eq=False)
class Listener:
    """Waits for hints on its topics."""

    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _pending: dict[tuple[str, str, int | None], Hint] = field(default_factory=dict)

    def tell(self, hint: Hint) -> None:
        """Remember the newest hint of its kind and wake up."""
        self._pending[(hint.topic, hint.kind, hint.conversation_id)] = hint
        self._wake.set()

    async def next(self, timeout: float | None = None) -> list[Hint]:  # noqa: ASYNC109 - a long-poll's patience
        """All hints since the last call; empty after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        hints = list(self._pending.values())
        self._pending.clear()
        return hints


class Hints:
    """Hands hints to the listeners of this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Hears]] = defaultdict(set)

    def publish(self, hints: Iterable[Hint]) -> None:
        """Wake whoever listens; never waits."""
        for hint in hints:
            # a copy: whoever is told may leave
            for listener in tuple(self._listeners.get(hint.topic, ())):
                listener.tell(hint)

    def attach(self, listener: Hears, *topics: str) -> None:
        """Tell this listener until it is detached: it costs no task while nothing happens."""
        for topic in topics:
            self._listeners[topic].add(listener)

    def detach(self, listener: Hears, *topics: str) -> None:
        """Tell it no more."""
        for topic in topics:
            listeners = self._listeners.get(topic)
            if listeners is not None:
                listeners.discard(listener)
                if not listeners:
                    del self._listeners[topic]

    @contextmanager
    def listen(self, *topics: str) -> Iterator[Listener]:
        """A listener for these topics while the block runs."""
        listener = Listener()
        self.attach(listener, *topics)
        try:
            yield listener
        finally:
            self.detach(listener, *topics)

    def count(self, topic: str) -> int:
        """How many listen: a customer who watches needs no further notice."""
        return len(self._listeners.get(topic, ()))
