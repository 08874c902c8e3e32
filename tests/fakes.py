"""Twins of what stands around the talk: a clock, the people, a platform, and a whole story."""

import json
from dataclasses import dataclass, field, replace

from factories import NOON, context, inbound

from bot.bubbles import Action, bubble_from_row
from bot.closing import Closing, list_due
from bot.conversation import State, WaitMode
from bot.errors import BadInput
from bot.events import EventKind
from bot.intake import Intake
from bot.people import Booking, Front, Standing
from bot.rows import find_open, get_conversation, get_customer, save
from bot.sending import Outcome, Result


@dataclass
class FakeClock:
    """Stands still until a test moves it."""

    now: int = NOON

    def __call__(self):
        return self.now

    def pass_time(self, ms):
        self.now += ms


@dataclass
class FakeDesk:
    """The people as the talk needs them: one queue, no hours, fixed callback slots."""

    front: Front = Front.OPEN
    wait: str = "約3〜6分"
    hours: str = ""
    phone: str = ""
    free: list = field(default_factory=lambda: ["100-200"])
    booked: list = field(default_factory=list)

    def escalate(self, tx, conversation, *, team, cause, urgent, now):
        tx.run(
            """UPDATE conversation SET state = 'waiting', team = :team, cause = :cause,
                urgent = MAX(urgent, :urgent), due_at = :due, wait_mode = 'queue',
                waiting_since = COALESCE(waiting_since, :now)
            WHERE id = :id AND agent_id IS NULL""",
            id=conversation.id,
            team=team,
            cause=cause,
            urgent=int(urgent),
            due=now + 300_000,
            now=now,
        )
        return self.standing(tx, get_conversation(tx, conversation.id), now=now)

    def standing(self, tx, conversation, *, now):
        row = tx.one(
            """SELECT COUNT(*) AS n FROM conversation WHERE state = 'waiting' AND id <> :id
            AND wait_mode <> 'callback' AND (urgent > :urgent
                OR (urgent = :urgent AND (waiting_since, id) < (:since, :id)))""",
            id=conversation.id,
            urgent=int(conversation.urgent),
            since=conversation.waiting_since or now,
        )
        waits = conversation.state is State.WAITING
        in_line = waits and conversation.wait_mode is not WaitMode.CALLBACK
        return Standing(
            front=self.front,
            position=row["n"] + 1 if in_line else 0,
            wait=self.wait if self.front is Front.OPEN else "",
            hours=self.hours if self.front is Front.CLOSED else "",
            phone=self.phone,
            callback=bool(self.free),
        )

    def slots(self, tx, conversation, *, now):
        return tuple(Action(label=f"{slot}時", code=f"slot:{slot}") for slot in self.free)

    def book(self, tx, conversation, *, slot, phone, now):
        digits = "".join(str(int(letter)) for letter in phone if letter.isdecimal())
        if len(digits) not in (10, 11):
            raise BadInput
        if slot not in self.free:
            return None
        self.free.remove(slot)
        self.booked.append((conversation.reference, slot, digits))
        save(tx, conversation.id, now=now, wait_mode=WaitMode.CALLBACK)
        return Booking(slot=f"{slot}時", phone=digits)

    def forget(self, tx, conversation, *, text, now):
        kept = [call for call in self.booked if call[2] != text.replace("-", "")]
        forgotten, self.booked = len(kept) < len(self.booked), kept
        return forgotten

    def withdraw(self, tx, conversation, *, now):
        self.free += [slot for number, slot, _ in self.booked if number == conversation.reference]
        self.booked = [one for one in self.booked if one[0] != conversation.reference]
        tx.run(
            "UPDATE conversation SET state = 'bot', wait_mode = NULL, waiting_since = NULL,"
            " due_at = :due WHERE id = :id AND state = 'waiting'",
            id=conversation.id,
            due=now + 1_800_000,
        )


@dataclass
class FakePlatform:
    """A channel's way out: answers as scripted, then accepts everything."""

    script: list = field(default_factory=list)
    attempts: list = field(default_factory=list)
    left: int | None = None

    async def send(self, attempt):
        self.attempts.append(attempt)
        found = self.script.pop(0) if self.script else Outcome.SENT
        if isinstance(found, Exception):
            raise found
        return Result(outcome=found, status=200 if found is Outcome.SENT else 0)

    async def quota_left(self):
        return self.left

    @property
    def said(self):
        """(route, retry key, texts) of each try."""
        return [
            (one.route.value, one.to, [bubble.text for bubble in one.bubbles])
            for one in self.attempts
        ]


