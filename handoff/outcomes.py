"""What became of each question of a conversation, read from its messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.assent import is_fine, is_no, is_yes
from bot.bubbles import Action, bubble_from_row
from bot.picking import find_choice
from bot.turns import choices_in
from bot.wording import is_hello, is_thanks, without_thanks
from faq.normalize import fold, literal_key, strip_padding

#: A question is kept up to here (characters).
TEXT_LIMIT = 500
#: What is shorter asks nothing that could be told from other things.
LEAST_LETTERS = 2
#: Customers who wanted a person at once tell why in more than a word.
LEAST_REASON = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A message as it is stored."""

    id: int
    seq: int
    sender: str
    #: empty once erased
    text: str
    body: Mapping[str, Any]
    entry_id: str | None = None
    decision: Mapping[str, Any] | None = None
    cause_id: int | None = None
    sent_at: int
    erased: bool = False

    @property
    def choice(self) -> str:
        """The code of a tap."""
        return str(self.body.get("choice", ""))

    def codes(self, where: str) -> frozenset[str]:
        """Codes of what the message offered: its `quick` replies or `buttons`."""
        return frozenset(str(one.get("code", "")) for one in self.body.get(where, ()))


@dataclass(kw_only=True, slots=True)
class Asked:
    """A question and what happened to it."""

    #: the first and the last of its messages
    message_id: int
    last_message_id: int
    seq: int
    text: str
    asked_at: int
    #: entries with confidence, best first, as the bot saw it
    considered: list[tuple[str, float]] = field(default_factory=list)
    #: the entry answered last
    entry_id: str | None = None
    #: it was picked from a did-you-mean
    picked: bool = False
    #: the bot had no answer, and nothing that it offered was picked
    missed: bool = False
    solved: bool = False
    #: a person was needed afterwards
    handed: bool = False
    #: entries that the customer turned down
    rejected: list[str] = field(default_factory=list)

    @property
    def right(self) -> str | None:
        """The entry that the customer said is the one."""
        if self.entry_id in self.rejected or not (self.picked or self.solved):
            return None
        return self.entry_id

    @property
    def why(self) -> str | None:
        """How the knowledge failed, "chosen" where the customer had to pick, None where not."""
        if self.solved:
            return "chosen" if self.picked else None
        if self.right and not self.handed:
            return "chosen"
        if self.rejected:
            return "rejected"
        if self.missed:
            return "unanswered"
        return "escalated" if self.handed else None


def read_outcomes(messages: Iterable[Spoken]) -> list[Asked]:
    """The questions of one conversation, in order; its messages come in the order of `seq`."""
    reading = _Reading()
    for message in messages:
        if message.sender != "customer":
            reading.hear_us(message)
        elif message.erased:
            reading.hear_nothing()
        else:
            reading.hear_customer(message)
    return [asked for asked in reading.asked if _asks_something(asked.text, LEAST_LETTERS)]


def _asks_something(text: str, least: int) -> bool:
    key = literal_key(strip_padding(fold(text)))
    return len(key) >= least and not key.isdecimal()


