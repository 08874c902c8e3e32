"""Finds the sentence for a key and a language, and fills in its names."""

import re
from collections.abc import Mapping

from bot.phrase_table import TABLE

LANGUAGES = ("ja", "en")

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
