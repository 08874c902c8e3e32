"""The talk with a customer who waits for people: form, callback, message, place in the queue."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.asking import survey_says
from bot.assent import is_no, is_yes
from bot.bubbles import Action, Ours
from bot.conversation import Cause, Stage, State, Talk, WaitMode
from bot.errors import BadInput
from bot.events import ContentKind
from bot.handover import ask_field, next_field, standing_text, ways
from bot.messages import compact
from bot.people import Front
from bot.picking import find_choice, find_number
from bot.rows import save
from bot.smalltalk import is_declining
from bot.speaking import MINUTE_MS, Scene, resolved_columns, speak
from bot.store import Tx
from bot.turns import Said, offering, plain
from bot.waiting_words import Wanted, find_wanted
from bot.wording import has_word

#: Longest form answer kept; the whole message stands in the talk.
ANSWER_LIMIT = 300
#: The choices below "shall I take you out of the line?".
_LEAVING = ("back", "wait")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What comes of a message written while waiting."""

    talk: Talk
    says: tuple[Ours, ...] = ()
    columns: dict[str, Any] = field(default_factory=dict)


def waiting_turn(tx: Tx, scene: Scene, said: Said) -> None:
    """Answer what concerns the waiting itself; everything else is kept for the agent."""
    step = _step(tx, scene, said)
    says = step.says
    if said.masked:
        says = (plain(scene.mind.say("masked")), *says)
    speak(tx, scene, says)
    talk = offering(step.talk, says)
    save(tx, scene.conversation.id, now=scene.now, talk=talk.to_json(), **step.columns)


def _step(tx: Tx, scene: Scene, said: Said) -> Step:
    talk = scene.conversation.talk
    if said.choice:
        return _chosen(tx, scene, talk, said.choice)
    if said.content is not ContentKind.TEXT:
        return _heard(scene, talk)
    settings = scene.context.settings
    if has_word(said.text, settings.complaint_words, settings.neutral_words):
        return _complained(tx, scene, talk)
    chosen = find_choice(said.text, talk.offered)
    if chosen and not _is_answer(talk, said.text, chosen):
        return _chosen(tx, scene, talk, chosen.code)
    asked = has_word(said.text, settings.human_words, settings.neutral_words)
    if asked and talk.stage is not Stage.NOTE:
        return _where(tx, scene, talk)
    wanted = _wanted(talk, said.text)
    if wanted:
        return (
            _asked_to_leave(scene, talk)
            if wanted is Wanted.OUT
            else _chosen(tx, scene, talk, wanted)
        )
    stages: dict[Stage, Callable[[], Step]] = {
        Stage.FORM: lambda: _form_answer(tx, scene, talk, said.text),
        Stage.PHONE: lambda: _book(tx, scene, talk, said.text),
        Stage.NOTE: lambda: _note_left(scene, talk),
    }
    if talk.stage in stages:
        return stages[talk.stage]()
    return _heard(scene, talk)


def _wanted(talk: Talk, text: str) -> Wanted | None:
    """What is said about the waiting, unless it answers what was asked."""
    if _is_leaving(talk) and (is_yes(text) or is_no(text)):
        return Wanted.BACK if is_yes(text) else Wanted.WAIT
    if talk.stage in (Stage.NOTE, Stage.PHONE):
        return None
    wanted = find_wanted(text)
    # a free answer to the form may speak of calls and times as well
    return wanted if talk.stage is not Stage.FORM or wanted is Wanted.BACK else None


def _is_leaving(talk: Talk) -> bool:
    """Whether "shall I take you out of the line?" was said last."""
    return tuple(one.code for one in talk.offered) == _LEAVING


def _asked_to_leave(scene: Scene, talk: Talk) -> Step:
    """A place in the line is given up by a second word only: "enough" may be mere sighing."""
    quick = tuple(scene.mind.choice(code, code) for code in _LEAVING)
    says = (plain(scene.mind.say("leave_ask"), quick=quick),)
    return Step(talk=replace(talk, stage=Stage.IDLE), says=says)


def _is_answer(talk: Talk, text: str, chosen: Action) -> bool:
    """A bare number may be what the form asked for; it skips nothing and leaves no queue."""
    asked = talk.stage in (Stage.FORM, Stage.NOTE)
    return asked and find_number(text) is not None and not chosen.code.startswith("field:")


