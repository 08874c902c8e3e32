"""One immutable version of what we know, and what it decides about a message."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from faq.adjusting import calibrate
from faq.announcement import Announcement, find_concerning, find_named
from faq.calibration import LITERAL, Calibration
from faq.changes import content_words, unknown_words
from faq.contrasting import find_contrast, weigh_contrast
from faq.cutting import Cuts
from faq.decision import (
    MOST_CANDIDATES,
    NONE_SET,
    Candidate,
    Decision,
    Limits,
    SetLimits,
    choose_kind,
)
from faq.english import LIGHT_WORDS
from faq.entry import Entry
from faq.matcher import Matcher, build_matcher
from faq.normalize import cut, fold
from faq.parting import decide_parts, part_questions
from faq.ranking import Match, Ranking
from faq.readings import Readings, best_readings
from faq.refusing import is_refusing
from faq.stating import find_stated, states_value, tells_failure, works_now
from faq.synonyms import Synonyms

#: Part of every version: the same texts may be decided otherwise by another engine.
ENGINE = "4"
#: What an entry reaches at most whose texts want what the message refuses (confidence).
OPPOSITE = 50.0
#: What an entry reaches at most by a single word that only states something.
GUESSED = 60.0
#: The texts of so many entries are kept while the knowledge is built.
_TRIED_WHOLE = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Entries, the matcher over them and the hash of both."""

    #: the same content has the same version everywhere
    version: str
    entries: Mapping[str, Entry]
    default_lang: str
    matcher: Matcher
    calibration: Calibration
    limits: Limits
    order: tuple[Entry, ...]
    #: entries that are not always served everywhere
    restricted: tuple[int, ...]
    announcements: tuple[Announcement, ...] = ()

    def find(self, entry_id: str) -> Entry | None:
        """The entry with this id."""
        return self.entries.get(entry_id)

    def served(self, entry: Entry, channel: str, today: date) -> bool:
        """Whether this channel shows the entry on this day."""
        return (
            (not entry.channels or channel in entry.channels)
            and (entry.valid_from is None or entry.valid_from <= today)
            and (entry.valid_until is None or today <= entry.valid_until)
        )

    def decide(
        self,
        text: str,
        *,
        lang: str | None,
        channel: str,
        today: date,
        exclude: Collection[str] = (),
        explain: bool = True,
    ) -> Decision:
        """What to do with a message.

        Without `explain` a literal one stands alone, without those who come far behind.
        """
        if not explain:
            literal = self.decide_literal(text, channel=channel, today=today, exclude=exclude)
            if literal is not None:
                return literal
        blocked = {
            place
            for place in self.restricted
            if not self.served(self.order[place], channel, today)
        }
        if exclude:
            blocked |= {n for n, entry in enumerate(self.order) if entry.id in exclude}
        ranking = self.matcher.rank(text, blocked)
        made = self._decide(ranking)
        if ranking.matches and (ranking.matches[0].literal or ranking.matches[0].nearly):
            # the whole message is one known question, however it reads
            return made
        made = self._without_contrast(made, ranking, blocked)
        asked = part_questions(text)
        if not asked:
            return made

        def decide_part(part: str) -> Decision:
            ranked = self.matcher.rank(part, blocked)
            return self._without_contrast(self._decide(ranked), ranked, blocked)

        return decide_parts(made, text, asked, decide_part, self._is_strange)

    def _without_contrast(
        self, made: Decision, ranking: Ranking, blocked: Collection[int]
    ) -> Decision:
        """Who writes 交換じゃなくて返品したい is not told how to exchange."""
        contrast = find_contrast(ranking.message.folded)
        if contrast is None or (ranking.matches and ranking.matches[0].literal):
            return made
        meant = self._decide(self.matcher.rank(contrast.meant, blocked))
        return weigh_contrast(made, meant, contrast)

    def _is_strange(self, part: str) -> bool:
        """Whether a question holds a word that no entry knows."""
        matcher = self.matcher
        read = matcher.speller.mend(matcher.reader.synonyms.apply(cut(fold(part))))
        return any(word not in LIGHT_WORDS for word in unknown_words(matcher, read))

    def _decide(self, ranking: Ranking) -> Decision:
        """The decision for one question."""
        confidences = self.calibration.confidences(ranking)
        scored = list(zip(ranking.matches, confidences, strict=True))[:MOST_CANDIDATES]
        if is_refusing(ranking.message.folded):
            scored = self._without_opposites(scored)
        stated = find_stated(ranking.message.folded)
        if stated:
            works = works_now(ranking.message.folded)
            scored = [
                (match, one if self._names(match, stated, works=works) else min(one, GUESSED))
                for match, one in scored
            ]
            scored.sort(key=lambda pair: -pair[1])
        elif states_value(ranking.message.folded):
            scored = [
                (match, one if match.literal else min(one, GUESSED)) for match, one in scored
            ]
            scored.sort(key=lambda pair: -pair[1])
        return self._choose(
            tuple(
                Candidate(
                    entry_id=self.order[match.entry].id,
                    confidence=confidence,
                    variant=match.variant,
                )
                for match, confidence in scored
            )
        )

    def _without_opposites(self, scored: list[tuple[Match, float]]) -> list[tuple[Match, float]]:
        """Who writes 退会したくない is not told how to leave: such entries are offered at most."""
        judged = [
            (match, confidence if self._refuses(match) else min(confidence, OPPOSITE))
            for match, confidence in scored
        ]
        return sorted(judged, key=lambda pair: -pair[1])

    def _names(self, match: Match, stated: str, *, works: bool) -> bool:
        """Whether one of the entry's own texts says this one thing alone."""
        entry = self.order[match.entry]
        texts = (fold(text) for lang in entry.languages() for text in entry.texts_in(lang))
        if match.literal or works:
            return match.literal
        if match.nearly and not tells_failure(fold(match.variant)):
            return True
        return any(content_words(one) == (stated,) for one in texts if not tells_failure(one))

    def _refuses(self, match: Match) -> bool:
        """Whether one of the entry's own texts refuses something, or is the very message."""
        entry = self.order[match.entry]
        return match.literal or any(
            is_refusing(fold(text)) for lang in entry.languages() for text in entry.texts_in(lang)
        )

    def decide_literal(
        self, text: str, *, channel: str, today: date, exclude: Collection[str] = ()
    ) -> Decision | None:
        """The decision for a text that is, letter for letter, asked by one served entry alone.

        It is of the kind that `decide` finds, without those who come far behind.
        """
        found = self.matcher.find_literal(text)
        if found is None:
            return None
        place, variant = found
        entry = self.order[place]
        if entry.id in exclude or not self.served(entry, channel, today):
            return None
        sure = Candidate(entry_id=entry.id, confidence=LITERAL, variant=variant)
        return self._choose((sure,))

    def _choose(self, candidates: tuple[Candidate, ...]) -> Decision:
        best = self.entries[candidates[0].entry_id] if candidates else None
        kind, margin, clear = choose_kind(
            candidates, best.threshold if best else None, self.limits
        )
        return Decision(
            kind=kind,
            candidates=candidates,
            margin=margin,
            clear=clear,
            knowledge_version=self.version,
        )

    def categories(self, lang: str | None) -> tuple[str, ...]:
        """The categories as shown in this language, those with most entries first."""
        counts = Counter(entry.category_in(lang) for entry in self.order if entry.category)
        return tuple(name for name, _ in counts.most_common())

    def in_category(
        self, category: str, lang: str | None, channel: str, today: date
    ) -> tuple[Entry, ...]:
        """The entries of a category, named in this language, that are served."""
        return tuple(
            entry
            for entry in self.order
            if entry.category_in(lang) == category and self.served(entry, channel, today)
        )

    def announcements_on(self, *, channel: str | None, now: datetime) -> tuple[Announcement, ...]:
        """The announcements that this channel, or any for None, shows at this time."""
        return tuple(
            each for each in self.announcements if each.is_on(now) and each.is_here(channel)
        )

    def announcements_for(
        self, entry: Entry, *, channel: str | None, now: datetime
    ) -> tuple[Announcement, ...]:
        """Those of them that concern an entry, the closest first."""
        return find_concerning(entry, self.announcements_on(channel=channel, now=now))

    def announcements_named(
        self, text: str, among: Iterable[Announcement]
    ) -> tuple[Announcement, ...]:
        """Those about everything, or whose category stands in a text that no entry fits."""
        topics = {topic for each in among for topic in each.topics}
        names = {
            entry.category: tuple(entry.category_in(lang) for lang in entry.languages())
            for entry in self.order
            if entry.category in topics
        }
        return find_named(text, among, names)

    def next_switch(self, now: datetime) -> datetime | None:
        """When an announcement begins or ends next, by the clock on the wall."""
        wall = now.replace(tzinfo=None)
        times = (at for each in self.announcements for at in (each.starts, each.ends))
        return min((at for at in times if at and at > wall), default=None)


