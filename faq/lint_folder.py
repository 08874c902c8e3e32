"""Rules for entries among each other: doubles, what comes next, translations."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from faq.entry import Entry
from faq.lint_finding import Finding, Path
from faq.lint_sentences import plain_text
from faq.normalize import fold, literal_key, to_hiragana

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_EVERYWHERE = frozenset({"line", "web"})


def texts_of(entry: Entry) -> Iterator[tuple[str, Path, str]]:
    """Language, place and text of the question and every variant."""
    for lang in entry.languages():
        before: Path = () if lang == entry.lang else ("translations", lang)
        for place, text in enumerate(entry.texts_in(lang)):
            yield lang, (*before, "variants", place - 1) if place else (*before, "question"), text


def check_doubles(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Texts that say the same; between entries also but for hiragana and katakana."""
    literal: dict[str, tuple[str, str]] = {}
    sounds: dict[str, tuple[str, str]] = {}
    for entry in entries:
        for _, path, text in texts_of(entry):
            key = literal_key(fold(text))
            if not key:
                continue
            here, sound = (entry.id, text), to_hiragana(key)
            same, alike = literal.setdefault(key, here), sounds.setdefault(sound, here)
            if same != here:
                yield _double(entry, "duplicate-variant", path, text, same)
            elif alike[0] != entry.id:
                # within one entry the other script helps those who type in it
                yield _double(entry, "duplicate-kana", path, text, alike)


def doubled_keys(entries: Sequence[Entry]) -> frozenset[str]:
    """The folded texts that more than one entry claims."""
    owners: dict[str, set[str]] = {}
    for entry in entries:
        for _, _, text in texts_of(entry):
            owners.setdefault(literal_key(fold(text)), set()).add(entry.id)
    return frozenset(key for key, ids in owners.items() if len(ids) > 1)


def _double(entry: Entry, rule: str, path: Path, text: str, first: tuple[str, str]) -> Finding:
    other = "same-entry" if first[0] == entry.id else f"`{first[0]}`"
    words = {"text": text, "first": first[1], "other": other}
    return Finding(rule=rule, entry_id=entry.id, path=path, words=words)


def check_next(entry: Entry, known: Mapping[str, Entry], today: date) -> Iterator[Finding]:
    """What is offered afterwards exists, and can be offered."""
    for place, other_id in enumerate(entry.next_ids):
        other = known.get(other_id)
        if other_id == entry.id:
            rule = "next-itself"
        elif other is None:
            rule = "dead-next"
        elif _is_alive(entry, today) and not _is_reachable(entry, other, today):
            rule = "lapsed-next"
        else:
            continue
        path, words = ("next", place), {"other": other_id}
        yield Finding(rule=rule, entry_id=entry.id, path=path, words=words)


def _is_alive(entry: Entry, today: date) -> bool:
    return entry.valid_until is None or entry.valid_until >= today


def _is_reachable(entry: Entry, other: Entry, today: date) -> bool:
    """Somewhere and some day both are served."""
    here = set(entry.channels) or _EVERYWHERE
    there = set(other.channels) or _EVERYWHERE
    starts = max((day for day in (entry.valid_from, other.valid_from) if day), default=today)
    ends = [day for day in (entry.valid_until, other.valid_until) if day]
    return bool(here & there) and all(end >= max(starts, today) for end in ends)


def check_translations(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Where some entries speak a language, all should; and the figures agree."""
    counts = Counter(lang for entry in entries for lang in entry.languages())
    for entry in entries:
        for lang in counts:
            if lang not in entry.languages():
                yield Finding(
                    rule="missing-translation",
                    entry_id=entry.id,
                    path=("translations",),
                    words={"other": lang},
                )
        yield from _check_numbers(entry)


def _check_numbers(entry: Entry) -> Iterator[Finding]:
    """A figure on each side that the other lacks: one of the two is out of date."""
    own = _numbers(entry.answer)
    for lang, translation in entry.translations.items():
        other = _numbers(translation.answer)
        here = [number for number in own if number not in other]
        there = [number for number in other if number not in own]
        if here and there:
            words = {"other": lang, "here": "・".join(here), "there": "・".join(there)}
            path = ("translations", lang, "answer")
            yield Finding(rule="translation-numbers", entry_id=entry.id, path=path, words=words)


def _numbers(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", plain_text(text))
    # the points of a numbered list are no figures, and 10:00 is 10
    plain = re.sub(r"(?m)^\s*\d{1,2}[.)]\s|(?<=\d):00\b", "", plain)
    return list(dict.fromkeys(found.replace(",", "") for found in _NUMBER.findall(plain)))
