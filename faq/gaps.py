"""Questions that ask for the same, put together without a model; and what each group costs."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import median

from faq.english import stem
from faq.grams import KANJI, line_grams, sound_grams
from faq.normalize import cut, fold, literal_key, strip_padding, to_hiragana

#: From so alike on (cosine with all of a group's questions) a question belongs to the group.
ALIKE = 0.35
#: A gram in a larger share of many texts tells nothing and costs time.
COMMON, MANY = 0.08, 500
#: Texts that we have not seen: without them three questions would tell what is a rare word.
UNSEEN = 300
#: What the sound of a word counts beside the word.
SOUND = 0.35
MONTH_DAYS = 30.0
HOUR_MS = 3_600_000

_WORDS = re.compile(rf"[{KANJI}]{{2,}}|[ァ-ヺー]{{2,}}|[a-z][a-z0-9]{{2,}}")
_FRAMES = frozenset(
    re.findall(
        r"[a-z]+",
        "the and for are was you your can could how what when where which why who does did not"
        " with this that have has from there about any get please want need would like my is it",
    )
)
_STOPPED = frozenset(
    f"={stem(word)}" for word in (*_FRAMES, "i", "a", "to", "of", "in", "on", "me")
)

Vector = dict[str, float]


def _read(text: str) -> Counter[str]:
    """The grams of a question, without what is only polite: words, and how it sounds."""
    folded = cut(fold(text))
    bare = strip_padding(folded) or folded
    line = line_grams(bare)
    # what a word is about is too wide: where and when would be one
    grams = Counter({g: n for g, n in line.items() if g not in _STOPPED and g[0] != "~"})
    for gram, count in sound_grams(to_hiragana(bare)).items():
        grams[f"^{gram}"] += count
    return grams


def _part(gram: str) -> float:
    return SOUND if gram[0] == "^" else 1.0


class _Weights:
    """How much each gram says: the rarer, the more."""

    def __init__(self, texts: Iterable[Counter[str]]) -> None:
        self._held: Counter[str] = Counter()
        self._size = 0
        for grams in texts:
            self._held.update(grams.keys())
            self._size += 1

    def vector(self, grams: Counter[str]) -> Vector:
        """A vector of length 1; empty for a text that says nothing."""
        most = COMMON * self._size if self._size > MANY else self._size
        found = {
            gram: _part(gram) * (1 + log(count)) * self._rarity(gram)
            for gram, count in grams.items()
            if self._held[gram] <= most
        }
        length = sqrt(sum(weight * weight for weight in found.values()))
        return {gram: weight / length for gram, weight in found.items()} if length else {}

    def _rarity(self, gram: str) -> float:
        return log((1 + UNSEEN + self._size) / (1 + self._held[gram])) + 1


class _Groups:
    """Sums of the vectors of each group, found by their grams."""

    def __init__(self) -> None:
        self._holds: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._squares: defaultdict[int, float] = defaultdict(float)

    def add(self, group: int, vector: Vector) -> None:
        """Put a question into a group."""
        dot = 0.0
        for gram, weight in vector.items():
            held = self._holds[gram]
            before = held.get(group, 0.0)
            dot += before * weight
            held[group] = before + weight
        self._squares[group] += 2 * dot + (1.0 if vector else 0.0)

    def find(self, vector: Vector) -> int | None:
        """The group that is most like it, the older one of two; None when none is."""
        scores: defaultdict[int, float] = defaultdict(float)
        for gram, weight in vector.items():
            for group, held in self._holds[gram].items() if gram in self._holds else ():
                scores[group] += held * weight
        alike = (
            (score / sqrt(self._squares[group]), -abs(group), group)
            for group, score in scores.items()
        )
        best = max(alike, default=None)
        return best[2] if best and best[0] >= ALIKE else None


def group_questions(
    known: Sequence[tuple[int, str]],
    new: Sequence[str],
    *,
    background: Iterable[str] = (),
    same: Callable[[str], str] = fold,
) -> list[int]:
    """The group of each new question: a known one (above 0), or a new one: -1, -2, ….

    `known` are questions with their groups, the oldest first; whatever is in a group stays there.
    `background` are other texts of the trade, which tell what is a rare word; `same` folds a text
    and makes one word of synonyms. The same input gives the same groups.
    """
    old = [(group, _read(same(text))) for group, text in _distinct(known)]
    fresh = [_read(same(text)) for text in new]
    others = (_read(same(text)) for text in background)
    weights = _Weights([*(grams for _, grams in old), *fresh, *others])
    groups, literal = _Groups(), {literal_key(same(text)): group for group, text in known}
    for group, grams in old:
        groups.add(group, weights.vector(grams))
    found: list[int] = []
    made = 0
    for text, grams in zip(new, fresh, strict=True):
        key, vector = literal_key(same(text)), weights.vector(grams)
        if key not in literal:
            alike = groups.find(vector)
            if alike is None:
                made += 1
            literal[key] = -made if alike is None else alike
            groups.add(literal[key], vector)
        found.append(literal[key])
    return found


def _distinct(known: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    return list(
        {(group, literal_key(fold(text))): (group, text) for group, text in known}.values()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """One conversation in which a group's question was asked."""

    asked_at: int
    #: a person was needed
    handed: bool
    #: how long people had it; None: nobody yet, or nobody knows
    handling_ms: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a group's missing answer costs."""

    #: conversations in the window, and in the one before
    count: int
    before: int
    #: conversations a month
    monthly: float
    #: share of them that needed a person
    share: float
    #: median handling; of all groups where this one was never handled
    handling_ms: float
    #: per month
    cost_ms: float

    @property
    def hours(self) -> float:
        """Hours of people's work a month."""
        return self.cost_ms / HOUR_MS


def cost_of(asked: Sequence[Asking], *, now: int, days: int, usual_ms: float) -> Cost:
    """Conversations a month × share that needed a person × median handling.

    `usual_ms` stands in where nobody has handled this group yet.
    """
    window = days * 24 * HOUR_MS
    recent = [one for one in asked if now - window < one.asked_at <= now]
    before = sum(now - 2 * window < one.asked_at <= now - window for one in asked)
    share = sum(one.handed for one in recent) / len(recent) if recent else 0.0
    handled = [one.handling_ms for one in asked if one.handed and one.handling_ms is not None]
    monthly = len(recent) * MONTH_DAYS / days
    handling = float(median(handled)) if handled else usual_ms
    return Cost(
        count=len(recent),
        before=before,
        monthly=monthly,
        share=share,
        handling_ms=handling,
        cost_ms=monthly * share * handling,
    )


def unknown_words(texts: Iterable[str], known: str) -> list[tuple[str, int]]:
    """Words of the questions that the knowledge never says, with in how many they are.

    `known` are all its texts, folded, in one.
    """
    stems = {stem(word) for word in re.findall(r"[a-z][a-z0-9]+", known)}
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in set(_WORDS.findall(strip_padding(cut(fold(text))))):
            if not _is_known(word, known, stems):
                forms[stem(word) if word.isascii() else word][word] += 1
    counts = {
        max(words, key=lambda w: (words[w], w)): sum(words.values()) for words in forms.values()
    }
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _is_known(word: str, known: str, stems: set[str]) -> bool:
    if word.isascii():
        return word in _FRAMES or stem(word) in stems
    return word in known
