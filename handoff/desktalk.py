"""What the desk needs said to a customer: a port that the talk fills."""

from typing import Protocol

from bot.conversation import Conversation, Customer
from bot.store import Row, Tx


class DeskTalk(Protocol):
    """Called inside the desk's transactions, with the conversation as it is by then."""

    def claimed(
        self, tx: Tx, conversation: Conversation, customer: Customer, agent_name: str, now: int
    ) -> None:
        """An agent has it: tell the customer who answers."""
        ...

    def returned_to_queue(
        self, tx: Tx, conversation: Conversation, customer: Customer, now: int
    ) -> None:
        """It waits again: tell the customer that somebody else will answer."""
        ...

    def erase(self, tx: Tx, said: Row, now: int) -> None:
        """What the customer said goes, and every copy that the talk keeps of it."""
        ...

    def resolved(  # noqa: PLR0917 - as the talk calls it
        self,
        tx: Tx,
        conversation: Conversation,
        customer: Customer,
        agent_id: int,
        now: int,
        ask_survey: bool,  # noqa: FBT001 - as the talk calls it
    ) -> None:
        """It is declared solved: ask how it went, or close it."""
        ...
