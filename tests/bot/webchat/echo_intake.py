"""A small intake over the real store: records what comes, and a bot that answers by a script."""

import json
from dataclasses import dataclass, field

from bot.attachments import attach_upload
from bot.bubbles import Action, Bubble
from bot.errors import StoreUnavailable
from bot.events import EventKind
from bot.hints import DESK, Hint, customer_topic
from bot.intake import Receipt, Taken
from bot.outside import external_hash
from bot.store import get

_MESSAGE = """INSERT INTO message (conversation_id, customer_id, seq, sender, source_key, kind,
    text, body, agent_id, sent_at, occurred_at)
VALUES (:conversation, :customer, :seq, :sender, :source, :kind, :text, :body, :agent, :now, :now)
RETURNING id"""


@dataclass
class EchoIntake:
    store: object
    hints: object
    clock: object
    #: bubbles by text or choice; "*" answers everything else
    script: dict = field(default_factory=dict)
    received: list = field(default_factory=list)
    #: raise StoreUnavailable this many times
    outage: int = 0
    refusal: str = ""

    async def receive(self, events):
        if self.outage:
            self.outage -= 1
            raise StoreUnavailable
        receipts = []
        for event in events:
            self.received.append(event)
            if self.refusal and event.kind is not EventKind.FOLLOW:
                receipts.append(
                    Receipt(event_key=event.event_key, taken=Taken.REFUSED, refusal=self.refusal)
                )
                continue
            receipt, hint = await self.store.write(self._take, event, self.clock())
            receipts.append(receipt)
            self.publish(hint)
        return receipts

    def publish(self, customer_id, kind="conversation", detail=""):
        for topic in (customer_topic(customer_id), DESK):
            self.hints.publish([Hint(topic=topic, kind=kind, detail=detail)])

    def _take(self, tx, event, now):
        customer = self._customer(tx, event, now)
        fresh = tx.run(
            "INSERT INTO inbox (channel, event_key, kind, state, customer_id, attempts,"
            " received_at, occurred_at) VALUES (:channel, :key, :kind, 'done', :customer, 1,"
            " :now, :now) ON CONFLICT DO NOTHING",
            channel=event.channel,
            key=event.event_key,
            kind=event.kind,
            customer=customer,
            now=now,
        )
        if not fresh:
            row = tx.one(
                "SELECT seq FROM message WHERE customer_id = :customer AND source_key = :key",
                customer=customer,
                key=event.source_key,
            )
            seq = row["seq"] if row else None
            return Receipt(event_key=event.event_key, taken=Taken.REPEATED, seq=seq), customer
        conversation = self._conversation(tx, customer, now)
        seq = None
        if event.kind is not EventKind.FOLLOW:
            message, seq = append(
                tx, conversation, customer, "customer", event.text, now,
                source=event.source_key, kind=event.content.value,
            )  # fmt: skip
            if event.media:
                attach_upload(tx, event.media.attachment, customer_id=customer, message_id=message)
        cause = "hello" if event.kind is EventKind.FOLLOW else event.choice or event.text
        for bubble in self.script.get(cause, self.script.get("*", ())):
            append(tx, conversation, customer, "bot", bubble.text, now, body=bubble.as_json())
        return Receipt(event_key=event.event_key, taken=Taken.NEW, seq=seq), customer

    def _customer(self, tx, event, now):
        row = get(
            tx,
            "INSERT INTO customer (channel, external_hash, external_id, lang, reachable, last_seq,"
            " known, created_at, seen_at) VALUES ('web', :hash, :id, :lang, 1, 0, '{}', :now,"
            " :now) ON CONFLICT (channel, external_hash) DO UPDATE SET seen_at = :now"
            " RETURNING id",
            hash=external_hash("web", event.customer_key),
            id=event.customer_key,
            lang=event.lang or "ja",
            now=now,
        )
        return row["id"]

    def _conversation(self, tx, customer, now):
        row = tx.one(
            "SELECT id FROM conversation WHERE customer_id = :id AND state <> 'closed'",
            id=customer,
        )
        row = row or get(
            tx,
            "INSERT INTO conversation (reference, customer_id, channel, state, lang, talk, urgent,"
            " form, round, last_seq, customer_seq, agent_seq, opened_at, changed_at, due_at,"
            " review) VALUES (:reference, :id, 'web', 'bot', 'ja', '{}', 0, '{}', 1, 0, 0, 0,"
            " :now, :now, :now, 0) RETURNING id",
            reference=f"M-{customer:04d}-{now % 1000}",
            id=customer,
            now=now,
        )
        return row["id"]


def append(  # noqa: PLR0917 - a shorthand of these tests
    tx, conversation, customer, sender, text, now, *, source=None, kind="text", body=None,
    agent=None,
):  # fmt: skip
    seq = get(
        tx,
        "UPDATE customer SET last_seq = last_seq + 1 WHERE id = :id RETURNING last_seq",
        id=customer,
    )["last_seq"]
    row = get(
        tx, _MESSAGE, conversation=conversation, customer=customer, seq=seq, sender=sender,
        source=source or f"{sender}:{seq}", kind=kind, text=text, agent=agent, now=now,
        body=json.dumps(body) if body else None,
    )  # fmt: skip
    return row["id"], seq


def add_agent(tx, name, now):
    return get(
        tx,
        "INSERT INTO agent (login, name, role, password_hash, must_change, active, teams,"
        " capacity, presence, created_at) VALUES (:name, :name, 'agent', '', 0, 1, '', 5,"
        " 'available', :now) RETURNING id",
        name=name,
        now=now,
    )["id"]


def assign(tx, conversation, agent):
    tx.run(
        "UPDATE conversation SET state = 'assigned', agent_id = :agent WHERE id = :id",
        agent=agent,
        id=conversation,
    )


HELLO = (Bubble(text="こんにちは。", quick=(Action(label="返品", code="entry:returns"),)),)
