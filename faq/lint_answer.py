"""Rules for answers in any language: length, links, bold, and never a dead end."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from faq import lint_english, lint_japanese
from faq.entry import Entry
from faq.lint_finding import Finding
from faq.lint_places import is_doubtful_tel, is_doubtful_url
from faq.lint_sentences import count_characters
from faq.lint_text import AnswerText, answers_of

#: Characters that are read at once: on a phone in LINE, and in the chat of a web page.
LONGEST_JA = {"LINE": 170, "Web": 300}
LONGEST_OTHER = {"LINE": 300, "Web": 500}

_WORDING = {"ja": lint_japanese, "en": lint_english}
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?\s*([^()\s<>]*)[^()]*\)")
#: What somebody meant as a link, and what a link must look like.
_MEANT = re.compile(
    r"[\[［][^\[\]［］\n]*[\]］][\s\u3000]{0,3}[(（]\s{0,3}<?(?:https?:|tel:|mailto:)[^)）\n]*[)）]?"
)
_PROPER = re.compile(r"\[[^\[\]]*[^\[\]\s][^\[\]]*\]\(\s*<?[^)\s]*>?(?:\s+\"[^\"]*\")?\s*\)")
_BROKEN = (
    re.compile(r"\[[^\[\]\n]+\]\([^):\n./]*[./][^):\n]*\)"),
    re.compile(r"\[\s*\]\([^)\n]*\)"),
    re.compile(r"\(https?:[^)\n]*\)\[[^\]\n]+\]"),
)


def check_answers(entry: Entry) -> Iterator[Finding]:
    """Everything about the wording of an entry's answers."""
    for answer in answers_of(entry):
        for rule in (check_length, check_links, check_bold, check_dead_end):
            yield from rule(answer)
        wording = _WORDING.get(answer.lang)
        for rule in wording.RULES if wording else ():
            yield from rule(answer)


def check_length(answer: AnswerText) -> Iterator[Finding]:
    """As long as the narrowest channel that serves it allows."""
    channels = answer.entry.channels
    channel = "LINE" if not channels or "line" in channels else "Web"
    longest = (LONGEST_JA if answer.lang == "ja" else LONGEST_OTHER)[channel]
    count = count_characters(answer.bare)
    if count > longest:
        yield answer.found("answer-length", count=str(count), first=str(longest), got=channel)


def check_links(answer: AnswerText) -> Iterator[Finding]:
    """Links that work, and lead to what can be opened."""
    meant = (each for each in _MEANT.finditer(answer.text) if not _PROPER.fullmatch(each.group()))
    others = (each for pattern in _BROKEN for each in pattern.finditer(answer.text))
    for broken in (*meant, *others):
        quote = broken.group().strip()
        yield answer.found("broken-link", quote, text=quote[:60])
        break
    for found in _LINK.finditer(answer.text):
        target = found[2]
        scheme = urlsplit(target).scheme.lower() if ":" in target else ""
        if scheme in ("http", "https") and is_doubtful_url(target):
            yield answer.found("url-doubtful", target, text=target[:60])
        elif scheme == "tel" and is_doubtful_tel(target[4:]):
            yield answer.found("tel-doubtful", target, text=target[4:64])


def check_bold(answer: AnswerText) -> Iterator[Finding]:
    """Every `**` has its partner in its paragraph."""
    for paragraph in re.split(r"\n\s*\n", answer.text):
        if paragraph.count("**") % 2:
            yield answer.found("broken-bold", "**")
            return


def check_dead_end(answer: AnswerText) -> Iterator[Finding]:
    """After a no there is a way on."""
    entry, wording = answer.entry, _WORDING.get(answer.lang)
    if wording is None or entry.next_ids or entry.buttons or entry.escalate:
        return
    refused = next((each for each in answer.sentences if wording.find_refusal(each)), None)
    if refused and "](" not in answer.text and not any(map(wording.leads_on, answer.sentences)):
        yield answer.found("dead-end", refused.raw)
