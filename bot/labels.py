"""How a tapped choice reads in the transcript."""

from collections.abc import Sequence

from bot.bubbles import Action
from bot.survey import parse_score
from bot.turns import Mind

_KEYS = {
    "human": "human",
    "solved": "solved_yes",
    "unsolved": "solved_no",
    "none": "suggest_none",
    "again": "again",
    "wait": "wait",
    "callback": "callback",
    "leave": "leave",
    "back": "back",
    "skip": "skip",
}


def choice_label(code: str, offered: Sequence[Action], mind: Mind) -> str:
    """The label behind a code, empty when nobody knows it."""
    for action in offered:
        if action.code == code:
            return action.label
    name, _, value = code.partition(":")
    score = parse_score(code)
    if score:
        return mind.say(f"score_{score.score}")
    if name == "entry":
        entry = mind.find_entry(value)
        return entry.question_in(mind.lang) if entry else ""
    if name in ("cat", "field"):
        return value
    return mind.say(_KEYS[name]) if name in _KEYS else ""
