"""The platform's memory: who its people are, what they wrote, and what they were shown."""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from bot.standin.chats import Chats
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
        self.chats = Chats()
        self.contents: dict[str, Content] = {}
        #: counts every change, so that a phone can ask "anything new?"
        self.revision = 0
        self._sent: defaultdict[str, list[Sent]] = defaultdict(list)
        self._event_ids: set[str] = set()

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
        return [sent.message for sent in self._sent[chat_id] if sent.delivered]

    def texts_to(self, chat_id: str) -> list[str]:
        """The same as plain text: the text, or what stands in its place."""
        return [str(m.get("text", m.get("altText", m["type"]))) for m in self.sent_to(chat_id)]

    def lines_of(self, chat_id: str) -> list[Line]:
        """The whole chat, both sides, as a phone shows it."""
        return self.chats.lines_of(chat_id)

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
        if chat_id is None:
            return
        token = event.get("replyToken")
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
            customer.last_spoke_at = now
            read = self.chat_mode == "bot"
            self.chats.hear(customer.chat_id, event["message"], at=now, read=read)
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

    def unsend(self, message_id: str) -> None:
        self.chats.unsend(message_id)
        if message_id in self.contents:
            self.contents[message_id].unsent = True

    def note(self, chat_id: str, text: str) -> None:
        """A grey line in the middle of the chat."""
        self._add_line(chat_id, Side.NOTE, text, "note-")

    def show_own_text(self, chat_id: str, text: str) -> None:
        """What a postback's displayText shows: words of the customer that cause no event."""
        self._add_line(chat_id, Side.CUSTOMER, text, "shown-")

    def _add_line(self, chat_id: str, side: Side, text: str, prefix: str) -> None:
        message = {"type": "text", "text": text}
        line_id = prefix + secrets.token_hex(8)
        self.chats.add(chat_id, side, message, line_id=line_id, at=self.clock())
        self.touch()

    # -- to the customer ------------------------------------------------------------------

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
        now, chat_id = self.clock(), customer.chat_id
        delivered = self.reaches(customer)
        told = []
        for message in messages:
            message_id = self.events.next_message_id()
            sent = Sent(
                message_id=message_id,
                chat_id=chat_id,
                message=message,
                at=now,
                by=by,
                request_id=request_id,
                retry_key=retry_key,
                delivered=delivered,
            )
            self.accepted.append(sent)
            self._sent[chat_id].append(sent)
            if delivered:
                self.chats.add(chat_id, Side.ACCOUNT, message, line_id=message_id, at=now)
            quote = self.chats.make_quotable(chat_id, message_id, message)
            told.append({"id": message_id} | quote)
        customer.loading_until = 0
        self.touch()
        return told
