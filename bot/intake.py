"""Takes events in: each recorded once, with everything that follows from it, in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.events import Inbound


class Taken(StrEnum):
    """What became of an event."""

    NEW = "new"
    REPEATED = "repeated"
    PARKED = "parked"  # kept with its error for an admin
    REFUSED = "refused"  # understood and not taken, e.g. too many in a short time


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the channel may tell its customer about one event."""

    event_key: str
    taken: Taken
    customer_id: int | None = None
    conversation_id: int | None = None
    #: seq of the customer's message; a repeated event gets the seq of the first
    seq: int | None = None
    #: code of the refusal, e.g. "too_many"
    refusal: str = ""


class Intake:
    """The one way in for every channel."""

    async def receive(self, events: Sequence[Inbound]) -> list[Receipt]:
        """Record events and everything they cause. Raises StoreUnavailable: nothing was taken."""
        raise NotImplementedError
