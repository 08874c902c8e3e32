"""What can go wrong at the desk, named after the fact.

MadoguchiError
└── Refused
    ├── NotAllowed           the role does not have this right
    │   └── LoginChanged     the page is of another login than the browser's
    ├── AlreadyClaimed       a colleague has it; says who
    ├── NotYours             only its agent may do this; says who that is
    ├── NewerMessages        the customer or a colleague wrote meanwhile; holds the messages
    ├── AlreadyUsed          the same form was sent before with other contents
    ├── NotOpen              its state does not allow this
    ├── OpenElsewhere        the customer already has another open conversation; names it
    ├── NotThere             this colleague cannot take a conversation now
    ├── AtCapacity           this agent already has as many as agreed
    ├── LoginTaken
    ├── LastAdmin            somebody must be left who can manage the staff
    ├── WrongLogin           name or password is wrong, never which of the two
    ├── CodeNeeded           the password is right, the second step follows; holds its ticket
    ├── WrongCode            no code of now, or one that was used before
    ├── TicketEnded          the second step took too long, or too many tries
    ├── FactorThere          the account has a second factor already
    ├── OutsideFailed        what the identity provider sent is not believed; says why to the log
    ├── OutsideUnknown       nobody of the staff belongs to that account
    ├── OutsideUnreachable   the identity provider does not answer as it should
    └── TooManyTries         wait a moment before the next try; says how long
BadInput
└── WeakPassword
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BadInput, Refused, TooMany


@dataclass(frozen=True, kw_only=True, slots=True)
class NewerMessage:
    """A message that the writer of a reply had not seen."""

    seq: int
    #: customer or agent
    sender: str
    #: the colleague who wrote it, empty for the customer
    agent_name: str
    #: None: erased or unsent
    text: str | None
    kind: str
    sent_at: int


class NotAllowed(Refused):
    says = "Your role does not allow this. Please ask an administrator."


class LoginChanged(NotAllowed):
    says = "This page belongs to another login. Please open it again."


class AlreadyClaimed(Refused):
    """A colleague has already taken this conversation."""

    def __init__(self, owner_name: str) -> None:
        super().__init__(f"{owner_name} has already taken this conversation.")
        self.owner_name = owner_name


class NotYours(Refused):
    """Only the agent who has this conversation may do this."""

    def __init__(self, owner_name: str | None) -> None:
        super().__init__(
            f"{owner_name} has this conversation now."
            if owner_name
            else "Nobody has this conversation now. Take it first."
        )
        #: None: nobody has it
        self.owner_name = owner_name


class NewerMessages(Refused):
    says = "New messages arrived while you were writing. Please read them first."

    def __init__(self, messages: Sequence[NewerMessage]) -> None:
        super().__init__()
        self.messages = tuple(messages)


class AlreadyUsed(Refused):
    says = "This form was already sent with other contents. Please open it again."


class NotOpen(Refused):
    says = "The state of this conversation does not allow this."


class OpenElsewhere(Refused):
    """The customer already has another open conversation."""

    def __init__(self, reference: str, conversation_id: int) -> None:
        super().__init__(f"The customer already has another open conversation: {reference}.")
        self.reference = reference
        self.conversation_id = conversation_id


class NotThere(Refused):
    """This colleague cannot take a conversation now."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not at the desk. Hand it to somebody who is, or to a team.")
        self.name = name


class AtCapacity(Refused):
    says = "You have as many conversations as agreed. Resolve one first, or pick one yourself."


class LoginTaken(Refused):
    says = "This login name is already in use."


class LastAdmin(Refused):
    says = "This is the last administrator; name another one first."


class WrongLogin(Refused):
    says = "Login name or password is wrong."


class CodeNeeded(Refused):
    says = "A code of your second factor is needed too."

    def __init__(self, ticket: str) -> None:
        super().__init__()
        #: goes into a cookie and is stored nowhere
        self.ticket = ticket


class WrongCode(Refused):
    says = "This code is wrong, or was used before. Please wait for the next one."


class TicketEnded(Refused):
    says = "This took too long. Please log in again."


class FactorThere(Refused):
    says = "This account already has a second factor."


class OutsideFailed(Refused):
    says = "This log-in could not be confirmed. Please try again."


class OutsideUnknown(Refused):
    says = "Nobody of the staff belongs to this account. Please ask an administrator."


class OutsideUnreachable(Refused):
    says = "The log-in service does not answer. Try again shortly, or use your password."


class TooManyTries(TooMany):
    says = "Too many failed logins. Please wait a moment and try again."

    def __init__(self, wait_ms: int) -> None:
        super().__init__()
        self.wait_ms = wait_ms


class WeakPassword(BadInput):
    says = "This password is too easy to guess."
