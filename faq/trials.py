"""What a knowledge asks itself: variants it was not told, and entries it does not have."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from faq.cutting import Cuts
from faq.entry import Entry, Translation
from faq.matcher import Matcher, build_matcher
from faq.ranking import Ranking

#: So many times the knowledge is built anew, each time with other texts left out: until about
#: so many were tried.
_FEWEST_FOLDS, _MOST_FOLDS, _TRIED = 2, 8, 150
#: In each of them one entry in so many is missing altogether.
_HIDDEN = 8
#: Of a large knowledge so many entries are asked about, among those they are mistaken for.
_ASKED = 60
_RIVALS = 3
#: So many texts are built anew at most, and so many variants of an entry.
_MOST_TEXTS = 900
_FEWEST_TEXTS = 3
#: With fewer entries none can be spared.
_FEWEST_HIDING = 2
#: So many texts of an entry that is missing are tried.
_TRIED_HIDDEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came out for a text of which the right entry is known."""

    ranking: Ranking
    #: the right entry in the order of the ranking's matcher; None when it was missing
    right: int | None
    #: how much it tells, 0-1: an entry of few texts is poorer by the one that was left out
    trust: float
    #: the matcher that was asked
    matcher: Matcher


def draw_trials(
    order: Sequence[Entry], matcher: Matcher, cuts: Cuts | None = None
) -> Iterator[Trial]:
    """Texts that were left out, asked of what is left."""
    asked = {place for place, entry in enumerate(order) if _variants(entry)}
    kept = list(range(len(order)))
    if len(order) > _ASKED * (_RIVALS + 1):
        step = len(asked) / _ASKED
        asked = {sorted(asked)[int(n * step)] for n in range(min(_ASKED, len(asked)))}
        kept = sorted(asked | _rivals(order, asked, matcher))
    if not asked:
        return
    most = max(_MOST_TEXTS // len(kept), _FEWEST_TEXTS)
    entries = [
        (_with_variants(order[place], lambda texts: tuple(texts[:most])), place in asked)
        for place in kept
    ]
    folds = min(max(_TRIED // len(asked), _FEWEST_FOLDS), _MOST_FOLDS)
    cuts = Cuts() if cuts is None or cuts.is_full else cuts
    for fold in range(folds):
        yield from _ask_fold(entries, _Fold(number=fold, of=folds), matcher, cuts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fold:
    """Says what is left out this time."""

    number: int
    of: int

    def hides(self, place: int, entries: int) -> bool:
        """Whether this entry is missing altogether."""
        return entries > _FEWEST_HIDING and place % _HIDDEN == self.number * 3 % _HIDDEN

    def place(self, variants: Sequence[str]) -> int | None:
        """The variant that is left out: each time a different one."""
        if self.number >= len(variants):
            return None
        return self.number * len(variants) // min(self.of, len(variants))

    def rest(self, variants: Sequence[str]) -> tuple[str, ...]:
        """The others."""
        left_out = self.place(variants)
        return tuple(text for place, text in enumerate(variants) if place != left_out)


def _ask_fold(
    entries: Sequence[tuple[Entry, bool]], fold: _Fold, matcher: Matcher, cuts: Cuts
) -> Iterator[Trial]:
    left: list[Entry] = []
    texts: list[tuple[str, int | None, float]] = []
    for number, (entry, asked) in enumerate(entries):
        if fold.hides(number, len(entries)):
            texts += [(text, None, 1.0) for text in _variants(entry)[:_TRIED_HIDDEN] if asked]
            continue
        lists = [entry.variants, *(each.variants for each in entry.translations.values())]
        places = [(each, fold.place(each)) for each in lists if asked]
        texts += [
            (each[place], len(left), ((len(each) - 1) / (len(each) + 1)) ** 2)
            for each, place in places
            if place is not None
        ]
        left.append(_with_variants(entry, fold.rest) if asked else entry)
    reader = matcher.reader
    reduced = build_matcher(left, reader.synonyms, reader.readings, cuts)
    for text, right, trust in texts:
        yield Trial(ranking=reduced.rank(text), right=right, trust=trust, matcher=reduced)


def _rivals(order: Sequence[Entry], asked: set[int], matcher: Matcher) -> set[int]:
    """Those that the entries are mistaken for."""
    return {
        match.entry
        for place in asked
        for match in matcher.rank(order[place].question, {place}, most=_RIVALS).matches
    }


def _variants(entry: Entry) -> list[str]:
    return [
        *entry.variants,
        *(text for each in entry.translations.values() for text in each.variants),
    ]


def _with_variants(entry: Entry, kept: Callable[[Sequence[str]], tuple[str, ...]]) -> Entry:
    translations: dict[str, Translation] = {
        lang: replace(each, variants=kept(each.variants))
        for lang, each in entry.translations.items()
    }
    return replace(entry, variants=kept(entry.variants), translations=translations)