def _chosen(tx: Tx, scene: Scene, talk: Talk, code: str) -> Step:
    name, _, value = code.partition(":")
    steps: dict[str, Callable[[], Step]] = {
        "wait": lambda: _wait(tx, scene, talk),
        "human": lambda: _where(tx, scene, talk),
        "callback": lambda: _ask_slot(tx, scene, talk),
        "slot": lambda: _ask_phone(tx, scene, talk, value),
        "leave": lambda: _ask_note(scene, talk),
        "field": lambda: _form_answer(tx, scene, talk, value),
        "skip": lambda: _next_question(scene, talk, dict(scene.conversation.form), skipped=True),
        "back": lambda: _back(tx, scene, talk),
        "solved": lambda: _solved(tx, scene, talk),
    }
    if name in steps:
        return steps[name]()
    return _heard(scene, talk)


def _heard(scene: Scene, talk: Talk) -> Step:
    """Say once that it arrived; after that silence is what people expect."""
    if talk.acked:
        return Step(talk=talk)
    back = scene.mind.choice("back", "back")
    return Step(
        talk=replace(talk, acked=True), says=(plain(scene.mind.say("heard"), quick=(back,)),)
    )


def _where(tx: Tx, scene: Scene, talk: Talk) -> Step:
    """The place in the queue again, with every way on."""
    standing = scene.context.people.standing(tx, scene.conversation, now=scene.now)
    lines = [standing_text(standing, scene.mind)]
    if standing.phone:
        reference = scene.conversation.reference
        lines.append(scene.mind.say("phone_line", phone=standing.phone, reference=reference))
    back = (scene.mind.choice("back", "back"),)
    says = (plain("\n".join(lines), buttons=ways(standing, scene.mind), quick=back),)
    return Step(talk=replace(talk, stage=Stage.IDLE), says=says)


def _ask_note(scene: Scene, talk: Talk) -> Step:
    says = (plain(scene.mind.say("note_ask"), quick=(scene.mind.choice("wait", "wait"),)),)
    columns: dict[str, Any] = {}
    if scene.conversation.wait_mode is not WaitMode.CALLBACK:  # a promised call stays promised
        columns = {"wait_mode": WaitMode.MESSAGE}
    return Step(talk=replace(talk, stage=Stage.NOTE), says=says, columns=columns)


def _wait(tx: Tx, scene: Scene, talk: Talk) -> Step:
    if scene.conversation.wait_mode is WaitMode.CALLBACK:
        return _wait_again(tx, scene, talk)
    standing = scene.context.people.standing(tx, scene.conversation, now=scene.now)
    key = "wait_closed_said" if standing.front is Front.CLOSED else "wait_said"
    says = (plain(scene.mind.say(key), quick=(scene.mind.choice("back", "back"),)),)
    columns = {}
    if scene.conversation.wait_mode is WaitMode.MESSAGE:
        columns = {"wait_mode": WaitMode.QUEUE}
    return Step(talk=replace(talk, stage=Stage.IDLE, acked=True), says=says, columns=columns)


def _wait_again(tx: Tx, scene: Scene, talk: Talk) -> Step:
    """No call after all: back into the line, with the place in it."""
    conversation, people = scene.conversation, scene.context.people
    people.withdraw(tx, conversation, now=scene.now)
    standing = people.escalate(
        tx,
        conversation,
        team=conversation.team,
        cause=conversation.cause or Cause.ASKED,
        urgent=conversation.urgent,
        now=scene.now,
    )
    back = (scene.mind.choice("back", "back"),)
    text = standing_text(standing, scene.mind)
    says = (plain(text, buttons=ways(standing, scene.mind), quick=back),)
    return Step(talk=replace(talk, stage=Stage.IDLE, acked=True), says=says)


def _complained(tx: Tx, scene: Scene, talk: Talk) -> Step:
    """Somebody who already waits gets angry: to the front."""
    if scene.conversation.urgent:
        return _heard(scene, talk)
    standing = scene.context.people.escalate(
        tx,
        scene.conversation,
        team=scene.conversation.team,
        cause=Cause.COMPLAINT,
        urgent=True,
        now=scene.now,
    )
    text = f"{scene.mind.say('sorry')}\n{standing_text(standing, scene.mind)}"
    says = (plain(text, buttons=ways(standing, scene.mind)),)
    return Step(talk=replace(talk, stage=Stage.IDLE, acked=True), says=says)


def _ask_slot(tx: Tx, scene: Scene, talk: Talk, *, key: str = "slot_ask") -> Step:
    slots = scene.context.people.slots(tx, scene.conversation, now=scene.now)
    if not slots:
        says = (
            plain(scene.mind.say("slot_none"), buttons=(scene.mind.choice("leave", "leave"),)),
        )
        return Step(talk=replace(talk, stage=Stage.IDLE), says=says)
    says = (plain(scene.mind.say(key), quick=(*slots, scene.mind.choice("wait", "wait"))),)
    return Step(talk=replace(talk, stage=Stage.SLOT), says=says)


