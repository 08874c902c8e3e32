"""An answer as its reader sees it: sentences without marks, each with the words as written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ITEM = re.compile(r"\s*(?:[-*•・]\s*|\d{1,2}[.)．]\s+)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
_MARKS = re.compile(r"\*\*|`")
_QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』|“[^“”]*”|\"[^\"]*\"")
_OPEN, _CLOSE = "「『（(［[", "」』）)］]"
_ENGLISH_END = re.compile(r"(?<=[.!?])[)\"”’*]*\s+(?=[A-Z0-9\"“(*])")
#: What counts as one character to a reader: marks, joined pictures and flags go with the first.
_CLUSTER = re.compile(
    "\r\n|[\U0001f1e6-\U0001f1ff]{2}|.(?:[\u0300-\u036f\u3099\u309a\uff9e\uff9f\u20e3\ufe00-\ufe0f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d.)*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an answer."""

    #: as written
    raw: str
    #: without Markdown
    bare: str
    #: without Markdown and without what stands in quotation marks
    said: str
    #: the point of a list
    is_item: bool
    #: ends with a full stop or the like
    is_ended: bool


def plain_text(text: str) -> str:
    """The text without Markdown."""
    return _MARKS.sub("", _LINK.sub(r"\1", text))


def without_quotes(text: str) -> str:
    """The text with empty quotation marks: what a button is called is no sentence of ours."""
    return _QUOTED.sub(lambda found: found.group()[0] + found.group()[-1], text)


def split_sentences(text: str, lang: str) -> list[Sentence]:
    """The sentences, line by line."""
    return [
        _sentence(part.strip(), is_item=place == 0 and is_item)
        for line in text.split("\n")
        for rest, is_item in [_strip_item(line)]
        for place, part in enumerate(_cut(rest, lang))
        if part.strip()
    ]


def _strip_item(line: str) -> tuple[str, bool]:
    found = _ITEM.match(line)
    # `**bold**` at the start of a line is no point of a list
    if found is None or line.lstrip().startswith("**"):
        return line, False
    return line[found.end() :], True


def _cut(line: str, lang: str) -> list[str]:
    return list(_cut_japanese(line)) if lang == "ja" else _ENGLISH_END.split(line)


def _cut_japanese(line: str) -> Iterator[str]:
    """Full stops inside brackets and quotation marks end nothing."""
    start = depth = 0
    for place, letter in enumerate(line):
        if letter in _OPEN:
            depth += 1
        elif letter in _CLOSE:
            depth = max(depth - 1, 0)
        elif letter in "。！？!?" and not depth:
            yield line[start : place + 1]
            start = place + 1
    yield line[start:]


def _sentence(raw: str, *, is_item: bool) -> Sentence:
    bare = plain_text(raw)
    return Sentence(
        raw=raw,
        bare=bare,
        said=without_quotes(bare),
        is_item=is_item,
        is_ended=bare.endswith(("。", "！", "？", "!", "?", ".")),
    )


def count_characters(text: str) -> int:
    """Characters as people, and LINE's labels, count them."""
    return sum(1 for _ in _CLUSTER.finditer(text))
