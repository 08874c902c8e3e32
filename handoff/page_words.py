"""The words of the staff pages in Japanese and English, from `page_texts/*.json`."""

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Final, TypeAlias

LANGS: Final = ("ja", "en")

#: A page's way to its words: `t("act.claim")`, `t("chip.waiting", span="3分")`.
Words: TypeAlias = Callable[..., str]


def load_pairs() -> dict[str, list[str]]:
    """Key → its text in every language; a file for each page, and one for all."""
    pairs: dict[str, list[str]] = {}
    for file in sorted((files("handoff") / "page_texts").iterdir(), key=lambda file: file.name):
        pairs.update(json.loads(file.read_text(encoding="utf-8")))
    return pairs


def _load() -> dict[str, dict[str, str]]:
    pairs = load_pairs()
    return {
        lang: {key: texts[at] for key, texts in pairs.items()} for at, lang in enumerate(LANGS)
    }


_TEXTS: Final = _load()


def texts_of(lang: str) -> Mapping[str, str]:
    """Every text in a language, for the pages' scripts."""
    return _TEXTS[lang]


def text(lang: str, key: str, **values: object) -> str:
    """One text with its {places} filled. Values are put in as they are and escaped by the page."""
    found = _TEXTS[lang][key]
    for name, value in values.items():
        found = found.replace(f"{{{name}}}", str(value))
    return found


def words_of(lang: str) -> Words:
    """The words of one language."""

    def words(key: str, **values: object) -> str:
        return text(lang, key, **values)

    return words
