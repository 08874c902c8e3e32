"""The people behind the bot, as the talk needs them: a port that `handoff` fills."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.bubbles import Action
from bot.conversation import Cause, Conversation
from bot.store import Tx


class Front(StrEnum):
    """How the people's side stands for a team at this moment."""

    OPEN = "open"  # within hours and somebody is there
    ABSENT = "absent"  # within hours, nobody is at the desk right now
    FULL = "full"  # the queue is longer than we promise for
    CLOSED = "closed"  # outside the hours


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a waiting customer is told."""

    front: Front
    #: place in the queue, 1 = next; 0 when not waiting
    position: int
    #: 「約3〜6分」 in the customer's language; empty when there is nothing honest to say
    wait: str
    #: 「本日の受付は終了しました。次は1月4日(月) 9:00からです」; empty while open
    hours: str
    #: number to show and dial, empty unless the phone line is open now
    phone: str
    #: callback slots exist
    callback: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """A callback that is promised."""

    #: 「11/24(火) 9:00〜10:00」
    slot: str
    #: as shown to the customer
    phone: str


class HumanDesk(Protocol):
    """Called inside the talk's transactions, so that talk and queue never disagree."""

    def escalate(
        self,
        tx: Tx,
        conversation: Conversation,
        *,
        team: str | None,
        cause: Cause,
        urgent: bool,
        now: int,
    ) -> Standing:
        """Put the conversation into the queue (state waiting) and say how it stands."""
        ...

    def standing(self, tx: Tx, conversation: Conversation, *, now: int) -> Standing:
        """How it stands for a conversation that waits, or would if it were escalated."""
        ...

    def slots(self, tx: Tx, conversation: Conversation, *, now: int) -> tuple[Action, ...]:
        """Free callback slots; codes are `slot:<from ms>-<until ms>`."""
        ...

    def book(
        self, tx: Tx, conversation: Conversation, *, slot: str, phone: str, now: int
    ) -> Booking | None:
        """Promise a callback (wait mode callback); None when the slot is gone meanwhile.

        Raises BadInput when `phone` is no phone number.
        """
        ...

    def forget(self, tx: Tx, conversation: Conversation, *, text: str, now: int) -> bool:
        """The customer took `text` back: True when a callback hung on it, which is off now."""
        ...

    def withdraw(self, tx: Tx, conversation: Conversation, *, now: int) -> None:
        """The customer no longer waits: cancel an open callback and leave the queue."""
        ...
