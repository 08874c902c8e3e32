"""An announcement: what customers should hear first for a while, and about which matters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from faq.entry import Entry, Silence
from faq.normalize import fold

#: A topic of one letter would be found in every question.
_LEAST_WORD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A text that leads for a time, for the topics concerned."""

    id: str
    text: str
    lang: str = "ja"
    #: categories and ids of entries; none: every question
    topics: tuple[str, ...] = ()
    #: wall clock where the settings' time zone is; from the first, until just before the second
    starts: datetime | None = None
    ends: datetime | None = None
    #: ids of entries that are not answered meanwhile
    pause: tuple[str, ...] = ()
    #: empty: every channel
    channels: tuple[str, ...] = ()
    #: its text in other languages
    translations: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    #: no part of the version: customers never see it
    silence: tuple[Silence, ...] = field(default=(), repr=False, compare=False)

    def text_in(self, lang: str | None) -> str:
        """The text in this language, or else in the announcement's own."""
        return self.text if lang is None else self.translations.get(lang, self.text)

    def languages(self) -> tuple[str, ...]:
        """The languages it speaks, its own first."""
        return (self.lang, *(lang for lang in self.translations if lang != self.lang))

    def is_on(self, now: datetime) -> bool:
        """Whether it is the time, by the clock on the wall."""
        wall = now.replace(tzinfo=None)
        return (self.starts is None or self.starts <= wall) and (
            self.ends is None or wall < self.ends
        )

    def is_here(self, channel: str | None) -> bool:
        """Whether this channel shows it; None asks for any."""
        return channel is None or not self.channels or channel in self.channels

    def nearness(self, entry: Entry) -> int:
        """How closely it is about an entry: 3 names it, 2 its category, 1 everything, 0 not."""
        if entry.id in self.pause or entry.id in self.topics:
            return 3
        if entry.category and entry.category in self.topics:
            return 2
        return 0 if self.topics else 1


def find_concerning(entry: Entry, among: Iterable[Announcement]) -> tuple[Announcement, ...]:
    """Those about an entry, the closest first."""
    found = [(each.nearness(entry), each) for each in among]
    return tuple(each for near, each in sorted(found, key=lambda one: -one[0]) if near)


def find_named(
    text: str, among: Iterable[Announcement], names: Mapping[str, tuple[str, ...]]
) -> tuple[Announcement, ...]:
    """Those about everything, or one of whose topics stands in a text.

    `names` are a category's names in all languages.
    """
    folded = fold(text)
    return tuple(
        each
        for each in among
        if not each.topics
        or any(
            len(name) >= _LEAST_WORD and fold(name) in folded
            for topic in each.topics
            for name in names.get(topic, ())
        )
    )
