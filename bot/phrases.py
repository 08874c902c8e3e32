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

    def say(self, key: str, lang: str, **names: object) -> str:
        """The sentence; `{name}` is replaced once, so that what is filled in stays as it is."""
        text = self._own.get(key, {}).get(lang) or TABLE[key][lang]
        return _NAME.sub(lambda found: str(names.get(found[1], found[0])), text)


def detect_language(text: str) -> str | None:
    """Say ja when there is kana or kanji, en for two Latin words or a long one, else None."""
    if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d]", text):
        return "ja"
    words = re.findall(r"[A-Za-z]{2,}", text)
    if len(words) >= 2 or any(len(word) >= 4 for word in words):  # noqa: PLR2004 - said above
        return "en"
    return None
