"""An article's HTML as the small Markdown of answers: paragraphs, bold, lists, links."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"p", "div", "table", "tr", "section", "article", "blockquote", "pre", "figure", "header"}
    | {"ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_SILENT = frozenset({"script", "style", "head", "title", "iframe", "object", "svg", "noscript"})
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINKS = ("https://", "tel:", "mailto:")
_MARK = re.compile(r"<[a-zA-Z/!][^>]*>")
#: Office programs put these between tags: browsers skip them, the library's parser raises.
_SECTION = re.compile(r"<!\[[^>]*>?")


def to_markdown(text: str) -> str:
    """The text without tags; plain text stays as it is."""
    if not _MARK.search(text):
        return text.strip()
    reader = _Reader()
    reader.feed(_SECTION.sub("", text))
    reader.close()
    lines = (
        re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(reader.parts).split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text; whatever it does not know is left out and its text kept."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._bold = 0
        self._lists: list[int | None] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append(f"\n{self._bullet()} ")
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self._open_link(dict(attrs).get("href") or "")
        if tag in _BLOCKS and tag not in ("ul", "ol"):
            self.parts.append("\n\n" if tag != "tr" else "\n")
        if tag in _BOLD:
            self._bold += 1
            self.parts.append("**")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        if tag in _BOLD and self._bold:
            self._bold -= 1
            self._close_bold()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag == "a" and self._links:
            address = self._links.pop()
            self.parts.append(f"]({address})" if address else "")
        if tag in _BLOCKS:
            self.parts.append("\n\n" if tag != "tr" else "\n")

    def close(self) -> None:
        super().close()
        while self._bold:
            self.handle_endtag("b")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _bullet(self) -> str:
        if self._lists and (count := self._lists[-1]) is not None:
            self._lists[-1] = count + 1
            return f"{count + 1}."
        return "-"

    def _open_link(self, address: str) -> None:
        usable = (
            address if address.startswith(_LINKS) and not re.search(r"[\s()]", address) else ""
        )
        self._links.append(usable)
        self.parts.append("[" if usable else "")

    def _close_bold(self) -> None:
        """A mark that closes must touch its word."""
        while self.parts and self.parts[-1].isspace():
            self.parts.pop()
        if self.parts and self.parts[-1] == "**":
            self.parts.pop()
        else:
            if self.parts:
                self.parts[-1] = self.parts[-1].rstrip()
            self.parts.append("**")
