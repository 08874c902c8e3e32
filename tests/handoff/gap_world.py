"""Customers who really talk to the bot, at a desk with people: what gaps are made of."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.closing import Closing
from bot.context import TalkContext
from bot.events import EventKind, Inbound
from bot.intake import Intake
from bot.phrases import Phrases
from bot.settings import TalkSettings
from faq.entry import Entry
from faq.knowledge import Knowledge, build_knowledge
from handoff.access import Agent
from handoff.desk import Desk
from tests.handoff.people_world import SETTINGS, World

#: eight ways to ask each: the bot is sure of what it knows
ENTRIES = (
    Entry(
        id="return-deadline",
        question="返品はいつまでできますか？",
        variants=("返品期限", "返品の期限はいつ", "何日以内なら返品できますか", "返品は何日まで"),
        answer="商品到着後8日以内でしたら返品できます。",
    ),
    Entry(
        id="refund-when",
        question="返金はいつ入りますか？",
        variants=("返金の時期", "返金までの日数", "いつ返金されますか"),
        answer="返品の到着から5営業日です。",
    ),
    Entry(
        id="shipping-fee",
        question="送料はいくらですか？",
        variants=("送料", "配送料金", "送料を知りたい", "How much is shipping?"),
        answer="全国一律500円です。",
    ),
    Entry(
        id="broken",
        question="届いた商品が壊れていました",
        variants=("商品が破損している", "不良品が届いた"),
        answer="ご不便をおかけし申し訳ございません。",
        escalate=True,
    ),
)


@dataclass
class GapWorld:
    """The world with the real talk."""

    world: World
    knowledge: Knowledge = field(default_factory=lambda: build_knowledge(ENTRIES, ()))
    count: int = 0

    def __post_init__(self) -> None:
        self.context = TalkContext(
            settings=TalkSettings(form=[], merge_ms=0),
            phrases=Phrases({}),
            knowledge=lambda: self.knowledge,
            people=self.world.front,
            zone=ZoneInfo(SETTINGS.timezone),
        )
        world = self.world
        self.intake = Intake(world.store, world.hints, self.context, world.clock)
        talk = Closing(context=self.context)
        self.desk = world.desk = Desk(world.store, world.hints, SETTINGS, world.clock, talk)

    async def say(self, customer: str, *texts: str) -> str:
        """One message after another; the key of the last."""
        for text in texts:
            await self._send(customer, text=text, kind=EventKind.MESSAGE)
        return f"s{self.count}"

    async def tap(self, customer: str, *codes: str) -> None:
        for code in codes:
            await self._send(customer, choice=code, kind=EventKind.CHOICE)

    async def unsend(self, customer: str, key: str) -> None:
        await self._send(customer, kind=EventKind.UNSEND, source_key="", target_key=key)

    async def _send(self, customer: str, **fields: object) -> None:
        self.count += 1
        self.world.clock.forward(minutes=1)
        event = Inbound(
            **{
                "channel": "web",
                "event_key": f"e{self.count}",
                "customer_key": customer,
                "source_key": f"s{self.count}",
                "occurred_at": self.world.clock(),
                **fields,
            }
        )
        await self.intake.receive([event])

    async def conversation_id(self, customer: str) -> int:
        rows = await self.world.rows(
            "SELECT v.id FROM conversation v JOIN customer c ON c.id = v.customer_id"
            " WHERE c.external_id = :key ORDER BY v.id DESC",
            key=customer,
        )
        return int(rows[0]["id"])

    async def handle(self, agent: Agent, customer: str, text: str, *, minutes: float = 10) -> None:
        """An agent takes the conversation, answers, and is done after so long."""
        one = await self.conversation_id(customer)
        taken = await self.desk.claim(agent, one)
        self.world.clock.forward(minutes=minutes)
        await self.desk.reply(
            agent,
            one,
            text=text,
            client_id=f"c{self.count}",
            seen_seq=taken.conversation.last_seq,
        )
        await self.desk.resolve(agent, one)

    async def heard(self, customer: str) -> list[tuple[str, str]]:
        return await self.world.texts(await self.conversation_id(customer))
