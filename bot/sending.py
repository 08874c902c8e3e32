"""One request to a channel's platform and what came of it, as values."""

from dataclasses import dataclass
from enum import StrEnum

from bot.bubbles import Bubble

#: LINE takes at most five message objects in one request.
BUBBLES_PER_REQUEST = 5
#: A reply token is promised for one minute; we trust it for less.
TOKEN_TRUSTED_MS = 50_000
#: Retry keys live 24 hours at LINE; we stop safely inside.
RETRY_KEY_MS = 23 * 3_600_000


class Route(StrEnum):
    """How a request travels."""

    REPLY = "reply"  # free, by a token that works once
    PUSH = "push"  # counted, with a retry key


class Outcome(StrEnum):
    """What the platform's answer means."""

    SENT = "sent"
    TOKEN_DEAD = "token_dead"  # noqa: S105 - an outcome's name, no secret
    REFUSED = "refused"  # will never be accepted as it is
    BUSY = "busy"  # too many requests: the whole channel slows
    QUOTA = "quota"  # the month's pushes are used up
    UNAUTHORISED = "unauthorised"  # our token is wrong: pause, keep the rows
    DOUBT = "doubt"  # may or may not have been accepted


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try."""

    route: Route
    #: the platform's id of the customer
    to: str
    bubbles: tuple[Bubble, ...]
    retry_key: str
    reply_token: str | None = None
    #: shown as the sender, at most 20 characters; None: the account itself
    sender_name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of a try."""

    outcome: Outcome
    #: HTTP status, 0 when there was none
    status: int = 0
    request_id: str = ""
    #: for staff: why; never customer text
    detail: str = ""
