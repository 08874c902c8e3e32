"""What every turn needs beside the transaction, put together once by server.py."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from random import Random, SystemRandom
from threading import Lock
from zoneinfo import ZoneInfo

from bot.clock import from_ms
from bot.people import HumanDesk
from bot.phrases import Phrases
from bot.settings import TalkSettings
from bot.turns import Mind
from faq.decision import Decision
from faq.knowledge import Knowledge

#: Decisions by (text, entries left out), computed before the transaction where possible.
Decided = dict[tuple[str, tuple[str, ...]], Decision]
#: Decisions kept at hand: many customers ask the same in the same words.
REMEMBERED = 1_000

_Key = tuple[str, bytes, str, str, date, tuple[str, ...]]


class Decisions:
    """Decides, and remembers what was decided last; several threads may ask."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, Decision] = OrderedDict()
        self._lock = Lock()

    def decide(
        self,
        knowledge: Knowledge,
        text: str,
        *,
        lang: str,
        channel: str,
        today: date,
        exclude: tuple[str, ...],
    ) -> Decision:
        """What this version of the knowledge decides about a text."""
        # a digest: what a customer wrote is nowhere but in the database
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        key = (knowledge.version, digest, lang, channel, today, exclude)
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return found
        made = knowledge.decide(
            text, lang=lang, channel=channel, today=today, exclude=exclude, explain=False
        )
        with self._lock:
            self._known[key] = made
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkContext:
    """Settings, wording, knowledge and people."""

    settings: TalkSettings
    phrases: Phrases
    #: the knowledge served at this moment
    knowledge: Callable[[], Knowledge]
    people: HumanDesk
    zone: ZoneInfo
    random: Random = field(default_factory=SystemRandom)
    decisions: Decisions = field(default_factory=Decisions)

    def mind(
        self,
        *,
        channel: str,
        lang: str,
        now: int,
        knowledge: Knowledge,
        decided: Decided | None = None,
    ) -> Mind:
        """What one turn knows; all its decisions come from one knowledge version."""
        local = from_ms(now, self.zone)
        today = local.date()
        known: Decided = decided if decided is not None else {}

        def decide(text: str, exclude: tuple[str, ...]) -> Decision:
            key = (text, exclude)
            if key not in known or known[key].knowledge_version != knowledge.version:
                known[key] = self.decisions.decide(
                    knowledge, text, lang=lang, channel=channel, today=today, exclude=exclude
                )
            return known[key]

        return Mind(
            channel=channel,
            lang=lang,
            now=now,
            today=today,
            phrases=self.phrases,
            settings=self.settings,
            knowledge=knowledge,
            decide=decide,
            announcements=knowledge.announcements_on(channel=channel, now=local),
        )
