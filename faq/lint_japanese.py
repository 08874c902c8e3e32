"""Rules for the wording of Japanese answers: conclusion first, short, polite, plain."""

import re
from collections.abc import Iterator, Mapping

from faq.lint_finding import Finding
from faq.lint_sentences import Sentence
from faq.lint_text import AnswerText
from faq.lint_words import (
    COURTESIES_JA,
    CUSHIONS_JA,
    DOUBLE_HONORIFICS,
    JARGON,
    KEIGO_SLIPS,
    PLAIN_ENDINGS,
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
_COURTESY = re.compile(COURTESIES_JA)
_NOT_OURS = re.compile(r"か[。？?]|とき|場合|方は|でしょうか|でした|と表示")
_CHAINED = re.compile(r"(?:です|ます|ません|でした|ました)が、")
_PLAIN = re.compile(rf"(?:{PLAIN_ENDINGS})[。！!]$")
_NOT_PLAIN = re.compile(r"(?:あなた|ありがとう|ひとつ|いくつ|または|ふだ|まだ|ただ)[。！!]$")
_POLITE = re.compile(
    r"(?:です|ます|ました|でした|ません|ましょう|でしょう|ください|下さい|なさい|ませ)"
    r"(?:が|ね|よ|か|ので|から)*[。！？!?]?$"
)
#: A loan word inside a longer one is another word.
_JARGON = {
    rf"(?<![ァ-ヺー]){word}(?![ァ-ヺー])" if re.fullmatch(r"[ァ-ヺー]+", word) else word: instead
    for word, instead in JARGON.items()
}
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
        if _PLAIN.search(said) and not _NOT_PLAIN.search(said):
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
    yield from _find_words(answer, "jargon", _JARGON)


def check_cushions(answer: AnswerText) -> Iterator[Finding]:
    """Bad news comes after a word that softens it, in its sentence or the one before."""
    before = ""
    for sentence in answer.sentences:
        refusal = find_refusal(sentence)
        if refusal and not _CUSHION.search(before + sentence.said[: refusal.start()]):
            yield answer.found("no-cushion", _words_at(sentence, refusal), other=SOFT)
        before = sentence.said


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


def find_refusal(sentence: Sentence) -> re.Match[str] | None:
    """Where a sentence says no; what a customer may meet is not our refusal."""
    found = _REFUSAL.search(sentence.said)
    return None if found and _NOT_OURS.match(sentence.said, found.end()) else found


def leads_on(sentence: Sentence) -> bool:
    """Whether a sentence says more than no, or says what is possible after it."""
    refusal = find_refusal(sentence)
    rest = sentence.said[refusal.end() :].lstrip("が、。 ") if refusal else sentence.said
    return bool(rest) and not (_COURTESY.search(rest) or _REFUSAL.search(rest))


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


RULES = (
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
