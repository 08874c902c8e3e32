"""The language that a customer writes: told by letters, and by the English in the knowledge."""

import re

from faq.matcher import Matcher
from faq.normalize import fold

#: So many Latin words in a row are a sentence.
MANY_WORDS = 4
_SHORTEST = 3

_WORDS = """
address agent am an and any are arrive arrived been broken but buy came can cancel cant change
contact could delivery did didn didnt do does doesn doesnt dont exchange for from get good had has
have hello help hi how human invoice is isnt it lost me morning my need never no not nothing
operator order our payment please price problem question real receive refund return returns send
shipping size someone sorry speak status still talk thank thanks that the there they this to track
tracking want was we were what when where which who why will with wont would wrong yes you your
"""
_ENGLISH = frozenset(_WORDS.split())
_NAMES = re.compile(r"\b[A-Z][A-Za-z]{2,}")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d]")


def detect_language(text: str) -> str | None:
    """Say ja for kana or kanji, en for a common English word or four Latin ones, else None.

    A brand alone tells nothing: who writes PayPay or iPhone 15 Pro may well read Japanese.
    """
    if _JAPANESE.search(text):
        return "ja"
    words = re.findall(r"[a-z]{2,}", text.lower())
    return "en" if len(words) >= MANY_WORDS or _ENGLISH.intersection(words) else None


def choose_language(text: str, matcher: Matcher, *, least: int = 1) -> str | None:
    """The same, and en where so many words stand in no texts but the knowledge's English ones.

    At least half of the words must, and more where the others are names: Nintendo Switch. Those
    with a digit are codes, and short ones stand in every language.
    """
    found = detect_language(text)
    if found:
        return found
    words = [word for word in re.findall(r"[a-z0-9]+", fold(text)) if word.isalpha()]
    words = [word for word in words if len(word) >= _SHORTEST]
    known = [word for word in words if matcher.is_english(word)]
    names = {fold(name) for name in _NAMES.findall(text)}.difference(known)
    share = 2 * len(known) - len(words)
    return "en" if len(known) >= least and (share > 0 or (share == 0 and not names)) else None
