"""Words a handoff: where the customer stands, every way on, and the form's questions."""

from collections.abc import Mapping

from bot.bubbles import Action, Bubble, Ours
from bot.people import Front, Standing
from bot.settings import FormField
from bot.turns import Mind


def standing_text(standing: Standing, mind: Mind) -> str:
    """Place and wait while open; otherwise why not now, and when."""
    if standing.front is Front.CLOSED:
        return mind.say("closed", hours=standing.hours)
    if standing.position < 1:
        # a promised call or a message: there is no place in the line to tell
        return mind.say("heard")
    if standing.front is Front.OPEN:
        key = "queued" if standing.wait else "queued_bare"
        return mind.say(key, position=standing.position, wait=standing.wait)
    return mind.say(standing.front.value, position=standing.position)


def ways(standing: Standing, mind: Mind) -> tuple[Action, ...]:
    """Wait, callback, message, phone: whichever exist now. Buttons, so that they stay."""
    found = [mind.choice("wait", "wait")]
    if standing.callback:
        found.append(mind.choice("callback", "callback"))
    found.append(mind.choice("leave", "leave"))
    if standing.phone:
        found.append(Action(label=mind.say("phone"), tel=standing.phone))
    return tuple(found)


def handoff_says(
    standing: Standing, mind: Mind, reference: str, *, urgent: bool, question: Ours | None = None
) -> tuple[Ours, ...]:
    """What a customer hears at the handoff; `question` is the form's first, if there is one."""
    lines = [mind.say("sorry")] if urgent else []
    lines.append(standing_text(standing, mind))
    lines.append(mind.say("told"))
    if standing.phone:
        lines.append(mind.say("phone_line", phone=standing.phone, reference=reference))
    else:
        lines.append(mind.say("reference", reference=reference))
    back = mind.choice("back", "back")
    first = Bubble(text="\n".join(lines), buttons=ways(standing, mind), quick=(back,))
    if question is None:
        return (Ours(bubble=first),)
    return (Ours(bubble=Bubble(text=first.text, buttons=first.buttons)), question)


def next_field(
    form: list[FormField], answered: Mapping[str, str], known: Mapping[str, str], start: int
) -> int | None:
    """Index of the next question that nobody has answered yet, from `start` on."""
    for index in range(start, len(form)):
        if form[index].key not in answered and form[index].key not in known:
            return index
    return None


def ask_field(field: FormField, mind: Mind) -> Ours:
    """A question of the form."""
    quick = tuple(Action(label=text, code=f"field:{text}"[:300]) for text in field.choices[:10])
    skip = mind.choice("skip", "skip")
    back = mind.choice("back", "back")
    text = text_in(field.ask, mind.lang)
    return Ours(bubble=Bubble(text=text, quick=(*quick, skip, back)))


def text_in(texts: Mapping[str, str], lang: str) -> str:
    """The settings' text in a language, or in whichever language it was written."""
    return texts.get(lang) or next(iter(texts.values()), "")
