"""The values of the knowledge: an entry, its buttons and its translations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One tap that leads on: to a page or to a phone call."""

    label: str
    url: str | None = None
    tel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """An entry's texts in one more language."""

    question: str
    answer: str
    variants: tuple[str, ...] = ()
    category: str | None = None
    #: empty: the entry's own buttons are shown
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A rule of the check that an entry does not keep on purpose."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question that has a fixed answer."""

    id: str
    question: str
    answer: str
    lang: str = "ja"
    category: str = ""
    variants: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    #: ids of the entries that are offered after this one
    next_ids: tuple[str, ...] = ()
    #: a team's name, True for the default team, None or False to stay with the bot
    escalate: str | bool | None = None
    priority: int = 0
    #: own least confidence, 0-100
    threshold: float | None = None
    #: empty: every channel
    channels: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)
    #: messages that this entry must answer, and must not answer: tests, never training text
    expect: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    owner: str | None = None
    reviewed: date | None = None
    #: no part of the version: customers never see it
    silence: tuple[Silence, ...] = field(default=(), repr=False, compare=False)

    def question_in(self, lang: str | None) -> str:
        """The question as listed, in this language or else in the entry's own."""
        translation = self._translation(lang)
        return translation.question if translation else self.question

    def answer_in(self, lang: str | None) -> str:
        """The fixed reply, in this language or else in the entry's own."""
        translation = self._translation(lang)
        return translation.answer if translation else self.answer

    def category_in(self, lang: str | None) -> str:
        """The category as shown in this language."""
        translation = self._translation(lang)
        return (translation and translation.category) or self.category

    def buttons_in(self, lang: str | None) -> tuple[Button, ...]:
        """The buttons with labels in this language where they were translated."""
        translation = self._translation(lang)
        return (translation and translation.buttons) or self.buttons

    def texts_in(self, lang: str) -> tuple[str, ...]:
        """The question and its variants in one language; empty where there are none."""
        if lang == self.lang:
            return (self.question, *self.variants)
        translation = self.translations.get(lang)
        return (translation.question, *translation.variants) if translation else ()

    def languages(self) -> tuple[str, ...]:
        """The languages in which this entry can be asked, its own first."""
        return (self.lang, *(lang for lang in self.translations if lang != self.lang))

    def _translation(self, lang: str | None) -> Translation | None:
        return None if lang is None or lang == self.lang else self.translations.get(lang)
