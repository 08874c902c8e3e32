"""Words the bot's turns: greeting, answer, did-you-mean, asking back, offering a person."""

from collections.abc import Sequence
from dataclasses import replace

from bot.bubbles import Action, Bubble, Ours
from bot.conversation import Stage, Talk
from bot.handover import text_in
from bot.turns import Mind, Turn, idle, offering, plain
from faq.decision import Decision
from faq.entry import Entry

#: Related entries offered beside an answer; more would bury "solved?".
RELATED = 2
#: Categories in the greeting.
CATEGORIES = 6
#: Entries listed for a category: quick replies take thirteen, one is the way to a person.
LISTED = 10
#: Nobody means what is less likely than this (confidence).
LEAST = 5.0


def human(mind: Mind) -> Action:
    """The way to a person, in every turn."""
    return mind.choice("human", "human")


def greet(talk: Talk, mind: Mind) -> Turn:
    """Who answers, what it can do, how data is used, the main categories."""
    account = text_in(mind.settings.account_name, mind.lang)
    text = mind.say("greeting", account=account)
    if mind.settings.privacy_url:
        text += "\n" + tell_privacy(mind)
    names = mind.knowledge.categories(mind.lang)[:CATEGORIES]
    quick = tuple(Action(label=name, code=f"cat:{name}"[:300]) for name in names)
    if quick:
        text += "\n" + mind.say("greeting_categories")
    says = (plain(text, quick=(*quick, human(mind))),)
    return Turn(talk=offering(idle(talk), says), says=says)


def tell_privacy(mind: Mind) -> str:
    """How what customers write is used, and where the notice stands."""
    return mind.say("greeting_privacy", url=mind.settings.privacy_url)


def entry_choices(mind: Mind, entry_ids: list[str]) -> tuple[Action, ...]:
    """Buttons that lead to entries, each named by its question."""
    found = [entry for entry in map(mind.find_entry, entry_ids) if entry is not None]
    return tuple(
        Action(label=entry.question_in(mind.lang), code=f"entry:{entry.id}") for entry in found
    )


def list_category(talk: Talk, category: str, mind: Mind) -> Turn:
    """The entries of a category to choose from."""
    entries = mind.knowledge.in_category(category, mind.lang, mind.channel, mind.today)
    if not entries:
        says = (plain(mind.say("stale"), quick=(human(mind),)),)
        return Turn(talk=offering(idle(talk), says), says=says)
    quick = entry_choices(mind, [entry.id for entry in entries[:LISTED]])
    says = (plain(mind.say("category_ask", category=category), quick=(*quick, human(mind))),)
    return Turn(talk=offering(replace(idle(talk), stage=Stage.SUGGESTED), says), says=says)


def answer(
    talk: Talk,
    entry: Entry,
    decision: Decision | None,
    question: str,
    mind: Mind,
    *,
    others: Sequence[str] = (),
) -> Turn:
    """The entry's fixed reply, its buttons, then "did that solve it?" with related entries.

    `others` are entries for further questions of the same message, offered before all else.
    """
    candidate = decision.candidates[0] if decision and decision.candidates else None
    chosen = candidate if candidate and candidate.entry_id == entry.id else None
    buttons = tuple(
        Action(label=button.label, url=button.url or "", tel=button.tel or "")
        for button in entry.buttons_in(mind.lang)
    )
    reply = Ours(
        bubble=Bubble(text=entry.answer_in(mind.lang), buttons=buttons),
        entry_id=entry.id,
        # a tapped entry was chosen by the customer: nothing was guessed
        confidence=round(chosen.confidence, 1) if chosen else 100.0,
        knowledge_version=mind.knowledge.version,
        decision=decision.as_json() if decision else {"kind": "chosen"},
    )
    further = entry_choices(mind, [one for one in others if one != entry.id])
    quick = _quick_after(entry, further, mind)
    asked = _asked_after(len(further), decision, mind)
    says = (reply, plain(asked, quick=quick))
    known = replace(idle(talk, misses=0), stage=Stage.SOLVED, entry_id=entry.id, question=question)
    return Turn(talk=offering(known, says), says=says)


