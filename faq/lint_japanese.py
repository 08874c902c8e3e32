"""Rules for the wording of Japanese answers: conclusion first, short, polite, plain."""

import re
from collections.abc import Iterator, Mapping

from faq.lint_finding import Finding
from faq.lint_sentences import Sentence
from faq.lint_text import AnswerText
from faq.lint_words import (
    CUSHIONS_JA,
    DOUBLE_HONORIFICS,
    JARGON,
    KEIGO_SLIPS,
    PREAMBLES_JA,
    REFUSALS_JA,
)

LONGEST_SENTENCE = 70
MOST_COMMAS = 3
MOST_KANJI = 50
#: What to begin with.
SOFT = "恐れ入りますが"
#: A few words may be all names.
_FEWEST = 30

_PREAMBLE = re.compile("|".join(PREAMBLES_JA))
_REFUSAL = re.compile(REFUSALS_JA)
_CUSHION = re.compile(CUSHIONS_JA)
_NOT_OURS = re.compile(r"か[。？?]|とき|場合|方は|でしょうか|と表示")
_CHAINED = re.compile(r"(?:です|ます|ません|でした|ました)が、")
_PLAIN = re.compile(
    r"(?:である|だった|だ|[かがきぎしちにびみりいっん]た|[んい]だ|ない|なかった|[れせけえめべげてねいきしちりみび]る"
    r"|[わらあなたがか]る|[うくすつぬむゆ]る|しい|たい|きい|すい|よい|良い)[。！]$"
)
_POLITE = re.compile(
    r"(?:です|ます|ました|でした|ません|ましょう|でしょう|ください|下さい|なさい|ませ)"
    r"(?:が|ね|よ|か|ので|から)*[。！？!?]?$"
)
_KANJI = re.compile(r"[一-鿿々]")
_SASETE = re.compile(r"させて(?:いただ|頂)")
_FULL_WIDTH = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+")
_HALF_WIDTH = re.compile(r"[0-9A-Za-z]")
_HALF_KANA = re.compile(r"[ｦ-ﾟ]+")


def check_preamble(answer: AnswerText) -> Iterator[Finding]:
    """The first sentence answers; it does not thank for the question."""
    first = next(iter(answer.sentences), None)
    found = first and _PREAMBLE.search(first.said.rstrip("。！!"))
    if first and found:
        yield answer.found("preamble", first.raw)


def check_sentence_length(answer: AnswerText) -> Iterator[Finding]:
    """One idea a sentence."""
    for sentence in answer.sentences:
        count = len(sentence.bare)
        if count > LONGEST_SENTENCE:
            size = {"count": str(count), "first": str(LONGEST_SENTENCE), "got": "characters"}
            yield answer.found("long-sentence", sentence.raw, **size)


def check_commas(answer: AnswerText) -> Iterator[Finding]:
    """A sentence with many commas holds more than one idea."""
    for sentence in answer.sentences:
        count = sentence.said.count("、")
        if count > MOST_COMMAS:
            yield answer.found("many-commas", sentence.raw, count=str(count))


def check_chains(answer: AnswerText) -> Iterator[Finding]:
    """Sentences that go on with one `が、` after the other; a cushion does not count."""
    for sentence in answer.sentences:
        links = [
            found
            for found in _CHAINED.finditer(sentence.said)
            if not _CUSHION.search(sentence.said[max(0, found.start() - 8) : found.end()])
        ]
        if len(links) > 1:
            yield answer.found("chained-ga", sentence.raw)


def check_endings(answer: AnswerText) -> Iterator[Finding]:
    """です・ます throughout; points of a list may be short."""
    for sentence in answer.sentences:
        said = sentence.said
        if sentence.is_item or not sentence.is_ended or _POLITE.search(said):
            continue
        if _PLAIN.search(said):
            yield answer.found("plain-ending", sentence.raw)


def check_honorifics(answer: AnswerText) -> Iterator[Finding]:
    """One form of respect a verb."""
    yield from _find_words(answer, "double-honorific", DOUBLE_HONORIFICS)
    chains = [each for each in answer.sentences for _ in _SASETE.finditer(each.said)]
    if len(chains) > 1:
        yield answer.found("sasete-chain", chains[1].raw, count=str(len(chains)))


def check_slips(answer: AnswerText) -> Iterator[Finding]:
    """Words that one does not say to customers."""
    yield from _find_words(answer, "keigo-slip", KEIGO_SLIPS)


def check_jargon(answer: AnswerText) -> Iterator[Finding]:
    """Words of the office."""
    yield from _find_words(answer, "jargon", JARGON)


def check_cushions(answer: AnswerText) -> Iterator[Finding]:
    """Bad news comes after a word that softens it, in its sentence or the one before."""
    for sentence, refusal in _refusals(answer):
        place = answer.sentences.index(sentence)
        before = answer.sentences[place - 1].said if place else ""
        if not _CUSHION.search(before + sentence.said[: refusal.start()]):
            yield answer.found("no-cushion", _words_at(sentence, refusal), other=SOFT)


def check_kanji(answer: AnswerText) -> Iterator[Finding]:
    """Kanji make a text hard and heavy."""
    length = len("".join(answer.bare.split()))
    if length < _FEWEST:
        return
    share = round(100 * len(_KANJI.findall(answer.bare)) / length)
    if share > MOST_KANJI:
        yield answer.found("kanji-density", count=str(share), first=str(MOST_KANJI))


def check_width(answer: AnswerText) -> Iterator[Finding]:
    """Letters and digits are half-width, kana full-width."""
    found = _FULL_WIDTH.search(answer.bare)
    if found and _HALF_WIDTH.search(answer.bare):
        yield answer.found("mixed-width", found.group())
    kana = _HALF_KANA.search(answer.bare)
    if kana:
        yield answer.found("half-width-kana", kana.group())


def is_refusal(text: str) -> bool:
    """Whether a text says no."""
    return _REFUSAL.search(text) is not None


def _refusals(answer: AnswerText) -> Iterator[tuple[Sentence, re.Match[str]]]:
    """The sentences that say no, and where; what the customer may meet is not our refusal."""
    for sentence in answer.sentences:
        found = _REFUSAL.search(sentence.said)
        if found and not _NOT_OURS.match(sentence.said, found.end()):
            yield sentence, found


def _words_at(sentence: Sentence, found: re.Match[str]) -> str:
    """The words as written, or the sentence where marks stand between them."""
    return found.group() if found.group() in sentence.raw else sentence.raw


def _find_words(answer: AnswerText, rule: str, table: Mapping[str, str]) -> Iterator[Finding]:
    for pattern, instead in table.items():
        for sentence in answer.sentences:
            found = re.search(pattern, sentence.said)
            if found:
                yield answer.found(rule, _words_at(sentence, found), other=instead)
                break


RULES_JA = (
    check_preamble,
    check_sentence_length,
    check_commas,
    check_chains,
    check_endings,
    check_honorifics,
    check_slips,
    check_jargon,
    check_cushions,
    check_kanji,
    check_width,
)
