"""Values that many tests need, with what matters to each named at the call."""

from zoneinfo import ZoneInfo

from bot.bubbles import Bubble
from bot.context import TalkContext
from bot.conversation import Talk
from bot.events import ContentKind, EventKind, Inbound
from bot.phrases import Phrases
from bot.sending_rules import Owed
from bot.settings import TalkSettings
from bot.turns import Said
from faq.entry import Button, Entry, Translation
from faq.knowledge import build_knowledge

TOKYO = ZoneInfo("Asia/Tokyo")
#: A Tuesday, 2027-01-19 17:00 in Tokyo.
NOON = 1_800_345_600_000

ENTRIES = (
    Entry(
        id="return-deadline",
        question="返品はいつまでできますか？",
        variants=("返品期限", "返品の期限はいつ", "何日以内なら返品できますか"),
        answer="商品到着後8日以内でしたら返品できます。",
        category="返品",
        buttons=(Button(label="返品を申し込む", url="https://shop.example/returns"),),
        next_ids=("refund-when",),
        translations={
            "en": Translation(
                question="How long can I return an item?",
                variants=("return deadline",),
                answer="Within 8 days of delivery.",
                category="Returns",
            )
        },
    ),
    Entry(
        id="refund-when",
        question="返金はいつ入りますか？",
        variants=("返金の時期", "返金までの日数"),
        answer="返品の到着から5営業日です。",
        category="返品",
    ),
    Entry(
        id="shipping-fee",
        question="送料はいくらですか？",
        variants=("送料", "配送料金"),
        answer="全国一律500円です。",
        category="配送",
    ),
    Entry(
        id="shipping-days",
        question="何日で届きますか？",
        variants=("配送日数", "到着予定日"),
        answer="2日から4日です。",
        category="配送",
    ),
    Entry(
        id="broken",
        question="届いた商品が壊れていました",
        variants=("商品が破損している", "不良品が届いた"),
        answer="ご不便をおかけし申し訳ございません。",
        category="商品",
        escalate="returns",
    ),
    Entry(
        id="agent-name",
        question="担当者の名前を教えてください",
        variants=("担当者の名前",),
        answer="担当者は会話の上に表示されます。",
        category="その他",
    ),
)
KNOWLEDGE = build_knowledge(ENTRIES, ())


def context(desk, *, knowledge=KNOWLEDGE, settings=None):
    settings = settings or TalkSettings(form=[])
    return TalkContext(
        settings=settings,
        phrases=Phrases(settings.phrases),
        knowledge=lambda: knowledge,
        people=desk,
        zone=TOKYO,
    )


def mind(*, lang="ja", now=NOON, channel="line", knowledge=KNOWLEDGE, **settings):
    """What the bot knows in a turn that needs no database."""
    talk = TalkSettings(**{"form": [], **settings})
    made = context(None, knowledge=knowledge, settings=talk)
    return made.mind(channel=channel, lang=lang, now=now, knowledge=knowledge)


def said(text="", *, choice="", content=ContentKind.TEXT, occurred_at=NOON, masked=False):
    return Said(
        message_id=1,
        text=text,
        choice=choice,
        content=content,
        occurred_at=occurred_at,
        masked=masked,
    )


def inbound(text="", *, key="e1", customer="U1", channel="line", now=NOON, **fields):
    """A message of a customer as a channel hands it in."""
    kind = EventKind.CHOICE if fields.get("choice") else EventKind.MESSAGE
    return Inbound(
        channel=channel,
        event_key=key,
        customer_key=customer,
        text=text,
        **{
            "kind": kind,
            "occurred_at": now,
            "source_key": f"s-{key}",
            "reply_token": f"t-{key}",
            **fields,
        },
    )


def owed(**fields):
    return Owed(
        **{
            "sender": "bot",
            "reply_token": "token",
            "token_at": NOON,
            "reply_doubt": False,
            "attempts": 1,
            "first_attempt_at": NOON,
            **fields,
        }
    )


def heard(turn):
    """What a turn says, as the customer sees it: texts with the labels beneath."""
    return [seen(ours.bubble) for ours in turn.says]


def seen(bubble: Bubble):
    return bubble.text, [action.label for action in (*bubble.buttons, *bubble.quick)]


def fresh(**fields):
    return Talk(**fields)
