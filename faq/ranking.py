"""What comes of comparing a message: each entry's score with its parts, and their order."""

from dataclasses import dataclass

from faq.message import Message

_MOST_SHARED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How much each index counts; together with what was learned they are 1."""

    shape: float
    line: float
    sound: float
    alike: float
    sense: float = 0.0
    #: so alike are two sentences that have nothing to do with each other
    unlike: float = 0.0
    #: of the share that what was learned may have
    learned: float

    def beside(self, share: float) -> "Mix":
        """The same mix with this share for what was learned, as far as it counts at all."""
        learned = share * self.learned
        rest = 1.0 - learned
        return Mix(
            shape=self.shape * rest,
            line=self.line * rest,
            sound=self.sound * rest,
            alike=self.alike * rest,
            sense=self.sense * rest,
            unlike=self.unlike,
            learned=learned,
        )

    def likeness(self, similarity: float) -> float:
        """How alike two sentences are beyond what any two are, 0-1."""
        return max(similarity - self.unlike, 0.0) / (1.0 - self.unlike)


JAPANESE = Mix(shape=0.11, line=0.36, sound=0.24, alike=0.12, sense=0.17, unlike=0.35, learned=0.0)
OTHER = Mix(shape=0.39, line=0.49, sound=0.0, alike=0.12, learned=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One entry against one message."""

    entry: int
    variant: str
    #: the message is this text, letter for letter, or but for a slip
    literal: bool
    nearly: bool
    #: the variant as it was compared
    text: str
    score: float
    shape: float
    line: float
    sound: float
    sense: float
    learned: float
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What each index says about one document."""

    shape: float
    line: float
    sound: float
    sense: float
    learned: float

    def total(self, mix: Mix) -> float:
        """The weighted sum."""
        return (
            mix.shape * self.shape
            + mix.line * self.line
            + mix.sound * self.sound
            + mix.sense * self.sense
            + mix.learned * self.learned
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The entries that may be meant, best first."""

    matches: tuple[Match, ...]
    #: the share of the message that the knowledge knows
    coverage: float
    message: Message


def shared_pieces(message: Message, folded: str) -> tuple[str, ...]:
    """The message's pieces that stand in this text, without those inside a longer one."""
    pieces = [piece.strip("=<>") for piece in message.line]
    shared = {piece for piece in pieces if piece in folded}
    found = sorted(shared, key=lambda piece: (-len(piece), piece))
    kept: list[str] = []
    for piece in found:
        if not any(piece in longer for longer in kept):
            kept.append(piece)
    return tuple(kept[:_MOST_SHARED])
