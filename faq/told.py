"""A decision explained, as values."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from faq.changes import Change
from faq.decision import Kind


class Outcome(StrEnum):
    """Why it was answered, offered or not understood."""

    LITERAL = "literal"  # the very words are an entry's
    NEARLY = "nearly"  # but for an ending or a mark
    SURE = "sure"  # above the threshold, far from the runner-up
    TWINS = "twins"  # several entries are asked in these very words
    BELOW = "below_threshold"
    OWN = "below_own_threshold"
    NEAR = "near_runner_up"
    FAR = "too_far"  # not even worth offering
    NOTHING = "nothing"
    CHOSEN = "chosen"  # by the customer: nothing was guessed
    REFUSED = "refused"  # the customer turned down what was offered: nothing was compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a score."""

    #: shape, line, sound, sense, learned or alike
    name: str
    #: how well it fits, 0-1
    value: float
    #: what it adds to a score of 100
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an entry is a candidate."""

    entry_id: str
    question: str
    confidence: float
    #: the question or variant that came closest
    variant: str
    #: the message is this variant, letter for letter, or but for a slip
    literal: bool
    nearly: bool
    #: the pieces of text that message and variant share
    shared: tuple[str, ...]
    #: pieces of the variant that the message means in other words
    meant: tuple[str, ...]
    #: words that they share by their sound alone
    sounds: tuple[Change, ...]
    parts: tuple[Part, ...]
    #: the sum of the parts, 0-100
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision explained."""

    #: the text that was decided: the message, or the one question of it that was clear
    text: str
    kind: Kind
    #: None: the knowledge has changed and only the stored values are known
    outcome: Outcome | None
    #: False: the knowledge has changed since
    current: bool
    knowledge_version: str
    #: every difference between the text as written and as compared
    changes: tuple[Change, ...] = ()
    candidates: tuple[Explanation, ...] = ()
    #: the least confidence for this entry; None when it is not known any more
    threshold: float | None = None
    own_threshold: bool = False
    #: the lead over the runner-up, and the least that is needed
    margin: float = 0.0
    least_margin: float = 0.0
    #: the share of the message that the knowledge knows, 0-1, and words that it does not know
    coverage: float = 0.0
    unknown: tuple[str, ...] = ()
    #: one question of the message was decided alone
    alone: bool = False
    #: questions of the entries for further questions in the message
    also: tuple[str, ...] = ()
    #: further questions in the message that no entry answers
    unmet: int = 0
    #: further questions in the message that were not looked at
    left: int = 0
    #: all of it in words, in the language asked for
    sentences: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For scripts and for `ask --json`."""
        row = asdict(self)
        for each in row["candidates"]:
            each["confidence"] = round(each["confidence"], 1)
            each["score"] = round(each["score"], 1)
            for part in each["parts"]:
                part["value"], part["points"] = round(part["value"], 3), round(part["points"], 1)
        for name in ("margin", "coverage"):
            row[name] = round(row[name], 3)
        return row