def _quick_after(entry: Entry, further: Sequence[Action], mind: Mind) -> tuple[Action, ...]:
    """What can be tapped below an answer."""
    if further:
        # whether all of it is solved is asked once the last question is answered
        solved, again = mind.choice("solved_yes", "solved"), mind.choice("again", "again")
        return (*further, solved, again, human(mind))
    return (
        mind.choice("solved_yes", "solved"),
        mind.choice("solved_no", "unsolved"),
        *entry_choices(mind, list(entry.next_ids))[:RELATED],
        human(mind),
    )


def _asked_after(further: int, decision: Decision | None, mind: Mind) -> str:
    """What stands below an answer: the message's other questions come before "solved?"."""
    lines = [mind.say("rest_unmet")] if decision and decision.unmet else []
    lines += _left(decision, mind)
    if further:
        lines.append(mind.say("also_ask" if further == 1 else "also_ask_several"))
    else:
        lines.append(mind.say("solved_ask"))
    return "\n".join(lines)


def _left(decision: Decision | None, mind: Mind) -> list[str]:
    """That a message asked more than was looked at."""
    if decision is None or not decision.left:
        return []
    return [mind.say("rest_left", count=decision.left)]


def suggest(
    talk: Talk, decision: Decision, question: str, mind: Mind, *, key: str = "suggest_ask"
) -> Turn | None:
    """Up to three entries to choose from; None when none is left to offer."""
    first, rest = decision.candidates[:1], decision.candidates[1:]
    ids = [
        # what a further question asks for comes before what only comes near the first one
        candidate.entry_id
        for candidate in (*first, *decision.also, *rest)
        if candidate.confidence >= LEAST and candidate.entry_id not in talk.rejected
    ]
    ids = list(dict.fromkeys(ids))
    most = max(mind.settings.suggestions, len(first) + len(decision.also))
    quick = entry_choices(mind, ids[:most])
    if not quick:
        return None
    asked = Ours(
        bubble=Bubble(
            text="\n".join((*_left(decision, mind), mind.say(key))),
            quick=(*quick, mind.choice("suggest_none", "none"), human(mind)),
        ),
        knowledge_version=mind.knowledge.version,
        decision=decision.as_json(),
    )
    open_talk = replace(idle(talk), stage=Stage.SUGGESTED, question=question)
    return Turn(talk=offering(open_talk, (asked,)), says=(asked,))


def miss(talk: Talk, decision: Decision | None, question: str, mind: Mind) -> Turn:
    """The first time: ask back with an example. The second in a row: offer a person."""
    if talk.misses >= 1:
        return offer_human(talk, question, mind, decision)
    example = next(
        (
            entry.question_in(mind.lang)
            for entry in mind.knowledge.entries.values()
            if mind.find_entry(entry.id) and mind.lang in entry.languages()
        ),
        "",
    )
    text = mind.say("fallback", example=example) if example else mind.say("fallback_bare")
    names = mind.knowledge.categories(mind.lang)[:CATEGORIES]
    quick = tuple(Action(label=name, code=f"cat:{name}"[:300]) for name in names)
    asked = _missed(plain(text, quick=(*quick, human(mind))), decision, mind)
    missed = replace(idle(talk, misses=talk.misses + 1), question=question)
    return Turn(talk=offering(missed, (asked,)), says=(asked,))


def offer_human(talk: Talk, question: str, mind: Mind, decision: Decision | None = None) -> Turn:
    """Offer to connect, or to try other words."""
    quick = (mind.choice("connect", "human"), mind.choice("again", "again"))
    asked = _missed(plain(mind.say("offer_human"), quick=quick), decision, mind)
    offered = replace(idle(talk, misses=talk.misses + 1), stage=Stage.ESCALATE, question=question)
    return Turn(talk=offering(offered, (asked,)), says=(asked,))


def _missed(asked: Ours, decision: Decision | None, mind: Mind) -> Ours:
    """The same message with what had been considered, for the desk and for gaps."""
    return replace(
        asked,
        knowledge_version=mind.knowledge.version,
        decision=decision.as_json() if decision else {"kind": "fallback"},
    )
