"""One event in one transaction: recorded once, with everything that follows from it."""

from dataclasses import dataclass, replace

from bot.answers import greet, tell_privacy
from bot.context import Decided, TalkContext
from bot.conversation import Conversation, Customer, State
from bot.dialogue import before, next_turn, settle
from bot.erasing import erase_everywhere
from bot.eventrows import (
    came_back_since,
    forget_kept,
    keep_event,
    name_customer,
    record_event,
    renew_token,
    settle_unsaid,
    was_unsent,
)
from bot.events import EventKind, Inbound
from bot.forgetting import is_from_before
from bot.hearing import bind_media, hear
from bot.hints import DESK, Hint, customer_topic
from bot.messages import Reply, append_customer, is_flood, require_new, was_answered
from bot.notice import lacks_notice, note_notice
from bot.opening import find_customer, take_conversation, take_customer
from bot.resolved_talk import is_new_matter, resolved_turn, tapped_score
from bot.rows import find_open, save
from bot.smalltalk import wished_language
from bot.speaking import MINUTE_MS, Scene, carry_out, close, speak
from bot.store import Tx
from bot.survey import read_word
from bot.survey_rows import lapse_survey
from bot.tokens import remember_tokens
from bot.turns import Said, plain
from bot.unsend import erase_message, find_said
from bot.waiting_talk import waiting_turn
from faq.knowledge import Knowledge
from faq.language import choose_language


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenEvent:
    """What the unit did, for the receipt and for what happens after the commit."""

    customer_id: int | None = None
    conversation_id: int | None = None
    seq: int | None = None
    repeated: bool = False
    hints: tuple[Hint, ...] = ()
    #: ms; a pending line is settled then
    settle_at: int | None = None
    #: bytes wait to be fetched from the channel
    media_owed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """An event with what was computed before its transaction."""

    event: Inbound
    context: TalkContext
    knowledge: Knowledge
    decided: Decided
    now: int
    masked: bool = False


def take_event(tx: Tx, arrival: Arrival) -> TakenEvent:
    """Record the event and let follow what follows. A repeated one changes nothing."""
    event, now = arrival.event, arrival.now
    if not record_event(tx, event, now=now):
        renew_token(tx, event, now=now)
        return TakenEvent(repeated=True)
    if event.kind is EventKind.UNSEND:
        forget_kept(tx, event)
    if is_from_before(tx, event):
        # delivered late: its person was erased meanwhile
        settle_unsaid(tx, event, "erased")
        return TakenEvent()
    if event.kind is EventKind.OTHER or event.customer_key is None:
        keep_event(tx, event)
        return TakenEvent()
    if event.kind in (EventKind.UNSEND, EventKind.UNFOLLOW):
        return _took_back(tx, arrival, event.customer_key)
    written = choose_language(event.text, arrival.knowledge.matcher)
    lang = event.lang or written or arrival.context.settings.default_lang
    customer = take_customer(tx, event.channel, event.customer_key, lang=lang, now=now)
    if event.kind is EventKind.FOLLOW:
        name_customer(tx, event, customer.id)
        return _followed(tx, arrival, customer)
    return _said(tx, arrival, customer)


def _took_back(tx: Tx, arrival: Arrival, customer_key: str) -> TakenEvent:
    """A message, or their friendship: neither brings back somebody whom we forgot."""
    event = arrival.event
    known = find_customer(tx, event.channel, customer_key)
    if known is None:
        return TakenEvent()
    if event.kind is EventKind.UNSEND:
        return _unsent(tx, arrival, known)
    if came_back_since(tx, known.id, event):
        return TakenEvent(customer_id=known.id)
    return _unreachable(tx, known, arrival.now)


def hints_for(conversation: Conversation, seq: int = 0) -> tuple[Hint, ...]:
    """Wake the customer's pages and the desk."""
    return tuple(
        Hint(topic=topic, kind="conversation", conversation_id=conversation.id, seq=seq)
        for topic in (customer_topic(conversation.customer_id), DESK)
    )


