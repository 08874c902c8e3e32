"""The small Markdown of answers as HTML, the way the chat's own script shows it."""

import re
from html import escape

from markupsafe import Markup

# an address ends before the punctuation of the sentence around it
_ADDRESS = r"https?://[^\s<>\"'、。」）)\]]*[^\s<>\"'、。」）)\].,:;!?]"
_INLINE = re.compile(
    rf"\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\(((?:https?://|tel:|mailto:)[^\s)]+)\)|({_ADDRESS})"
)
_BULLET = re.compile(r"\s*[-*]\s+(.*)")
_NUMBER = re.compile(r"\s*(\d{1,3})[.)]\s+(.*)")


def render_answer(text: str) -> Markup:
    """Paragraphs, **bold**, lists and links; everything else is shown as it is written."""
    out: list[str] = []
    #: the element that is open: p, ul or ol
    open_tag = ""
    for line in text.rstrip().split("\n"):
        bullet = _BULLET.fullmatch(line)
        number = None if bullet else _NUMBER.fullmatch(line)
        tag = "ul" if bullet else "ol" if number else "p" if line.strip() else ""
        if tag != open_tag:
            out += [f"</{open_tag}>"] * bool(open_tag)
            start = f' start="{int(number[1])}"' if number else ""
            out += [f"<{tag}{start}>"] * bool(tag)
        elif tag == "p":
            out.append("<br>")
        open_tag = tag
        if bullet or number:
            said = bullet[1] if bullet else number[2] if number else ""
            out.append(f"<li>{_inline(said)}</li>")
        elif tag:
            out.append(_inline(line))
    out += [f"</{open_tag}>"] * bool(open_tag)
    return Markup("".join(out))  # noqa: S704 - every part was escaped on its way in


def to_summary(text: str, most: int) -> str:
    """The text in one line without marks, at most so many characters."""
    line = re.sub(r"\s+", " ", re.sub(r"<br>|</(p|li)>", " ", render_answer(text)))
    plain = Markup(line).striptags()  # noqa: S704 - made of escaped text
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _inline(text: str) -> str:
    parts: list[str] = []
    begin = 0
    for found in _INLINE.finditer(text):
        parts.append(escape(text[begin : found.start()]))
        begin = found.end()
        bold, label, target, bare = found.groups()
        if bold is not None:
            parts.append(f"<strong>{escape(bold)}</strong>")
        else:
            parts.append(_link(target or bare, label or bare))
    parts.append(escape(text[begin:]))
    return "".join(parts)


def _link(address: str, label: str) -> str:
    away = ' rel="noopener noreferrer"' if address.startswith("http") else ""
    return f'<a href="{escape(address)}"{away}>{escape(label)}</a>'
