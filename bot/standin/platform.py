"""The platform's memory: who its people are, what they wrote, and what they were shown."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.standin.events import EventMaker
from bot.standin.faults import Faults
from bot.standin.tokens import Rates, ReplyTokens, RetryKeys
from bot.standin.values import (
    Content,
    Customer,
    Friendship,
    Json,
    Line,
    Sent,
    Side,
    Violation,
)

_SEVEN_DAYS_MS = 7 * 24 * 60 * 60 * 1000
#: messages that a customer can quote, so the answer to a send names a quote token
_QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template"})


def read_clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Quota:
    """Messages this month; `limit` None means a plan without one."""

    limit: int | None = None
    used: int = 0


class Platform:
    """LINE, as far as one account sees it. `now` comes from the clock given."""

    def __init__(
        self,
        channel_secret: str = "standin-secret",  # noqa: S107 - a fake's secret guards nothing
        access_token: str = "standin-token",  # noqa: S107 - the same
        *,
        clock: Callable[[], int] = read_clock,
        account_name: str = "窓口テスト",
        demands_retry_key: bool = True,
    ) -> None:
        self.channel_secret = channel_secret
        #: accepted on calls
        self.access_tokens = {access_token}
        self._former_tokens: set[str] = set()
        self.clock = clock
        self.account_name = account_name
        self.bot_user_id = "U" + secrets.token_hex(16)
        #: "chat" allows read marks by call, "bot" marks everything as read by itself
        self.chat_mode = "chat"
        #: a push without a retry key is noted as a violation
        self.demands_retry_key = demands_retry_key
        self.webhook_url: str | None = None
        self.webhook_active = True
        self.events = EventMaker(clock)
        self.faults = Faults()
        self.rates = Rates()
        self.quota = Quota()
        self.reply_tokens = ReplyTokens()
        self.retry_keys = RetryKeys()
        self.customers: dict[str, Customer] = {}
        self.violations: list[Violation] = []
        self.accepted: list[Sent] = []
        self.lines: list[Line] = []
        self.contents: dict[str, Content] = {}
        #: counts every change, so that a phone can ask "anything new?"
        self.revision = 0
        self._event_ids: set[str] = set()
        #: token → chat and message
        self._quote_tokens: dict[str, tuple[str, str]] = {}
        self._read_tokens: dict[str, str] = {}

    def revoke_token(self, token: str) -> None:
        """From now on calls with it get 401, without being a violation."""
        self.access_tokens.discard(token)
        self._former_tokens.add(token)

    def was_token(self, token: str) -> bool:
        return token in self._former_tokens

    # -- people ---------------------------------------------------------------------------

    def add_customer(
        self,
        name: str = "山田 花子",
        *,
        user_id: str | None = None,
        friendship: Friendship = Friendship.FRIEND,
        language: str | None = "ja",
        shows_profile: bool = True,
    ) -> Customer:
        customer = Customer(
            chat_id=user_id or "U" + secrets.token_hex(16),
            name=name,
            friendship=friendship,
            language=language,
            shows_profile=shows_profile,
        )
        self.customers[customer.chat_id] = customer
        self.touch()
        return customer

    def add_group(self, name: str = "家族", *, members: int = 3) -> Customer:
        chat_id = "C" + secrets.token_hex(16)
        group = Customer(chat_id=chat_id, name=name, members=members, shows_profile=False)
        self.customers[chat_id] = group
        return group

    # -- what was seen --------------------------------------------------------------------

    def sent_to(self, chat_id: str) -> list[Json]:
        """The message objects the customer saw, in order."""
        return [
            sent.message for sent in self.accepted if sent.chat_id == chat_id and sent.delivered
        ]

    def texts_to(self, chat_id: str) -> list[str]:
        """The same as plain text: the text, or what stands in its place."""
        return [str(m.get("text", m.get("altText", m["type"]))) for m in self.sent_to(chat_id)]

    def lines_of(self, chat_id: str) -> list[Line]:
        """The whole chat, both sides, as a phone shows it."""
        return [line for line in self.lines if line.chat_id == chat_id]

    def note_violation(self, endpoint: str, problem: str) -> None:
        self.violations.append(Violation(at=self.clock(), endpoint=endpoint, problem=problem))

    def touch(self) -> None:
        self.revision += 1

    # -- from the customer ----------------------------------------------------------------

    def observe(self, event: Json) -> None:
        """Take note of an event that goes out: token, chat line, friendship, unsending."""
        now = self.clock()
        source = event.get("source") or {}
        chat_id = source.get("groupId") or source.get("roomId") or source.get("userId")
        token = event.get("replyToken")
        if chat_id is None:
            return
        if token:
            at = event.get("timestamp", now)
            self.reply_tokens.issue(token, chat_id=chat_id, event_at=at, now=now)
        event_id = event.get("webhookEventId")
        customer = self.customers.get(chat_id)
        if customer is None or event_id in self._event_ids:
            return
        if event_id:
            self._event_ids.add(event_id)
        customer.standby = event.get("mode") == "standby"
        self._apply(event, customer, now)
        self.touch()

    def _apply(self, event: Json, customer: Customer, now: int) -> None:
        kind = event.get("type")
        if kind == "message":
            self._hear(event["message"], customer, now)
        elif kind == "postback":
            customer.last_spoke_at = now
        elif kind == "unsend":
            self.unsend(event["unsend"]["messageId"])
        elif kind == "follow":
            customer.friendship = Friendship.FRIEND
            self.note(customer.chat_id, "友だちに追加しました")
        elif kind == "unfollow":
            customer.friendship = Friendship.BLOCKED
            self.note(customer.chat_id, "このアカウントをブロックしました")

    def _hear(self, message: Json, customer: Customer, now: int) -> None:
        customer.last_spoke_at = now
        message_id = str(message.get("id"))
        if "quoteToken" in message:
            self._quote_tokens[str(message["quoteToken"])] = (customer.chat_id, message_id)
        if "markAsReadToken" in message:
            self._read_tokens[str(message["markAsReadToken"])] = message_id
        self.lines.append(
            Line(
                line_id=message_id,
                chat_id=customer.chat_id,
                side=Side.CUSTOMER,
                message=message,
                at=now,
                read=self.chat_mode == "bot",
            )
        )

    def unsend(self, message_id: str) -> None:
        for line in self.lines:
            if line.line_id == message_id and line.side is Side.CUSTOMER:
                line.unsent = True
                line.message = {"type": "unsent"}
        if message_id in self.contents:
            self.contents[message_id].unsent = True

    def note(self, chat_id: str, text: str) -> None:
        """A grey line in the middle of the chat."""
        message = {"type": "note", "text": text}
        self._add_line(chat_id, Side.NOTE, message, secrets.token_hex(8))

    def show_own_text(self, chat_id: str, text: str) -> None:
        """What a postback's displayText shows: words of the customer that cause no event."""
        message = {"type": "text", "text": text}
        self._add_line(chat_id, Side.CUSTOMER, message, "shown-" + secrets.token_hex(8))

    def _add_line(self, chat_id: str, side: Side, message: Json, line_id: str) -> None:
        self.lines.append(
            Line(line_id=line_id, chat_id=chat_id, side=side, message=message, at=self.clock())
        )
        self.touch()

    # -- to the customer ------------------------------------------------------------------

    def knows_quote(self, token: str, chat_id: str) -> bool:
        return self._quote_tokens.get(token, ("", ""))[0] == chat_id

    def find_quoted(self, token: str) -> Line | None:
        _, message_id = self._quote_tokens.get(token, ("", ""))
        return next((line for line in self.lines if line.line_id == message_id), None)

    def reaches(self, customer: Customer) -> bool:
        """Whether a push arrives; when not, LINE still answers 200."""
        if customer.friendship is not Friendship.STRANGER:
            return customer.friendship is Friendship.FRIEND
        spoke_at = customer.last_spoke_at
        return spoke_at is not None and self.clock() - spoke_at <= _SEVEN_DAYS_MS

    def accept(
        self,
        messages: list[Json],
        customer: Customer,
        *,
        by: str,
        request_id: str,
        retry_key: str | None = None,
    ) -> list[Json]:
        """Keep the messages as sent, show them, and give their ids and quote tokens."""
        delivered = self.reaches(customer)
        told = []
        for message in messages:
            message_id = self.events.next_message_id()
            sent = Sent(
                message_id=message_id,
                chat_id=customer.chat_id,
                message=message,
                at=self.clock(),
                by=by,
                request_id=request_id,
                retry_key=retry_key,
                delivered=delivered,
            )
            self.accepted.append(sent)
            if delivered:
                self._add_line(customer.chat_id, Side.ACCOUNT, message, message_id)
            told.append({"id": message_id} | self._make_quotable(message, sent))
        customer.loading_until = 0
        return told

    def _make_quotable(self, message: Json, sent: Sent) -> Json:
        if message["type"] not in _QUOTABLE:
            return {}
        token = secrets.token_urlsafe(24)
        self._quote_tokens[token] = (sent.chat_id, sent.message_id)
        return {"quoteToken": token}

    def mark_read(self, token: str) -> bool:
        """Everything of that chat up to the token's message; False for an unknown token."""
        message_id = self._read_tokens.get(token)
        chat_id = next((li.chat_id for li in self.lines if li.line_id == message_id), None)
        if message_id is None or chat_id is None:
            return False
        for line in self.lines_of(chat_id):
            if line.side is Side.CUSTOMER:
                line.read = True
            if line.line_id == message_id:
                break
        self.touch()
        return True