def _unsent(tx: Tx, arrival: Arrival, customer: Customer) -> TakenEvent:
    said = find_said(tx, customer.id, arrival.event.target_key)
    if said is None:
        return TakenEvent(customer_id=customer.id)
    conversation = erase_everywhere(tx, arrival.context, said, how="unsent", now=arrival.now)
    return TakenEvent(
        customer_id=customer.id,
        conversation_id=conversation.id,
        hints=tuple(replace(hint, kind="erased") for hint in hints_for(conversation)),
    )


def _unreachable(tx: Tx, customer: Customer, now: int) -> TakenEvent:
    """Blocked: whatever is owed cannot arrive; the desk shows it."""
    tx.run("UPDATE customer SET reachable = 0 WHERE id = :id", id=customer.id)
    tx.run(
        "UPDATE outbox SET state = 'cancelled', error = 'unfollowed'"
        " WHERE customer_id = :id AND state IN ('pending', 'blocked_quota')",
        id=customer.id,
    )
    tx.run(
        "UPDATE survey SET state = 'undeliverable' WHERE state = 'asked' AND conversation_id IN"
        " (SELECT id FROM conversation WHERE customer_id = :id)",
        id=customer.id,
    )
    conversation = find_open(tx, customer.id)
    hints = hints_for(conversation) if conversation else ()
    return TakenEvent(customer_id=customer.id, hints=hints)


def _followed(tx: Tx, arrival: Arrival, customer: Customer) -> TakenEvent:
    """Reachable (again): greet, unless a person is already at it."""
    now = arrival.now
    customer = _reached(tx, customer)
    conversation = _open(tx, arrival, customer, customer.lang)
    if conversation.state is State.BOT and not arrival.event.standby:
        reply = Reply(
            cause_key=f"f:{arrival.event.event_key}",
            token=arrival.event.reply_token,
            token_at=now,
        )
        scene = _scene(arrival, conversation, customer, customer.lang, reply)
        turn = greet(conversation.talk, scene.mind)
        if conversation.talk.pending:
            # the first line overtook the greeting: it is answered with it
            turn = before(turn.says[0], settle(conversation.talk, scene.mind))
        carry_out(tx, scene, turn)
        if scene.context.settings.privacy_url:
            note_notice(tx, scene)
    return TakenEvent(
        customer_id=customer.id, conversation_id=conversation.id, hints=hints_for(conversation)
    )


def _reached(tx: Tx, customer: Customer) -> Customer:
    """Whoever writes has not blocked us, in whichever order the events came."""
    if not customer.reachable:
        tx.run("UPDATE customer SET reachable = 1 WHERE id = :id", id=customer.id)
    return replace(customer, reachable=True)


def _open(tx: Tx, arrival: Arrival, customer: Customer, lang: str) -> Conversation:
    due = arrival.now + arrival.context.settings.lapse_minutes * MINUTE_MS
    return take_conversation(
        tx,
        customer,
        lang=lang,
        now=arrival.now,
        due_at=due,
        random=arrival.context.random,
    )


def _scene(
    arrival: Arrival, conversation: Conversation, customer: Customer, lang: str, reply: Reply
) -> Scene:
    mind = arrival.context.mind(
        channel=conversation.channel,
        lang=lang,
        now=arrival.now,
        knowledge=arrival.knowledge,
        decided=arrival.decided,
    )
    return Scene(
        context=arrival.context,
        conversation=conversation,
        customer=customer,
        mind=mind,
        now=arrival.now,
        reply=reply,
    )


def _said(tx: Tx, arrival: Arrival, customer: Customer) -> TakenEvent:
    """A message or a tap: append it, then let whoever has the conversation take its turn."""
    event, now = arrival.event, arrival.now
    require_new(tx, customer.id, event.source_key)
    customer = _reached(tx, customer)
    scored = tapped_score(tx, customer, event.choice, now=now)
    conversation = _in_language(tx, scored or _current(tx, arrival, customer), arrival)
    mind = _scene(arrival, conversation, customer, conversation.lang, Reply(cause_key="")).mind
    heard = hear(event, conversation, mind)
    unsent = was_unsent(tx, event)
    if unsent:
        heard = replace(heard, text="", body={})
    message_id, seq = append_customer(tx, conversation, heard, now=now)
    taken = TakenEvent(
        customer_id=customer.id,
        conversation_id=conversation.id,
        seq=seq,
        hints=hints_for(conversation, seq),
    )
    if unsent:
        # taken back before it came: its place is kept, nobody answers it
        erase_message(tx, message_id, how="unsent", now=now)
        return taken
    owed = bind_media(tx, event, customer, message_id, now)
    reply = Reply(
        cause_key=f"m:{message_id}",
        cause_id=message_id,
        token=event.reply_token,
        token_at=now if event.reply_token else None,
    )
    scene = _scene(arrival, conversation, customer, conversation.lang, reply)
    said = Said(
        message_id=message_id,
        text="" if event.choice else heard.text,
        choice=event.choice,
        content=event.content,
        occurred_at=event.occurred_at,
        masked=arrival.masked,
    )
    settle_at = None if event.standby else _answer(tx, scene, said, event, seq)
    return replace(taken, settle_at=settle_at, media_owed=owed)


