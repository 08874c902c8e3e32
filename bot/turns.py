"""What a turn of the bot takes in and what comes out of it, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.bubbles import Action, Bubble, Ours
from bot.conversation import Cause, Stage, Talk
from bot.events import ContentKind
from bot.phrases import Phrases
from bot.settings import TalkSettings
from faq.announcement import Announcement
from faq.decision import Decision
from faq.entry import Entry
from faq.knowledge import Knowledge


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the customer just said."""

    message_id: int
    text: str = ""
    choice: str = ""
    content: ContentKind = ContentKind.TEXT
    occurred_at: int
    #: what was masked in it, "card" or "my_number"
    masked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Mind:
    """What the bot knows while it takes its turn."""

    channel: str
    lang: str
    now: int
    today: date
    phrases: Phrases
    settings: TalkSettings
    knowledge: Knowledge
    #: (text, entries to leave out) → decision; remembers what was computed before
    decide: Callable[[str, tuple[str, ...]], Decision]
    #: what is announced here at this time
    announcements: tuple[Announcement, ...] = ()

    def say(self, key: str, **names: object) -> str:
        """A phrase in the customer's language."""
        return self.phrases.say(key, self.lang, **names)

    def choice(self, key: str, code: str) -> Action:
        """A button with a phrase as its label."""
        return Action(label=self.say(key), code=code)

    def find_entry(self, entry_id: str) -> Entry | None:
        """An entry that is served here today."""
        entry = self.knowledge.find(entry_id)
        if entry and self.knowledge.served(entry, self.channel, self.today):
            return entry
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """The bot gives the conversation to people."""

    cause: Cause
    team: str | None = None
    urgent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What the bot does."""

    talk: Talk
    says: tuple[Ours, ...] = ()
    escalate: Escalation | None = None
    #: the customer said that it is solved: resolve and ask how it went
    solved: bool = False
    #: ms; an unclear line waits until then for its continuation
    wait_until: int | None = None
    #: form answers to remember, by field
    answers: Mapping[str, str] = field(default_factory=dict)


def plain(text: str, *, quick: tuple[Action, ...] = (), buttons: tuple[Action, ...] = ()) -> Ours:
    """A sentence of the bot that is no answer from the knowledge."""
    return Ours(bubble=Bubble(text=text, quick=quick, buttons=buttons))


def choices_in(bubble: Bubble) -> tuple[Action, ...]:
    """What can be typed for a bubble: quick replies as they are numbered, and buttons' labels."""
    quick = tuple(action for action in bubble.quick if action.code)
    buttons = tuple(action for action in bubble.buttons if action.code)
    # a single quick reply is shown without a number: the first button is what 1 means then
    return (*quick, *buttons) if len(quick) > 1 else (*buttons, *quick)


def offering(talk: Talk, says: tuple[Ours, ...]) -> Talk:
    """The talk with what typed numbers mean from now on."""
    if not says:
        return talk
    return replace(talk, offered=choices_in(says[-1].bubble))


def idle(talk: Talk, *, misses: int | None = None) -> Talk:
    """The talk with no question of ours open and nothing pending."""
    return replace(
        talk,
        stage=Stage.IDLE,
        misses=talk.misses if misses is None else misses,
        pending="",
        pending_id=None,
        pending_token=None,
        pending_token_at=None,
        offered=(),
    )