def _ask_phone(tx: Tx, scene: Scene, talk: Talk, slot: str) -> Step:
    free = scene.context.people.slots(tx, scene.conversation, now=scene.now)
    chosen = next((action for action in free if action.code == f"slot:{slot}"), None)
    if chosen is None:
        return _ask_slot(tx, scene, talk, key="slot_gone")
    quick = (scene.mind.choice("wait", "wait"),)
    says = (plain(scene.mind.say("phone_ask", slot=chosen.label), quick=quick),)
    return Step(talk=replace(talk, stage=Stage.PHONE, slot=slot), says=says)


def _book(tx: Tx, scene: Scene, talk: Talk, phone: str) -> Step:
    if is_no(phone) or is_declining(phone):
        return _wait(tx, scene, talk)
    try:
        booking = scene.context.people.book(
            tx, scene.conversation, slot=talk.slot, phone=phone, now=scene.now
        )
    except BadInput:
        quick = (scene.mind.choice("wait", "wait"),)
        return Step(talk=talk, says=(plain(scene.mind.say("phone_bad"), quick=quick),))
    if booking is None:
        return _ask_slot(tx, scene, talk, key="slot_gone")
    text = scene.mind.say(
        "booked",
        slot=booking.slot,
        phone=booking.phone,
        reference=scene.conversation.reference,
    )
    return Step(talk=replace(talk, stage=Stage.IDLE, slot="", acked=True), says=(plain(text),))


def _note_left(scene: Scene, talk: Talk) -> Step:
    text = scene.mind.say("note_said", reference=scene.conversation.reference)
    return Step(talk=replace(talk, stage=Stage.IDLE, acked=True), says=(plain(text),))


def _form_answer(tx: Tx, scene: Scene, talk: Talk, text: str) -> Step:
    form = scene.context.settings.form
    if talk.form_step >= len(form):
        return _heard(scene, talk)
    asked = form[talk.form_step]
    answers = {**scene.conversation.form, asked.key: text.strip()[:ANSWER_LIMIT]}
    if asked.remember:
        remember_answer(
            tx, scene.customer.id, {**scene.customer.known, asked.key: answers[asked.key]}
        )
    return _next_question(scene, talk, answers, skipped=False)


def remember_answer(tx: Tx, customer_id: int, known: dict[str, str]) -> None:
    """Keep an answer with the customer, so that nobody asks again."""
    tx.run(
        "UPDATE customer SET known = :known WHERE id = :id", id=customer_id, known=compact(known)
    )


def _next_question(scene: Scene, talk: Talk, answers: dict[str, str], *, skipped: bool) -> Step:
    form = scene.context.settings.form
    columns: dict[str, Any] = {"form": compact(answers)}
    step = next_field(form, answers, scene.customer.known, talk.form_step + 1)
    if step is not None and talk.stage is Stage.FORM:
        says = (ask_field(form[step], scene.mind),)
        return Step(talk=replace(talk, form_step=step), says=says, columns=columns)
    text = scene.mind.say("form_skip" if skipped and not answers else "form_said")
    quick = (scene.mind.choice("back", "back"),)
    done = replace(talk, stage=Stage.IDLE, form_step=len(form), acked=True)
    return Step(talk=done, says=(plain(text, quick=quick),), columns=columns)


def _back(tx: Tx, scene: Scene, talk: Talk) -> Step:
    """No longer waiting: leave the queue, the bot listens again."""
    scene.context.people.withdraw(tx, scene.conversation, now=scene.now)
    due = scene.now + scene.context.settings.lapse_minutes * MINUTE_MS
    said = scene.mind.say("back_said")
    if scene.conversation.wait_mode is WaitMode.CALLBACK:
        said = f"{said}\n{scene.mind.say('back_called_off')}"
    says = (plain(said, quick=(scene.mind.choice("human", "human"),)),)
    columns = {"state": State.BOT, "waiting_since": None, "due_at": due, "wait_mode": None}
    fresh = replace(talk, stage=Stage.IDLE, misses=0, unsolved=0)
    return Step(talk=fresh, says=says, columns=columns)


def _solved(tx: Tx, scene: Scene, talk: Talk) -> Step:
    """A late tap on "solved": nobody needs to be waited for any more."""
    if not talk.entry_id:
        return _heard(scene, talk)
    scene.context.people.withdraw(tx, scene.conversation, now=scene.now)
    asked, after = survey_says(tx, scene.conversation, scene.customer, talk, scene.mind)
    says = (plain(scene.mind.say("solved_thanks")), *asked)
    return Step(talk=after, says=says, columns=resolved_columns(scene.context, scene.now))
