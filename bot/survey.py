"""How a handling went: the choices offered, and what an answer means."""

from dataclasses import dataclass
from enum import StrEnum

from bot.bubbles import Action
from bot.conversation import Conversation, Stage, Talk
from bot.events import ContentKind
from bot.picking import find_choice
from bot.turns import Mind
from bot.verdicts import find_score
from bot.wording import is_emoji, is_thanks

#: Scores up to this one put the conversation on the supervisors' list.
LOW_SCORE = 2
COMMENT_LIMIT = 2_000


class Asked(StrEnum):
    """What a message in a resolved conversation is."""

    SCORE = "score"
    COMMENT = "comment"
    SKIP = "skip"
    THANKS = "thanks"
    NEW = "new"  # another matter


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyWord:
    """A message as the survey reads it."""

    kind: Asked
    score: int = 0
    #: conversation and round of a tapped score
    conversation_id: int = 0
    round: int = 0
    comment: str = ""


def score_choices(conversation: Conversation, mind: Mind) -> tuple[Action, ...]:
    """Five buttons, best first; the code says which handling they are about."""
    return tuple(
        Action(
            label=mind.say(f"score_{score}"),
            code=f"score:{score}:{conversation.id}:{conversation.round}",
        )
        for score in (5, 4, 3, 2, 1)
    )


def read_word(
    talk: Talk, text: str, choice: str, content: ContentKind = ContentKind.TEXT
) -> SurveyWord:
    """What a message in a resolved conversation means."""
    tapped = parse_score(choice)
    if tapped:
        return tapped
    if choice == "skip":
        return SurveyWord(kind=Asked.SKIP)
    if choice:
        return SurveyWord(kind=Asked.NEW)
    score = _typed_score(talk, text)
    if score:
        return SurveyWord(kind=Asked.SCORE, score=score)
    sticker = content is ContentKind.STICKER and not text.strip()
    if sticker or is_thanks(text) or is_emoji(text):
        return SurveyWord(kind=Asked.THANKS)
    if talk.stage is Stage.COMMENT and text.strip():
        if any(find_choice(text, (one,)) for one in talk.offered):
            return SurveyWord(kind=Asked.SKIP)
        return SurveyWord(kind=Asked.COMMENT, comment=text[:COMMENT_LIMIT])
    return SurveyWord(kind=Asked.NEW)


def _typed_score(talk: Talk, text: str) -> int | None:
    """A digit, stars, or a score's label as it was shown."""
    if talk.stage is not Stage.SCORE:
        return None
    shown = next((one for one in talk.offered if find_choice(text, (one,))), None)
    tapped = parse_score(shown.code) if shown else None
    return tapped.score if tapped else find_score(text)


def parse_score(choice: str) -> SurveyWord | None:
    """A tapped score `score:<1-5>:<conversation>:<round>`."""
    name, *rest = choice.split(":")
    if name != "score" or len(rest) != 3 or not all(map(_is_number, rest)):  # noqa: PLR2004 - its three parts
        return None
    score, conversation_id, round_ = (int(part[:12]) for part in rest)
    if not 1 <= score <= 5:  # noqa: PLR2004 - the scale
        return None
    return SurveyWord(kind=Asked.SCORE, score=score, conversation_id=conversation_id, round=round_)


def _is_number(part: str) -> bool:
    # a page may send anything as a code, and ² is a digit that int() refuses
    return part.isascii() and part.isdigit()
