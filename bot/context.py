"""What every turn needs beside the transaction, put together once by server.py."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random, SystemRandom
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
        today = from_ms(now, self.zone).date()
        known: Decided = decided if decided is not None else {}

        def decide(text: str, exclude: tuple[str, ...]) -> Decision:
            key = (text, exclude)
            if key not in known or known[key].knowledge_version != knowledge.version:
                known[key] = knowledge.decide(
                    text, lang=lang, channel=channel, today=today, exclude=exclude
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
        )