class Story:
    """One customer's talk over the real store; other customers are named at the call."""

    def __init__(self, *, store, clock, hints, desk, knowledge, settings, channel):
        self.store, self.clock, self.hints, self.desk = store, clock, hints, desk
        self.channel = channel
        self.context = context(desk, knowledge=knowledge, settings=settings)
        self.closing = Closing(context=self.context)
        self.intake = Intake(store, hints, self.context, clock)
        self.count = 0

    def event(self, text="", **fields):
        self.count += 1
        fields.setdefault("key", f"e{self.count}")
        return inbound(text, channel=self.channel, **{"now": self.clock.now, **fields})

    async def say(self, text="", **fields):
        """One event; its receipt."""
        (receipt,) = await self.intake.receive([self.event(text, **fields)])
        return receipt

    async def tap(self, choice, **fields):
        return await self.say("", choice=choice, **fields)

    async def tap_label(self, label, **fields):
        """Tap what the customer sees by this label."""
        for line in reversed(await self.lines(**fields)):
            for action in line["actions"]:
                if action["label"] == label:
                    return await self.tap(action["code"], **fields)
        raise AssertionError(f"nobody sees {label}")

    async def follow(self, **fields):
        return await self.say(kind=EventKind.FOLLOW, source_key="", **fields)

    async def unsend(self, receipt_or_key, **fields):
        key = getattr(receipt_or_key, "event_key", receipt_or_key)
        return await self.say(
            kind=EventKind.UNSEND, source_key="", target_key=f"s-{key}", **fields
        )

    async def wait(self, ms):
        """Time passes, and what is due by then happens."""
        self.clock.pass_time(ms)
        for conversation_id in await self.store.read(list_due, now=self.clock.now):
            await self.intake.settle_due(conversation_id)

    async def claim(self, agent_id=1, name="佐藤"):
        """An agent takes the open conversation as the desk does it."""

        def take(tx, now):
            conversation = self._conversation(tx)
            tx.run(
                "UPDATE conversation SET state = 'assigned', agent_id = :agent, due_at = NULL,"
                " claimed_at = :now, waiting_since = COALESCE(waiting_since, :now)"
                " WHERE id = :id",
                id=conversation.id,
                agent=agent_id,
                now=now,
            )
            tx.run(
                "UPDATE outbox SET state = 'cancelled' WHERE conversation_id = :id"
                " AND sender = 'bot' AND state = 'pending'",
                id=conversation.id,
            )
            taken = get_conversation(tx, conversation.id)
            customer = get_customer(tx, taken.customer_id)
            self.closing.claimed(tx, taken, customer, name, now)

        await self.store.write(take, self.clock.now)

    async def resolve(self, agent_id=1, *, ask_survey=True):
        def resolve(tx, now):
            conversation = self._conversation(tx)
            save(
                tx, conversation.id, now=now, state=State.RESOLVED, agent_id=None,
                resolved_at=now, due_at=now + 86_400_000,
            )  # fmt: skip
            done = get_conversation(tx, conversation.id)
            customer = get_customer(tx, done.customer_id)
            self.closing.resolved(tx, done, customer, agent_id, now, ask_survey)

        await self.store.write(resolve, self.clock.now)

    def _conversation(self, tx, customer="U1"):
        row = tx.one("SELECT id FROM customer WHERE external_id = :key", key=customer)
        return find_open(tx, row["id"])

    async def conversation(self, customer="U1"):
        """The customer's newest conversation as a row."""
        rows = await self.rows(
            "SELECT v.* FROM conversation v JOIN customer c ON c.id = v.customer_id"
            " WHERE c.external_id = :key ORDER BY v.id",
            key=customer,
        )
        return rows[-1] if rows else None

    async def rows(self, sql, **values):
        def read(tx):
            return [dict(row) for row in tx.all(sql, **values)]

        return await self.store.read(read)

    async def lines(self, customer="U1", **_):
        rows = await self.rows(
            "SELECT m.* FROM message m JOIN customer c ON c.id = m.customer_id"
            " WHERE c.external_id = :key ORDER BY m.seq",
            key=customer,
        )
        for row in rows:
            body = json.loads(row["body"] or "{}")
            bubble = bubble_from_row(row["text"] or "", body)
            row["actions"] = [one.as_json() for one in (*bubble.buttons, *bubble.quick)]
        return rows

    async def transcript(self, customer="U1", after=0):
        """(sender, text, labels) of everything said, from a place on."""
        lines = await self.lines(customer=customer)
        return [
            (line["sender"], line["text"], [one["label"] for one in line["actions"]])
            for line in lines[after:]
        ]

    async def last(self, count=1, customer="U1"):
        return (await self.transcript(customer))[-count:]

    async def dump(self):
        """Every text column of the database in one string, to look for what must be gone."""
        tables = await self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = []
        for table in tables:
            for row in await self.rows(f"SELECT * FROM {table['name']}"):
                found += [f"{table['name']}.{key}={value}" for key, value in row.items()]
        return found


def without_token(event):
    return replace(event, reply_token=None)
