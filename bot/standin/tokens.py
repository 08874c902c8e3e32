"""What works once or for a while: reply tokens, retry keys, rates."""

from collections import deque
from dataclasses import dataclass, field

from bot.standin.values import Json

REPLY_TOKEN_MS = 60_000
#: a redelivered webhook renews its token, but not beyond this age of the event
RENEWABLE_MS = 20 * 60_000
RETRY_KEY_MS = 24 * 60 * 60_000


@dataclass(kw_only=True, slots=True)
class _ReplyToken:
    chat_id: str
    event_at: int
    issued_at: int
    used: bool = False


class ReplyTokens:
    """Each works once, within a minute of the latest delivery of its webhook."""

    def __init__(self, *, lifetime_ms: int = REPLY_TOKEN_MS) -> None:
        self.lifetime_ms = lifetime_ms
        self._tokens: dict[str, _ReplyToken] = {}

    def issue(self, token: str, *, chat_id: str, event_at: int, now: int) -> None:
        known = self._tokens.get(token)
        if known is None:
            self._tokens[token] = _ReplyToken(chat_id=chat_id, event_at=event_at, issued_at=now)
        elif now <= known.event_at + RENEWABLE_MS:
            known.issued_at = now

    def find_chat(self, token: str, now: int) -> str | None:
        """The chat a reply would go to, or None when the token is unknown, used or old."""
        known = self._tokens.get(token)
        if known is None or known.used or now - known.issued_at > self.lifetime_ms:
            return None
        return known.chat_id

    def use_up(self, token: str) -> None:
        self._tokens[token].used = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The first acceptance of a retry key."""

    at: int
    request_id: str
    body: Json
    sent_messages: list[Json]


class RetryKeys:
    """Requests accepted in the last 24 hours, by their retry key."""

    def __init__(self) -> None:
        self._accepted: dict[str, Accepted] = {}

    def find(self, key: str, now: int) -> Accepted | None:
        accepted = self._accepted.get(key.lower())
        return accepted if accepted and now - accepted.at < RETRY_KEY_MS else None

    def keep(self, key: str, accepted: Accepted) -> None:
        self._accepted[key.lower()] = accepted


@dataclass(slots=True)
class Rates:
    """Calls per second and endpoint; LINE's figures unless told otherwise."""

    per_second: dict[str, int] = field(default_factory=lambda: {"loading": 100})
    default: int = 2000
    _calls: dict[str, deque[int]] = field(default_factory=dict)

    def is_exceeded(self, endpoint: str, now: int) -> bool:
        calls = self._calls.setdefault(endpoint, deque())
        while calls and calls[0] <= now - 1000:
            calls.popleft()
        calls.append(now)
        return len(calls) > self.per_second.get(endpoint, self.default)