def build_knowledge(
    entries: Iterable[Entry],
    synonyms: Iterable[Sequence[str]],
    *,
    default_lang: str = "ja",
    limits: SetLimits = NONE_SET,
    readings: Readings | None = None,
    announcements: Iterable[Announcement] = (),
    cuts: Cuts | None = None,
) -> Knowledge:
    """The knowledge of these entries, in their order."""
    order = tuple(entries)
    groups = tuple(tuple(group) for group in synonyms)
    told = tuple(announcements)
    readings = readings or best_readings()
    if cuts is None:
        # a large one is tried by a part of it only: what is not asked for again is not kept
        cuts = Cuts() if len(order) <= _TRIED_WHOLE else Cuts(most=0)
    matcher = build_matcher(order, Synonyms(groups), readings, cuts)
    calibration = calibrate(order, matcher, cuts)
    return Knowledge(
        version=_version(order, groups, readings, told),
        entries=MappingProxyType({entry.id: entry for entry in order}),
        default_lang=default_lang,
        matcher=matcher,
        calibration=calibration,
        limits=limits.over(Limits(answer=calibration.limit)),
        order=order,
        restricted=tuple(
            place
            for place, entry in enumerate(order)
            if entry.channels or entry.valid_from or entry.valid_until
        ),
        announcements=told,
    )


def _version(
    order: Sequence[Entry],
    groups: Sequence[Sequence[str]],
    readings: Readings,
    announcements: Sequence[Announcement],
) -> str:
    digest = hashlib.sha256(f"{ENGINE} {readings.name}".encode())
    for entry in order:
        digest.update(repr(entry).encode("utf-8", "backslashreplace"))
    digest.update(repr(groups).encode("utf-8", "backslashreplace"))
    if announcements:
        digest.update(repr(announcements).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:12]
