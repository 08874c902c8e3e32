"""What English alone needs: the stem of a word, and the words that hardly tell questions apart."""

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
_SHORT_WORD = 3
#: What is left of a word that loses one of the longer endings.
_LEAST_ROOT = 4
#: Endings that make a noun, an adjective or an adverb of a word, as in the second half of Porter's
#: stemmer (1980), longest first: the first that fits goes, whatever it made.
_ENDINGS = (
    "ization", "isation", "fulness", "ousness", "iveness", "ation", "ator", "ment", "ness",
    "able", "ible", "ance", "ence", "ally", "ully", "ously", "ion", "ful", "ous", "ize", "ise",
    "ive", "ate", "ly", "er", "or", "al",
)  # fmt: skip

#: Pronouns, auxiliaries, prepositions: no question is about them.
#: What such a word counts.
LIGHT = 0.35
_LIGHT = (
    "a about also am an and any are as at be been being but by can could did do does doesnt doing"
    " dont for from had has have having he her here him his i id if ill im in into is isnt it its"
    " ive just may me might mine must my of on or our please really shall she should so some than"
    " that the their them then there these they this those to too us very was wasnt we were what"
    " when which while will with wont would you your youre"
)
LIGHT_WORDS = frozenset(_LIGHT.split())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A Latin word without its most common English endings."""
    if len(word) <= _SHORT_WORD or not _WORD.fullmatch(word) or word.isdigit():
        return word
    if word.endswith("ies") and len(word) > _SHORT_WORD + 1:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _without_derivation(_without_inflection(word))


def _without_inflection(word: str) -> str:
    for ending in ("ing", "ed"):
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= _SHORT_WORD and re.search(r"[aeiouy]", bare):
            if bare.endswith("at"):
                return f"{bare}e"
            doubled = bare[-1] == bare[-2] and bare[-1] not in "ls"
            return bare[:-1] if doubled else bare
    return word


def _without_derivation(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_ROOT:
            word = word.removesuffix(ending)
            break
    if len(word) > _SHORT_WORD + 1:
        word = word.removesuffix("e")
    return word
