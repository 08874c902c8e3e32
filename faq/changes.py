"""What a message looks like once it is compared, and every difference to how it was written.

Derived from outside: the folding steps are run one by one, and what went in is held against what
came out, so that this tells the truth whatever the steps do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from faq.grams import KANJI, is_japanese, line_grams, words_of
from faq.matcher import Matcher
from faq.message import weigh_sentences
from faq.normalize import cut, fold, strip_padding, to_hiragana

#: More than this of one kind is noise.
MOST = 8
#: One sound alone is in every text.
_SHORTEST_SOUND = 2
_SHORTEST_WORD, _LONGEST_WORD = 2, 8
#: Particles and marks around what is shared.
_EDGES = " をにのはがでともへや、。？?！!「」・"
_RUNS = re.compile(
    rf"(?P<latin>[A-Za-z0-9Ａ-Ｚａ-ｚ０-９\u00c0-\u024f'’]+)|(?P<kata>[ァ-ヺヽヾーｦ-ﾟ‐‑‒–—―−~〜～-]+)"
    rf"|(?P<kanji>[{KANJI}\U0002f800-\U0002fa1f\uf900-\ufaff]+)|(?P<other>[^\s\wぁ-ゖ]+)"
)
_LETTER = re.compile(r"[^\W_]")


class ChangeKind(StrEnum):
    """Why a piece of text is compared as another one."""

    LETTERS = "letters"  # width, marks, old characters
    PADDING = "padding"  # politeness that asks nothing; `after` is empty
    TYPO = "typo"
    SYNONYM = "synonym"  # a group of the knowledge
    READING = "reading"  # written otherwise, sounding alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One piece of the message, before and after."""

    kind: ChangeKind
    before: str
    after: str


def list_changes(matcher: Matcher, text: str) -> tuple[Change, ...]:
    """What was folded, dropped, mended and replaced in a message, each pair once."""
    synonyms = matcher.reader.synonyms
    found = [*_letters(text)]
    for sentence, _weight in weigh_sentences(fold(text)):
        bare = strip_padding(sentence)
        found += _dropped(sentence, bare)
        found += [
            Change(kind=ChangeKind.SYNONYM, before=said, after=written)
            for said, written in synonyms.replaced(cut(bare))
        ]
        found += _mended(synonyms.apply(cut(bare)), matcher)
    return _bounded(found)


def readings_shared(matcher: Matcher, text: str, variant: str) -> tuple[Change, ...]:
    """Words of the variant that the message holds by their sound alone: ヘンピン for 返品."""
    synonyms, readings = matcher.reader.synonyms, matcher.reader.readings
    said = synonyms.apply(cut(fold(text)))
    if not is_japanese(said):
        return ()
    heard = to_hiragana(said)
    found: list[tuple[str, str]] = []
    for run in _pieces(tuple(_kanji_runs(synonyms.apply(fold(variant))))):
        sound = readings.read(run).strip()
        if run in said or len(sound) < _SHORTEST_SOUND or any(run in word for _, word in found):
            continue
        place = heard.find(sound)
        if place >= 0:
            found.append((said[place : place + len(sound)], run))
            continue
        # a wrong conversion: other characters that are read alike
        alike = (other for other in _kanji_runs(said) if readings.read(other).strip() == sound)
        found += [(other, run) for other in alike][:1]
    return _bounded(
        [Change(kind=ChangeKind.READING, before=one, after=other) for one, other in found]
    )


def common_words(one: str, other: str, pieces: Sequence[str]) -> tuple[str, ...]:
    """The longest stretches that two texts share, where the shared pieces are, in order."""
    found: list[str] = []
    place = 0
    while place < len(one):
        end = place
        while end < len(one) and one[place : end + 1] in other:
            end += 1
        word = one[place:end].strip(_EDGES)
        if any(piece in word for piece in pieces):
            found.append(word)
        place = max(end, place + 1)
    return tuple(dict.fromkeys(found))[:MOST]


def content_words(folded: str) -> tuple[str, ...]:
    """Kanji, katakana and Latin words, without politeness."""
    bare = strip_padding(folded) or folded
    return tuple(dict.fromkeys([*_kanji_runs(bare), *words_of(bare)]))


def unknown_words(matcher: Matcher, folded: str) -> tuple[str, ...]:
    """Words of which no piece is known, by sight."""
    known = matcher.line.places
    found = []
    for word in content_words(folded):
        grams = line_grams(word)
        longest = max(map(len, grams), default=0)
        if grams and not any(gram in known for gram in grams if len(gram) == longest):
            found.append(word)
    return tuple(found)


def _letters(text: str) -> list[Change]:
    """Runs of one script that are written otherwise after folding."""
    found = []
    for run in _RUNS.finditer(text[:500]):
        before, after = run.group(), fold(run.group())
        # capitals are nothing to tell, and marks are nobody's words
        if before.lower() != after and (_LETTER.search(after) or _LETTER.search(before)):
            found.append(Change(kind=ChangeKind.LETTERS, before=before, after=after))
    return found


def _dropped(sentence: str, bare: str) -> list[Change]:
    """The pieces of a sentence that its bare form lacks."""
    if not bare:
        return []
    place = 0
    found: list[Change] = []
    for kept in [*bare.split(), None]:
        here = len(sentence) if kept is None else sentence.find(kept, place)
        if here < 0:
            return []
        gone = sentence[place:here].strip()
        if _LETTER.search(gone):
            found.append(Change(kind=ChangeKind.PADDING, before=gone, after=""))
        place = here + len(kept or "")
    return found


def _mended(bare: str, matcher: Matcher) -> list[Change]:
    """Words that were taken for slips of the finger."""
    before, after = words_of(bare), words_of(matcher.speller.mend(bare))
    if len(before) != len(after):
        return []
    return [
        Change(kind=ChangeKind.TYPO, before=one, after=other)
        for one, other in zip(before, after, strict=True)
        if one != other
    ]


def _kanji_runs(folded: str) -> list[str]:
    return re.findall(rf"[{KANJI}]+", folded)


def _pieces(runs: Sequence[str]) -> list[str]:
    """Runs and the words that may be in them, longest first."""
    found = {
        run[start:end]
        for run in runs
        for start in range(len(run))
        for end in range(start + _SHORTEST_WORD, min(start + _LONGEST_WORD, len(run)) + 1)
    }
    return sorted({*found, *runs}, key=lambda piece: (-len(piece), piece))


def _bounded(found: list[Change]) -> tuple[Change, ...]:
    counts = dict.fromkeys(ChangeKind, 0)
    kept = []
    for change in dict.fromkeys(found):
        counts[change.kind] += 1
        if counts[change.kind] <= MOST:
            kept.append(change)
    return tuple(kept)
