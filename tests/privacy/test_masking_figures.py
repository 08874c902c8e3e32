"""How often a number slips through, and how often something else is hidden: figures with bounds.

docs/reliability.md tells them; a change that makes one worse fails here.
"""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from bot.masking import mask_text

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
COUNT = 10_000
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
NEXT_MESSAGE = "\x00"
BETWEEN = (" ", "-", "\u3000", "－", "\n", "\r\n", " - ", "\u200b")


def luhn(payload: str) -> str:
    total = sum(
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(reversed(payload))
    )
    return str(-total % 10)


def my_number(payload: str) -> str:
    weighted = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(payload), 1)
    )
    rest = weighted % 11
    return "0" if rest <= 1 else str(11 - rest)


def digits(draw: Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def card(draw: Random) -> str:
    """As issuers begin them."""
    start, length = draw.choice(
        [("4", 16), ("51", 16), ("35", 16), ("34", 15), ("37", 15), ("36", 14)]
    )
    payload = start + digits(draw, length - 1 - len(start))
    return payload + luhn(payload)


def person(draw: Random) -> str:
    payload = digits(draw, 11)
    return payload + my_number(payload)


def either(draw: Random) -> str:
    return card(draw) if draw.random() < 0.5 else person(draw)


def usual(number: str) -> list[str]:
    sizes = {14: (4, 6, 4), 15: (4, 6, 5), 16: (4, 4, 4, 4), 12: (4, 4, 4)}[len(number)]
    found, start = [], 0
    for size in sizes:
        found.append(number[start : start + size])
        start += size
    return found


def anyhow(draw: Random, number: str) -> str:
    """Groups of any size with anything between them, in any width."""
    text = number[0]
    for digit in number[1:]:
        text += (draw.choice(BETWEEN) if draw.random() < 0.25 else "") + digit
    return text.translate(WIDE) if draw.random() < 0.3 else text


def is_told(draw: Random, text: str, number: str) -> bool:
    """Whether more than the last four digits of a card, or any of a My Number, can be read."""
    masked = "".join(mask_text(one).text for one in text.split(NEXT_MESSAGE))
    plain = re.sub(r"\D", "", masked.translate({wide: digit for digit, wide in WIDE.items()}))
    return number[:-4] in plain or (len(number) == 12 and number[4:] in plain)


def rate(seed: int, tell: Callable[[Random], tuple[str, str]]) -> float:
    draw = Random(seed)  # noqa: S311 - a seed makes it repeatable
    told = 0
    for _ in range(COUNT):
        text, number = tell(draw)
        told += is_told(draw, text, number)
    return 100 * told / COUNT


def alone(draw: Random) -> tuple[str, str]:
    number = either(draw)
    return (
        f"番号は{draw.choice([number, ' '.join(usual(number)), '-'.join(usual(number))])}です",
        number,
    )


def spread(draw: Random) -> tuple[str, str]:
    number = either(draw)
    return f"番号は{anyhow(draw, number)}です", number


def lines(draw: Random) -> tuple[str, str]:
    number = either(draw)
    return "番号は\n" + "\n".join(usual(number)), number


def with_code(draw: Random) -> tuple[str, str]:
    number = card(draw)
    return (
        f"{' '.join(usual(number))} {digits(draw, 2)}/{digits(draw, 2)} {digits(draw, 3)}",
        number,
    )


def with_phone(draw: Random) -> tuple[str, str]:
    number = either(draw)
    return f"{'-'.join(usual(number))}\n090-{digits(draw, 4)}-{digits(draw, 4)}", number


def halves(draw: Random) -> tuple[str, str]:
    number = either(draw)
    return f"{number[:8]}{NEXT_MESSAGE}{number[8:]}", number


def dots(draw: Random) -> tuple[str, str]:
    number = either(draw)
    return ".".join(usual(number)), number


MISSES = {
    "in one piece, or grouped as printed": (alone, 0.0),
    "groups of any size, any width, any separator": (spread, 0.6),
    "a line for each group": (lines, 0.0),
    "a card with its date and security code behind it": (with_code, 0.0),
    "above a telephone number": (with_phone, 0.0),
    "with dots between the groups": (dots, 100.0),
    "half in one message, half in the next": (halves, 100.0),
}


def hits(seed: int, tell: Callable[[Random], str]) -> float:
    draw = Random(seed)  # noqa: S311 - a seed makes it repeatable
    return 100 * sum(bool(mask_text(tell(draw)).found) for _ in range(COUNT)) / COUNT


def wrong(draw: Random) -> str:
    number = either(draw)
    return number[:-1] + str((int(number[-1]) + draw.randrange(1, 10)) % 10)


def phones(draw: Random) -> str:
    first, second = (f"{digits(draw, 4)}-{digits(draw, 4)}" for _ in range(2))
    return f"090-{first} 03-{second}"


def moment(draw: Random) -> str:
    date = f"2026-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    return f"{date} 10:{digits(draw, 2)} {draw.randrange(1, 99)},{digits(draw, 3)}円"


HITS = {
    "a card or My Number with a wrong check digit": (wrong, 0.0),
    "order numbers of 12 digits": (lambda draw: f"注文番号 {digits(draw, 12)}", 10.5),
    "order numbers of 13 digits": (lambda draw: f"注文番号 {digits(draw, 13)}", 0.0),
    "order numbers of 16 digits": (lambda draw: f"注文番号 {digits(draw, 16)}", 10.5),
    "telephone numbers, two in a row": (phones, 0.0),
    "a date, a time and an amount": (moment, 0.0),
}


def told(name: str) -> float:
    """The figure on the page."""
    found = re.search(rf"\| {re.escape(name)} \| ([\d.]+) % \|", PAGE.read_text(encoding="utf-8"))
    assert found, name
    return float(found[1])


@pytest.mark.promise("P38")
@pytest.mark.parametrize("name", MISSES)
def test_misses_stay_within_the_figures_that_are_told(name: str) -> None:
    tell, bound = MISSES[name]
    assert rate(7, tell) <= bound
    assert told(name) == bound


@pytest.mark.promise("P38")
@pytest.mark.parametrize("name", HITS)
def test_false_hits_stay_within_the_figures_that_are_told(name: str) -> None:
    tell, bound = HITS[name]
    assert hits(11, tell) <= bound
    assert told(name) == bound