class _Reading:
    """Goes through a conversation; remembers what a reader would."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._current: Asked | None = None
        #: the cause of the newest answer
        self._answered_by: int | None = None
        #: where the questions begin that are still open
        self._since = 0
        #: the customer's lines that nobody has answered yet
        self._lines: list[Spoken] = []
        self._replied = False
        self._offered: tuple[Action, ...] = ()
        #: people were called with no question: the next line says why
        self._reason_wanted = False

    def hear_nothing(self) -> None:
        """A message that was taken back: what answered it belongs to no question."""
        self._lines, self._current, self._replied = [], None, False

    def hear_customer(self, message: Spoken) -> None:
        """A line or a tap."""
        code = message.choice or self._typed_code(message.text)
        if code:
            self._lines, self._replied = [], False
            self._choose(code, str(message.body.get("question", "")))
            return
        if self._replied:
            self._lines, self._replied = [], False
        if not message.text.strip():
            return
        if self._reason_wanted and _asks_something(message.text, LEAST_REASON):
            self._reason_wanted = False
            self._ask([message])
            self._call_people()
            return
        self._lines.append(message)

    def hear_us(self, message: Spoken) -> None:
        """An answer, an offer, a handoff, or a person."""
        quick = message.codes("quick")
        if message.sender == "agent":
            self._reason_wanted = False
            self._call_people()
        elif "wait" in message.codes("buttons"):
            self._hand_over(message)
        elif message.decision is not None:
            self._decide(message)
        if "skip" in quick or "human" in quick:
            # a question of the form, or the bot again
            self._reason_wanted = False
        self._replied = True
        self._offered = choices_in(bubble_from_row(message.text, message.body))

    def _typed_code(self, text: str) -> str:
        """The code that a typed number, label, yes or no stands for."""
        found = find_choice(text, self._offered)
        if found:
            return found.code
        codes = [one.code for one in self._offered]
        yes, no, fine = is_yes(text), is_no(text), is_fine(text)
        if "solved" in codes:
            if yes or fine or is_yes(without_thanks(text)):
                return "solved"
            return "unsolved" if no else ""
        if "none" in codes:
            entries = [code for code in codes if code.startswith("entry:")]
            if no:
                return "none"
            return entries[0] if yes and len(entries) == 1 else ""
        if "again" in codes and (yes or no or fine):
            return "human" if yes else "again"
        return "thanks" if yes or fine or is_thanks(text) or is_hello(text) else ""

    def _choose(self, code: str, question: str) -> None:
        asked = self._current
        codes = [one.code for one in self._offered]
        if code.startswith("entry:"):
            if asked is None or "none" not in codes:
                # something related or of a category: no word about the question
                self._current = None
                return
            self._take_whole(asked, question)
            asked.picked, asked.missed = True, False
            asked.entry_id = code.removeprefix("entry:")
        elif asked is None:
            return
        elif code == "solved" and asked.entry_id:
            asked.solved = True
            self._current, self._since = None, len(self.asked)
        elif code == "unsolved" and asked.entry_id:
            _reject(asked, [asked.entry_id])
        elif code == "none":
            _reject(asked, [one.removeprefix("entry:") for one in codes if one[:6] == "entry:"])

    def _take_whole(self, asked: Asked, question: str) -> None:
        """The bot may have understood a line together with the question before it."""
        for before in self.asked[-2:-1]:
            if question == f"{before.text}\n{asked.text}" and len(question) <= TEXT_LIMIT:
                asked.text, asked.message_id = question, before.message_id

    def _decide(self, message: Spoken) -> None:
        decision = message.decision or {}
        if self._lines and decision.get("kind") != "chosen":
            self._ask(self._lines)
        self._lines = []
        asked = self._current
        if asked is None:
            return
        considered = [
            (str(one["id"]), float(one["confidence"])) for one in decision.get("candidates", ())
        ]
        asked.considered = asked.considered or considered
        if message.entry_id:
            asked.entry_id, self._answered_by = message.entry_id, message.cause_id
        elif not message.body.get("announcement"):
            # silence after an offer is no answer either; an announcement stands for an answer
            # that is known and paused
            asked.missed = True

    def _ask(self, lines: list[Spoken]) -> None:
        self._current = Asked(
            message_id=lines[0].id,
            last_message_id=lines[-1].id,
            seq=lines[0].seq,
            text="\n".join(line.text for line in lines)[:TEXT_LIMIT],
            asked_at=lines[0].sent_at,
        )
        self.asked.append(self._current)

    def _hand_over(self, message: Spoken) -> None:
        by_entry = message.cause_id is not None and message.cause_id == self._answered_by
        if by_entry:
            # the entry hands over by itself: that is how it was written
            self._current, self._since = None, len(self.asked)
            return
        self._call_people()
        self._reason_wanted = self._current is None

    def _call_people(self) -> None:
        for asked in self.asked[self._since :]:
            if asked is self._current or asked.missed or asked.rejected:
                asked.handed = True


def _reject(asked: Asked, entry_ids: list[str]) -> None:
    asked.rejected += [one for one in entry_ids if one not in asked.rejected]
