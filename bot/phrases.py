"""Finds the sentence for a key and a language, and fills in its names."""

import re
from collections.abc import Mapping

from bot.phrase_table import TABLE

LANGUAGES = ("ja", "en")

#: So many Latin words in a row are a sentence.
MANY_WORDS = 4

_WORDS = """
agent address am an and are arrive arrived buy can cancel change contact could delivery did do does
exchange for from get good have hello help hi how human invoice is it lost me morning my need no
not operator order pay payment please price problem question real receive refund return returns
send shipping size someone speak status talk thank thanks that the this to track tracking want was
what when where which who why will with would wrong yes you your
"""
_ENGLISH = frozenset(_WORDS.split())
_NAME = re.compile(r"\{([a-z_]+)\}")


class UnknownPhrase(KeyError):
    """There is no phrase of this name."""


class Phrases:
    """The catalogue with the settings' own wording laid over it."""

    def __init__(self, own: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._own = own or {}
        for key in self._own:
            if key not in TABLE:
                raise UnknownPhrase(f"talk.phrases: there is no phrase {key!r}")
            for lang, text in self._own[key].items():
                _check(key, lang, text)

    def say(self, key: str, lang: str, **names: object) -> str:
        """The sentence; `{name}` is replaced once, so that what is filled in stays as it is."""
        lang = lang if lang in LANGUAGES else LANGUAGES[0]
        text = self._own.get(key, {}).get(lang) or TABLE[key][lang]
        if not names:
            return text
        return _NAME.sub(lambda found: str(names.get(found[1], found[0])), text)


def placeholders(key: str) -> tuple[str, ...]:
    """The names that a phrase may be filled with."""
    return tuple(dict.fromkeys(_NAME.findall(" ".join(TABLE[key].values()))))


def _check(key: str, lang: str, text: str) -> None:
    """A name that nobody fills in would be read by customers."""
    if lang not in LANGUAGES:
        raise UnknownPhrase(f"talk.phrases.{key}: {lang!r} is not one of {', '.join(LANGUAGES)}")
    for name in _NAME.findall(text):
        if name not in placeholders(key):
            known = ", ".join(f"{{{one}}}" for one in placeholders(key)) or "none"
            raise UnknownPhrase(f"talk.phrases.{key}.{lang}: {{{name}}} is not known; use {known}")


def detect_language(text: str) -> str | None:
    """Say ja for kana or kanji, en for a common English word or four Latin ones, else None.

    A brand alone tells nothing: who writes PayPay or iPhone 15 Pro may well read Japanese.
    """
    if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d]", text):
        return "ja"
    words = re.findall(r"[a-z]{2,}", text.lower())
    return "en" if len(words) >= MANY_WORDS or _ENGLISH.intersection(words) else None
