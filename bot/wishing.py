"""The turn for a wish for a person: respected at once, and a question beside it answered."""

import re
from dataclasses import replace

from bot.answers import answer
from bot.conversation import Cause, Stage, Talk
from bot.turns import Escalation, Mind, Turn, idle, plain
from bot.waiting_words import asks_call
from bot.wording import has_word
from faq.decision import Kind
from faq.normalize import fold, strip_padding
from faq.refusing import is_refusing

_SENTENCES = re.compile(r"(?<=[。？！?!\n])|(?<=[A-Za-z0-9)]\.)\s")
#: Where the wish ends and something else begins, within one sentence.
_CLAUSES = re.compile(
    r"[、,;]|(?<=の)で(?![すしも])|(?<=す)(?:が|けど|けれど|から)|(?<=い)(?:けど|けれど)"
    r"|\b(?:and|but|so|or)\b",
    re.IGNORECASE,
)


def beside_wish(text: str, mind: Mind) -> str:
    """What a message says besides wishing for a person; empty when that is all."""
    words, besides = mind.settings.human_words, mind.settings.neutral_words
    kept: list[str] = []
    for sentence in _SENTENCES.split(text):
        pieces = [sentence]
        if has_word(sentence, words, besides):
            pieces = [
                piece
                for piece in _CLAUSES.split(sentence)
                if not has_word(piece, words, besides) and not is_refusing(fold(piece))
            ]
        elif asks_call(sentence):
            pieces = []
        kept += [piece.strip(" 　、,") for piece in pieces]
    rest = "\n".join(filter(None, kept))
    return rest if strip_padding(fold(rest)) else ""


def wish_turn(talk: Talk, text: str, mind: Mind) -> Turn:
    """To people, now; a sure answer to what else is asked goes along, as help while waiting."""
    wished = Turn(
        talk=replace(idle(talk), question=talk.question or text),
        escalate=Escalation(cause=Cause.ASKED),
    )
    asked = beside_wish("\n".join(filter(None, (talk.pending, text))), mind)
    decision = mind.decide(asked, ()) if asked else None
    if decision is None or decision.kind is not Kind.ANSWER:
        return wished
    entry = mind.find_entry(decision.candidates[0].entry_id)
    if entry is None or entry.id == talk.entry_id or entry.id in talk.rejected:
        # heard already, and a person is wanted all the same
        return wished
    answered = answer(talk, entry, decision, asked, mind)
    return replace(
        wished,
        # whether that solves it is for the person to ask
        says=(plain(mind.say("wish_heard")), answered.says[0]),
        talk=replace(answered.talk, stage=Stage.IDLE, offered=(), misses=talk.misses),
        escalate=Escalation(
            cause=Cause.ASKED, team=entry.escalate if isinstance(entry.escalate, str) else None
        ),
    )
