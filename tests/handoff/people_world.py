"""A desk with a real store, a clock that tests move, and a talk of few words."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.bubbles import Bubble, Ours
from bot.clock import MINUTE_MS, to_ms
from bot.conversation import Cause, Conversation, Customer
from bot.hints import Hints
from bot.messages import Heard, Reply, append_customer, append_ours
from bot.rows import get_conversation, get_customer
from bot.sqlite_store import SqliteStore
from bot.store import Row, Tx
from bot.unsend import erase_message
from handoff import accounts, queue
from handoff.access import Agent, Presence, Role
from handoff.desk import Desk
from handoff.front import Front
from handoff.logins import Logins
from handoff.presence import PresenceBoard
from handoff.results import Results
from handoff.settings import PeopleSettings, TeamSettings
from handoff.staff import Staff

TOKYO = ZoneInfo("Asia/Tokyo")
#: a Tuesday morning within the default hours
MORNING = to_ms(datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO))
SETTINGS = PeopleSettings(
    teams={
        "default": TeamSettings(name={"ja": "総合窓口", "en": "General support"}),
        "returns": TeamSettings(name={"ja": "返品窓口", "en": "Returns"}),
    }
)


@dataclass
class Clock:
    now: int = MORNING

    def __call__(self) -> int:
        return self.now

    def forward(self, *, minutes: float = 0, ms: int = 0) -> None:
        self.now += int(minutes * MINUTE_MS) + ms


class Talk:
    """Says to customers what the real talk would, in fewer words."""

    def claimed(
        self, tx: Tx, conversation: Conversation, customer: Customer, agent_name: str, now: int
    ) -> None:
        _say(tx, conversation, customer, f"担当の{agent_name}がお答えします。", now)

    def returned_to_queue(
        self, tx: Tx, conversation: Conversation, customer: Customer, now: int
    ) -> None:
        _say(tx, conversation, customer, "別の担当者におつなぎします。", now)

    def erase(self, tx: Tx, said: Row, now: int) -> None:
        erase_message(tx, said["id"], how="erased", now=now)

    def resolved(  # noqa: PLR0917 - as the port has it
        self,
        tx: Tx,
        conversation: Conversation,
        customer: Customer,
        agent_id: int,
        now: int,
        ask_survey: bool,  # noqa: FBT001 - as the port has it
    ) -> None:
        if ask_survey:
            _say(tx, conversation, customer, "いかがでしたか？", now)
            add_survey(tx, conversation.id, round=conversation.round, agent_id=agent_id, at=now)


def _say(tx: Tx, conversation: Conversation, customer: Customer, text: str, now: int) -> None:
    reply = Reply(cause_key=f"system:{conversation.last_seq}")
    bubble = Ours(bubble=Bubble(text=text))
    append_ours(
        tx, conversation, customer, sender="system", messages=[bubble], reply=reply, now=now
    )


def add_survey(tx: Tx, conversation_id: int, **columns: Any) -> None:
    row = {
        "channel": "web",
        "handled_by": "agent",
        "agent_id": None,
        "entry_id": None,
        "state": "asked",
        "score": None,
        "comment": None,
        "at": MORNING,
        "round": 1,
        **columns,
    }
    tx.run(
        "INSERT INTO survey (conversation_id, round, channel, handled_by, agent_id, entry_id,"
        " state, score, comment, asked_at) VALUES (:conversation, :round, :channel, :handled_by,"
        " :agent_id, :entry_id, :state, :score, :comment, :at)",
        conversation=conversation_id,
        **row,
    )


@dataclass
class World:
    store: SqliteStore
    settings: PeopleSettings = SETTINGS
    hints: Hints = field(default_factory=Hints)
    clock: Clock = field(default_factory=Clock)
    talk: Talk = field(default_factory=Talk)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = (self.store, self.hints, self.settings, self.clock, self.talk)
        self.desk = Desk(*parts)
        self.presence = PresenceBoard(*parts)
        self.staff = Staff(*parts)
        self.front = Front(self.settings)
        self.results = Results(self.store, self.settings, self.clock)
        self.logins = Logins(self.store, self.hints, self.settings, self.clock, self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        found = await self.store.read(lambda tx: tx.all(sql, **values))
        return [dict(row) for row in found]

    async def run(self, sql: str, **values: Any) -> int:
        return await self.store.write(lambda tx: tx.run(sql, **values))

    async def agent(
        self, name: str, role: Role = Role.AGENT, *, online: bool = True, **columns: Any
    ) -> Agent:
        """An account without a usable password; most tests need none."""

        def add(tx: Tx) -> Agent:
            agent_id = accounts.insert(
                tx,
                login=name,
                name=name,
                role=role,
                password_hash="none",
                must_change=False,
                now=self.clock(),
            )
            assert agent_id is not None
            presence = Presence.AVAILABLE if online else Presence.OFFLINE
            seen_at = self.clock() if online else None
            accounts.save(tx, agent_id, presence=presence.value, seen_at=seen_at, **columns)
            return accounts.get_agent(tx, agent_id)

        return await self.store.write(add)

    async def open(
        self, text: str = "助けてください", *, channel: str = "web", name: str = "山田"
    ) -> Conversation:
        """A new customer writes; the bot has it."""

        def add(tx: Tx) -> int:
            number = tx.all("SELECT COUNT(*) AS n FROM customer")[0]["n"] + 1
            tx.run(
                "INSERT INTO customer (channel, external_hash, external_id, name, lang, reachable,"
                " last_seq, known, created_at, seen_at) VALUES (:channel, :hash, :hash, :name,"
                " 'ja', 1, 0, '{}', :now, :now)",
                channel=channel,
                hash=f"hash-{number}",
                name=name,
                now=self.clock(),
            )
            return number

        return await self.open_again(await self.store.write(add), text, channel=channel)

    async def open_again(self, customer_id: int, text: str, *, channel: str = "web") -> Any:
        def add(tx: Tx) -> Conversation:
            number = tx.all("SELECT COUNT(*) AS n FROM conversation")[0]["n"] + 1
            tx.run(
                "INSERT INTO conversation (reference, customer_id, channel, state, lang, talk,"
                " urgent, form, round, last_seq, customer_seq, agent_seq, opened_at, changed_at,"
                " due_at, review) VALUES (:reference, :customer, :channel, 'bot', 'ja', '{}', 0,"
                " '{}', 1, 0, 0, 0, :now, :now, :now, 0)",
                reference=f"M-7K{number:02}".translate(str.maketrans("01", "QR")),
                customer=customer_id,
                channel=channel,
                now=self.clock(),
            )
            found = get_conversation(tx, number)
            append_customer(tx, found, self._heard(text), now=self.clock())
            return get_conversation(tx, number)

        return await self.store.write(add)

    def _heard(self, text: str) -> Heard:
        return Heard(source_key=f"{text}-{self.clock()}", text=text, occurred_at=self.clock())

    async def says(self, conversation_id: int, text: str) -> int:
        def add(tx: Tx) -> int:
            found = get_conversation(tx, conversation_id)
            return append_customer(tx, found, self._heard(text), now=self.clock())[1]

        return await self.store.write(add)

    async def bot_says(self, conversation_id: int, text: str, **columns: Any) -> int:
        def add(tx: Tx) -> int:
            found = get_conversation(tx, conversation_id)
            cause_id = tx.all("SELECT MAX(id) AS id FROM message")[0]["id"]
            return append_ours(
                tx,
                found,
                get_customer(tx, found.customer_id),
                sender="bot",
                messages=[Ours(bubble=Bubble(text=text), **columns)],
                reply=Reply(cause_key=f"m:{found.last_seq}", cause_id=cause_id),
                now=self.clock(),
            )

        return await self.store.write(add)

    async def waiting(
        self,
        text: str = "助けてください",
        *,
        urgent: bool = False,
        team: str | None = None,
        **who: Any,
    ) -> Conversation:
        """A new customer waits for people."""
        return await self.escalate((await self.open(text, **who)).id, urgent=urgent, team=team)

    async def escalate(
        self, conversation_id: int, *, urgent: bool = False, team: str | None = None
    ) -> Conversation:
        def put(tx: Tx) -> Conversation:
            self.front.escalate(
                tx,
                get_conversation(tx, conversation_id),
                team=team,
                cause=Cause.ASKED,
                urgent=urgent,
                now=self.clock(),
            )
            return get_conversation(tx, conversation_id)

        return await self.store.write(put)

    async def get(self, conversation_id: int) -> Conversation:
        return await self.store.read(get_conversation, conversation_id)

    async def position(self, conversation_id: int) -> int:
        found = await self.get(conversation_id)
        return await self.store.read(queue.find_position, found)

    async def texts(self, conversation_id: int) -> list[tuple[str, str]]:
        """What was said, by whom."""
        rows = await self.rows(
            "SELECT sender, text FROM message WHERE conversation_id = :id ORDER BY seq",
            id=conversation_id,
        )
        return [(row["sender"], row["text"]) for row in rows]

    async def audited(self) -> list[tuple[int | None, str, int | None]]:
        rows = await self.rows("SELECT * FROM audit_log ORDER BY id")
        for row in rows:
            json.loads(row["detail"])
        return [(row["agent_id"], row["action"], row["conversation_id"]) for row in rows]
