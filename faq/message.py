"""A text as the matcher sees it: folded, weighed by sentence, cut into grams."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from faq.cutting import TextReader
from faq.grams import is_japanese, landmarks_in, line_grams, shape_grams, sound_grams
from faq.lightwords import strip_light
from faq.normalize import CUT_FOR_MATCHING, cut, fold, literal_key, strip_padding

_SENTENCE_END = re.compile(r"[。！？!?\n]+|(?<=[a-z0-9])\.\s")
_ASKS = re.compile(
    r"[?？]\s*$|(か|かな|でしょう|たい|ほしい|欲しい|ください|下さい|方法|どう|たら|けど|の)(です)?か?(ね|が|。)?\s*$"
    r"|\b(how|what|when|where|which|why|who|can|could|do|does|is|are|may|will|should)\b"
)
#: Below this length nobody tells a story around the question; Latin words take more room.
_LONG, _LONG_JAPANESE = 160, 60
#: What a word counts that few questions are about.
_LIGHT = 0.4
#: What the rest of a story counts against its questions and its end.
_STORY = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a text is compared by."""

    folded: str
    key: str
    japanese: bool
    shape: Mapping[str, float]
    line: Mapping[str, float]
    landmarks: frozenset[str]
    #: what its words may stand for
    sense: Mapping[str, float]
    #: the whole text in hiragana, as far as its readings are known
    reading: str
    sound: Mapping[str, float]


def read_message(text: str, reader: TextReader, mend: Callable[[str], str]) -> Message:
    """A customer's text, its question weighed above the story around it."""
    whole = fold(text)
    synonyms, readings = reader.synonyms, reader.readings
    folded = synonyms.apply(cut(whole))
    japanese = is_japanese(folded)
    shape: dict[str, float] = {}
    line: dict[str, float] = {}
    sound: dict[str, float] = {}
    sense: dict[str, float] = {}
    reading = []
    for sentence, weight in weigh_sentences(whole):
        bare = mend(synonyms.apply(cut(strip_padding(sentence))))
        seen: Mapping[str, float] = shape_grams(bare)
        said: Mapping[str, float] = reader.line(bare)
        if japanese:
            heavy = strip_light(bare)
            seen, said = _lighten(seen, shape_grams(heavy)), _lighten(said, line_grams(heavy))
        _take(shape, seen, weight)
        _take(line, said, weight)
        _take(sense, dict.fromkeys(reader.sense(bare), 1.0), weight)
        reading.append(readings.read(bare) if japanese else bare)
        _take(sound, sound_grams(reading[-1]), weight)
    return Message(
        folded=folded,
        key=literal_key(folded),
        japanese=japanese,
        shape=shape,
        line=line,
        landmarks=landmarks_in(line),
        sense=sense,
        reading=" ".join(reading),
        sound=sound,
    )


def weigh_sentences(folded: str) -> list[tuple[str, float]]:
    """The sentences of a long text: questions and the end count, the story little."""
    kept = folded[-CUT_FOR_MATCHING:]
    long = _LONG_JAPANESE if is_japanese(kept) else _LONG
    sentences = [part for part in map(str.strip, _SENTENCE_END.split(kept)) if part]
    if len(kept) <= long or len(sentences) <= 1:
        return [(kept, 1.0)]
    last = len(sentences) - 1
    return [
        (part, 1.0 if place == last or _ASKS.search(part) else _STORY)
        for place, part in enumerate(sentences)
    ]


def _lighten(grams: Mapping[str, float], heavy: Mapping[str, float]) -> dict[str, float]:
    """The grams with those made light that only stand in light words."""
    return {
        gram: n if gram in heavy or gram[0] == "<" else n * _LIGHT for gram, n in grams.items()
    }


def _take(into: dict[str, float], grams: Mapping[str, float], weight: float) -> None:
    for gram, count in grams.items():
        into[gram] = max(into.get(gram, 0.0), weight * count)
