"""Rules for the wording of English answers: plain, short, and sorry before bad news."""

import re
from collections.abc import Iterator

from faq.lint_finding import Finding
from faq.lint_sentences import Sentence
from faq.lint_text import AnswerText
from faq.lint_words import ACRONYMS, COURTESIES_EN, CUSHIONS_EN, PREAMBLES_EN, REFUSALS_EN

MOST_WORDS = 30
#: What to begin with.
SOFT = "We are sorry"

_PREAMBLE = re.compile("|".join(PREAMBLES_EN), re.IGNORECASE)
_REFUSAL = re.compile(REFUSALS_EN, re.IGNORECASE)
_CUSHION = re.compile(CUSHIONS_EN, re.IGNORECASE)
_COURTESY = re.compile(COURTESIES_EN, re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|when|in case|should)\b[^,;]*$", re.IGNORECASE)
_AFTERWARDS = re.compile(r"[;:–—]|\bbut\b|\bplease\b|\bunless\b", re.IGNORECASE)
#: One long word, or several side by side, letters only.
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?:\s+[A-Z]{2,})+\b|\b[A-Z]{5,}\b")


def check_preamble(answer: AnswerText) -> Iterator[Finding]:
    """The first sentence answers."""
    first = next(iter(answer.sentences), None)
    if first and _PREAMBLE.search(first.said):
        yield answer.found("preamble", first.raw)


def check_sentence_length(answer: AnswerText) -> Iterator[Finding]:
    """One idea a sentence."""
    for sentence in answer.sentences:
        count = len(sentence.bare.split())
        if count > MOST_WORDS:
            size = {"count": str(count), "first": str(MOST_WORDS), "got": "words"}
            yield answer.found("long-sentence", sentence.raw, **size)


def check_cushions(answer: AnswerText) -> Iterator[Finding]:
    """Sorry, or unfortunately, in the sentence that says no or in the one before."""
    before = ""
    for sentence in answer.sentences:
        found = find_refusal(sentence)
        if found and not _CUSHION.search(before + " " + sentence.said):
            quote = found.group() if found.group() in sentence.raw else sentence.raw
            yield answer.found("no-cushion", quote, other=SOFT)
        before = sentence.said


def check_capitals(answer: AnswerText) -> Iterator[Finding]:
    """Nobody likes to be shouted at."""
    for sentence in answer.sentences:
        for found in _CAPITALS.finditer(sentence.said):
            if not set(found.group().split()) <= ACRONYMS:
                yield answer.found("all-caps", found.group())


def find_refusal(sentence: Sentence) -> re.Match[str] | None:
    """Where a sentence says no; what a customer may meet is not our refusal."""
    found = _REFUSAL.search(sentence.said)
    return None if found and _CONDITION.search(sentence.said[: found.start()]) else found


def leads_on(sentence: Sentence) -> bool:
    """Whether a sentence says more than no, or says what is possible after it."""
    refusal = find_refusal(sentence)
    if refusal is None:
        return not _COURTESY.search(sentence.said)
    return bool(_AFTERWARDS.search(sentence.said, refusal.end()))


RULES = (check_preamble, check_sentence_length, check_cushions, check_capitals)
