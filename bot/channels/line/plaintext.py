"""The small Markdown of answers as the plain text that LINE shows."""

import re

_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((?:tel:([-+0-9()*.]+)|(https?://[^\s()<>]+))\)")
_BULLET = re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE)


def to_plain(markdown: str) -> str:
    """Bold loses its stars, bullets become 「・」, links show where they lead."""
    text = _LINK.sub(_spell_out, markdown)
    text = _BOLD.sub(r"\1", text)
    return _BULLET.sub(r"\1・", text)


def _spell_out(link: re.Match[str]) -> str:
    label, target = link[1], link[2] or link[3]
    # blanks around it, or LINE takes the bracket for a part of the address
    return target if label == target else f"{label}（ {target} ）"