def _in_language(tx: Tx, conversation: Conversation, arrival: Arrival) -> Conversation:
    """The conversation goes on in the language that the customer writes."""
    event, now = arrival.event, arrival.now
    # a single word turns no talk that goes on in another language
    first = event.lang is None and not conversation.customer_seq and not conversation.previous_id
    least = 1 if first else 2
    written = choose_language(event.text, arrival.knowledge.matcher, least=least)
    # 「英語でお願いします」 is no word for Japanese
    lang = wished_language(event.text) or written or conversation.lang
    if lang == conversation.lang:
        return conversation
    save(tx, conversation.id, now=now, lang=lang)
    tx.run(
        "UPDATE customer SET lang = :lang WHERE id = :id", id=conversation.customer_id, lang=lang
    )
    return replace(conversation, lang=lang)


def _answer(tx: Tx, scene: Scene, said: Said, event: Inbound, seq: int) -> int | None:
    """Whoever has the conversation takes a turn; ms of a pending line's settling."""
    conversation, settle_at = scene.conversation, None
    if conversation.state is State.BOT and is_flood(tx, scene.customer.id, seq, now=scene.now):
        _let_pass(tx, scene, seq)
    else:
        settle_at = _turn(tx, scene, said)
    # an agent may answer for free, unless our notice has used the token
    is_free = conversation.state is State.ASSIGNED and not said.masked
    reply = event.reply_token if is_free else None
    remember_tokens(tx, conversation.id, reply=reply, read=event.read_token, now=scene.now)
    return settle_at


def _current(tx: Tx, arrival: Arrival, customer: Customer) -> Conversation:
    """The open conversation; a resolved one ends when the customer brings up another matter."""
    event = arrival.event
    conversation = _open(tx, arrival, customer, customer.lang)
    if conversation.state is not State.RESOLVED:
        return conversation
    reply = Reply(cause_key="")
    mind = _scene(arrival, conversation, customer, customer.lang, reply).mind
    word = read_word(conversation.talk, event.text, event.choice, event.content)
    if not is_new_matter(word, event.text, mind):
        return conversation
    lapse_survey(tx, conversation.id)
    close(tx, conversation.id, how="new_matter", now=arrival.now)
    return _open(tx, arrival, customer, conversation.lang)


def _let_pass(tx: Tx, scene: Scene, seq: int) -> None:
    """Keep what a flood brings and say once that not all of it is answered."""
    if was_answered(tx, scene.customer.id, seq):
        speak(tx, scene, (plain(scene.mind.say("too_many")),), sender="system")


def _turn(tx: Tx, scene: Scene, said: Said) -> int | None:
    """Let the owner of the conversation take its turn; ms of a pending line's settling."""
    conversation = scene.conversation
    if conversation.state is State.BOT:
        turn = next_turn(conversation.talk, said, scene.mind)
        if turn.says and lacks_notice(tx, scene):
            told = plain(tell_privacy(scene.mind))
            turn = replace(turn, says=(told, *turn.says))
            note_notice(tx, scene)
        carry_out(tx, scene, turn, masked=said.masked)
        return turn.wait_until
    if conversation.state is State.WAITING:
        waiting_turn(tx, scene, said)
    elif conversation.state in (State.RESOLVED, State.CLOSED):
        resolved_turn(tx, scene, said)
    elif said.masked:
        notice = plain(scene.mind.say("masked"))
        speak(tx, scene, (notice,), sender="system")
    return None
