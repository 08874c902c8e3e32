"""Decides how a request travels and what becomes of it: the table of docs/discussions/delivery.md.

The one rule for the call without a key: a reply token works once, so repeating the same token
cannot double a message, while falling back to a push with the reply in doubt could.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.sending import RETRY_KEY_MS, TOKEN_TRUSTED_MS, Outcome, Result, Route

#: Waits between tries in doubt, ms.
_FIRST_WAIT = 500
_LONGEST_WAIT = 30_000
#: A doubtful reply is repeated quickly, while its token lives.
_REPLY_WAIT = 300


class RowState(StrEnum):
    """Where one request stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    BLOCKED_QUOTA = "blocked_quota"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """An outbox row as far as the rules need it."""

    sender: str
    reply_token: str | None
    token_at: int | None
    reply_doubt: bool
    attempts: int
    #: the first try that may have arrived; this one, unless `doubted`
    first_attempt_at: int | None
    #: an earlier try may have arrived
    doubted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The settings that change the rules."""

    exactly_once: bool = False
    resend_in_doubt: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The next try; no route: nobody can know, an agent decides."""

    route: Route | None
    #: the text is marked as sent again, because it may have arrived before
    resent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Next:
    """What the row becomes."""

    state: RowState
    next_at: int = 0
    #: the token is spent or dead: never use it again
    drop_token: bool = False
    reply_doubt: bool = False
    #: the whole channel slows down
    pause: bool = False
    #: nothing can have arrived so far: the retry key is as good as new
    unused: bool = False


def plan_attempt(owed: Owed, *, now: int, rules: Rules) -> Plan:
    """Reply while a token can be trusted, else push, unless a reply is in doubt."""
    # a token from the future came before the clock was set back: who knows how old it is
    young = owed.token_at is not None and abs(now - owed.token_at) < TOKEN_TRUSTED_MS
    if owed.reply_token and not rules.exactly_once and young:
        return Plan(route=Route.REPLY)
    # a doubt about the reply alone says nothing about the key
    key_used = owed.doubted and not (owed.reply_doubt and owed.reply_token)
    if key_used and now - (owed.first_attempt_at or now) > RETRY_KEY_MS:
        # however it was held up since: the platform no longer knows the key
        return Plan(route=None)
    if owed.reply_doubt:
        # also under exactly_once: the doubt may be older than the setting
        if rules.resend_in_doubt:
            return Plan(route=Route.PUSH, resent=True)
        return Plan(route=None)
    return Plan(route=Route.PUSH)


def decide_next(owed: Owed, route: Route, result: Result, *, now: int) -> Next:
    """What becomes of a row after a try; `owed.attempts` counts this try."""
    match result.outcome:
        case Outcome.SENT:
            return Next(state=RowState.SENT)
        case Outcome.TOKEN_DEAD:
            if owed.reply_doubt:
                # single use: somebody used it, and that was our own doubtful try
                return Next(state=RowState.SENT)
            return Next(
                state=RowState.PENDING, next_at=now, drop_token=True, unused=not owed.doubted
            )
        case Outcome.REFUSED:
            return Next(state=RowState.FAILED)
        case Outcome.QUOTA:
            return Next(state=RowState.BLOCKED_QUOTA, unused=not owed.doubted)
        case Outcome.BUSY | Outcome.UNAUTHORISED:
            return Next(
                state=RowState.PENDING,
                next_at=now,
                reply_doubt=owed.reply_doubt,
                pause=True,
                unused=not owed.doubted,
            )
        case Outcome.DOUBT:
            return _doubtful(owed, route, now)


def _doubtful(owed: Owed, route: Route, now: int) -> Next:
    if route is Route.REPLY:
        return Next(state=RowState.PENDING, next_at=now + _REPLY_WAIT, reply_doubt=True)
    first = owed.first_attempt_at or now
    wait = min(_FIRST_WAIT * 2 ** min(owed.attempts - 1, 10), _LONGEST_WAIT)
    if now + wait - first > RETRY_KEY_MS:
        return Next(state=RowState.IN_DOUBT)
    return Next(state=RowState.PENDING, next_at=now + wait)
