"""What a customer said, as it is stored: text, kind, files."""

from bot.attachments import attach_upload, owe_attachment
from bot.conversation import Conversation, Customer
from bot.events import ContentKind, Inbound
from bot.labels import choice_label
from bot.messages import Heard
from bot.store import Tx
from bot.turns import Mind


def hear(event: Inbound, conversation: Conversation, mind: Mind) -> Heard:
    """The message as stored: a tap reads as its label."""
    body: dict[str, object] = dict(event.detail)
    text = event.text
    if event.choice:
        text = choice_label(event.choice, conversation.talk.offered, mind) or text or "…"
        body["choice"] = event.choice[:300]
        if conversation.talk.question and event.choice.startswith(("entry:", "none")):
            # what a did-you-mean was about: the tap labels that question
            body["question"] = conversation.talk.question
    if event.standby:
        # whoever counts what was answered knows that this was not for us
        body["standby"] = True
    if event.media and event.media.attachment:
        body["attachment"] = event.media.attachment
    kind = event.content if not event.choice else ContentKind.TEXT
    return Heard(
        source_key=event.source_key or event.event_key,
        kind=kind.value,
        text=text,
        body=body,
        occurred_at=event.occurred_at,
    )


def bind_media(tx: Tx, event: Inbound, customer: Customer, message_id: int, now: int) -> bool:
    """Give an upload to its message, or owe the bytes that the channel holds."""
    media = event.media
    if media is None:
        return False
    if media.attachment:
        attach_upload(tx, media.attachment, customer_id=customer.id, message_id=message_id)
        return False
    owe_attachment(tx, customer_id=customer.id, message_id=message_id, media=media, now=now)
    return True
