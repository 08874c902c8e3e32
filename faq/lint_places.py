"""Rules for where buttons lead: labels, addresses and phone numbers."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from faq.entry import Button, Entry
from faq.lint_finding import Finding, Path
from faq.lint_sentences import count_characters

#: What LINE takes.
LONGEST_LABEL = 20
LONGEST_URL = 1_000

_SAFE = "/:?#@!$&'()*+,;=-._~[]%"
_TRAILING = re.compile(r"[。、，．,;；：」』）！>]$")
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\[.*\]")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_PRIVATE = (".local", ".localhost", ".internal", ".lan", ".test", ".invalid")
#: National numbers have ten or eleven digits, international ones eight to fifteen.
_NATIONAL = re.compile(r"0[1-9]\d{8,9}")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}")
_SHORT = re.compile(r"1\d{2,3}")


def check_buttons(entry: Entry) -> Iterator[Finding]:
    """Every button in every language."""
    on_line = not entry.channels or "line" in entry.channels
    places: list[tuple[Path, tuple[Button, ...]]] = [(("buttons",), entry.buttons)]
    for lang, translation in entry.translations.items():
        places.append((("translations", lang, "buttons"), translation.buttons))
    for path, buttons in places:
        for place, button in enumerate(buttons):
            yield from _check_button(entry.id, button, (*path, place), on_line=on_line)


def _check_button(
    entry_id: str, button: Button, path: Path, *, on_line: bool
) -> Iterator[Finding]:
    def found(rule: str, key: str, **words: str) -> Finding:
        return Finding(rule=rule, entry_id=entry_id, path=(*path, key), words=words)

    length = count_characters(button.label)
    if on_line and length > LONGEST_LABEL:
        yield found("label-length", "label", text=button.label, count=str(length))
    if button.url is not None:
        length = len(quote(button.url, safe=_SAFE))
        if on_line and length > LONGEST_URL:
            yield found("url-length", "url", count=f"{length:,}")
        if is_doubtful_url(button.url):
            yield found("url-doubtful", "url", text=button.url[:60])
    if button.tel is not None and is_doubtful_tel(button.tel):
        yield found("tel-doubtful", "tel", text=button.tel)


def is_doubtful_url(url: str) -> bool:
    """An address that a customer's phone will hardly open."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return True
    return (
        parts.scheme != "https"
        or _TRAILING.search(url) is not None
        or _ADDRESS.fullmatch(host) is not None
        or host.endswith(_PRIVATE)
        or (host.isascii() and _HOST.fullmatch(host) is None)
    )


def is_doubtful_tel(tel: str) -> bool:
    """A number that cannot be called: digits are missing, or `0` follows the country code."""
    digits = re.sub(r"[() -]", "", tel)
    # between +81 and the area code the leading 0 goes; `(0)` is how some write it
    if re.match(r"\+81-?\(?0", tel.replace(" ", "")):
        return True
    return not any(form.fullmatch(digits) for form in (_NATIONAL, _INTERNATIONAL, _SHORT))
