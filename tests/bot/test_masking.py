"""Card numbers and My Numbers never reach a store; everything else does, unchanged."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import MY_NUMBER_MASK, Masked, is_my_number, mask_phones, mask_text
from tests.hang import no_hang

CARD = frozenset({"card"})
MY_NUMBER = frozenset({"my_number"})
SEPARATORS = ["", " ", "-", "\u3000", "\n", "\r\n", " - ", "－", "\u200b", "\xa0"]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def luhn_digit(payload):
    total = 0
    for place, digit in enumerate(reversed(payload)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += sum(map(int, str(value)))
    return str(-total % 10)


def my_number_digit(payload):
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(d) * w for d, w in zip(payload, weights, strict=True)) % 11
    return "0" if rest <= 1 else str(11 - rest)


def grouped(digits, sizes, separator):
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return separator.join(part for part in parts if part)


@pytest.mark.parametrize(
    ("sent", "stored", "found"),
    [
        ("カードは 4111-1111-1111-1111 です", "カードは ****-****-****-1111 です", CARD),
        ("4111111111111111", "************1111", CARD),
        ("４１１１　１１１１　１１１１　１１１１", "****　****　****　１１１１", CARD),
        ("4111 1111\n1111 1111", "**** ****\n**** 1111", CARD),
        ("3782-822463-10005", "****-******-*0005", CARD),
        ("3056 930902 5904", "**** ****** 5904", CARD),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "* * * * * * * * * * * * 1 1 1 1", CARD),
        ("4111 1111 1111 1111 12/27 123", "**** **** **** 1111 12/27 123", CARD),
        ("4111111111111111 123", "************1111 123", CARD),
        ("2026 4111 1111 1111 1111", "2026 **** **** **** 1111", CARD),
        ("4111 1111 1111 1111\n090-1234-5678", "**** **** **** 1111\n090-1234-5678", CARD),
        (
            "1234 5678 9012 3452\n090-1234-5678",
            "**** **** **** 3452\n090-1234-5678",
            CARD,
        ),
        (
            "5555555555554444\n378282246310005",
            "************4444\n***********0005",
            CARD,
        ),
        ("4️⃣1️⃣1️⃣1️⃣ 1111 1111 1111", "*️⃣*️⃣*️⃣*️⃣ **** **** 1111", CARD),
        ("マイナンバーは1234 5678 9018です", "マイナンバーは[個人番号]です", MY_NUMBER),
        ("１２３４ー５６７８ー９０１８", "[個人番号]", MY_NUMBER),
        ("①②③④⑤⑥⑦⑧⑨⓪18", "[個人番号]", MY_NUMBER),
        ("1234\n5678\n9018", "[個人番号]", MY_NUMBER),
        ("1234 5678 9018\n090-1234-5678", "[個人番号]\n090-1234-5678", MY_NUMBER),
        (
            "123456789018と4111111111111111",
            "[個人番号]と************1111",
            CARD | MY_NUMBER,
        ),
    ],
)
def test_a_number_that_must_not_be_stored_is_hidden(sent, stored, found):
    assert mask_text(sent) == Masked(text=stored, found=found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "注文番号は 4111-1111-1111-1112 です",
        "1234 5678 9019",
        "090-1234-5678",
        "03-1234-5678\n090-3412-5678\n0120-444-444",
        "+81-90-1234-5676",
        "+81 3 1234 5678",
        "81 90 1234 5676",
        "09012345678 14",
        "03-1234-5678 1233",
        "1234 5678 9012 3452 99",
        "2026-11-24 10:30:00",
        "〒100-0001 千代田1-1-1",
        "M-7K2Q",
        "41111111111111110",
        "4111.1111.1111.1111",
        "👨‍👩‍👧 \u202eRTL\u202c\x07",
    ],
)
def test_other_numbers_and_texts_stay_exactly(text):
    assert mask_text(text) == Masked(text=text)


def test_the_published_example_of_a_my_number_is_valid():
    assert is_my_number("123456789018")
    assert not is_my_number("123456789012")
    assert not is_my_number("12345678901")


def draw_card(draw):
    length = draw.choice([14, 15, 16])
    payload = "".join(draw.choice("0123456789") for _ in range(length - 1))
    return payload + luhn_digit(payload)


def usual_groups(digits):
    return {14: (4, 6, 4), 15: (4, 6, 5), 16: (4, 4, 4, 4), 12: (4, 4, 4)}[len(digits)]


def dress(draw, digits):
    shape = draw.choice([(len(digits),), usual_groups(digits), (8, 8), (1,) * len(digits)])
    text = grouped(digits, shape, draw.choice(SEPARATORS))
    return text.translate(WIDE) if draw.random() < 0.3 else text


def test_of_ten_thousand_valid_numbers_none_is_missed():
    draw = Random(41)  # noqa: S311 - a seed makes it repeatable
    missed = 0
    for turn in range(10_000):
        payload = "".join(draw.choice("0123456789") for _ in range(11))
        card = turn % 2 == 0
        digits = draw_card(draw) if card else payload + my_number_digit(payload)
        masked = mask_text(f"番号は{dress(draw, digits)}です。")
        missed += masked.found != (CARD if card else MY_NUMBER)
        if masked.found and not card:
            assert masked.text == f"番号は{MY_NUMBER_MASK}です。"
    assert missed == 0


def test_of_ten_thousand_numbers_with_a_wrong_check_digit_none_is_hidden():
    draw = Random(42)  # noqa: S311 - a seed makes it repeatable
    for turn in range(10_000):
        payload = "".join(draw.choice("0123456789") for _ in range(11))
        valid = draw_card(draw) if turn % 2 == 0 else payload + my_number_digit(payload)
        wrong = valid[:-1] + str((int(valid[-1]) + draw.randrange(1, 10)) % 10)
        text = f"注文番号 {dress(draw, wrong)} の件"
        assert mask_text(text) == Masked(text=text)


def draw_phone(draw):
    def digits(count):
        return "".join(draw.choice("0123456789") for _ in range(count))

    return draw.choice(
        [
            f"0{draw.choice('789')}0-{digits(4)}-{digits(4)}",
            f"0{draw.choice('789')}0{digits(8)}",
            f"0{draw.choice('36')}-{digits(4)}-{digits(4)}",
            f"04{draw.choice('2357')}-{digits(3)}-{digits(4)}",
            f"0{digits(1).replace('0', '4')}{digits(2)}-{digits(2)}-{digits(4)}",
            f"0120-{digits(3)}-{digits(3)}",
            f"+81-{draw.choice('789')}0-{digits(4)}-{digits(4)}",
            f"81 3 {digits(4)} {digits(4)}",
        ]
    )


def test_no_telephone_number_is_hidden_alone_or_beside_another():
    draw = Random(43)  # noqa: S311 - a seed makes it repeatable
    for _ in range(10_000):
        phones = [draw_phone(draw) for _ in range(draw.choice([1, 1, 2, 3]))]
        text = draw.choice([" ", "\n", "、", " / "]).join(phones)
        assert mask_text(text) == Masked(text=text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("090-1234-5678です", "***-****-5678です"),
        ("TEL０３（代）", "TEL０３（代）"),
        ("０９０１２３４５６７８", "*******５６７８"),
        ("03-1234-5678\n0120-444-555", "**-****-5678\n****-**4-555"),
        ("+81-90-1234-5678 と 81 3 1234 5678", "+**-**-****-5678 と ** * **** 5678"),
        ("注文 12345678901、2026-11-24 10:30", "注文 12345678901、2026-11-24 10:30"),
        ("〒100-0001 千代田1-1-1", "〒100-0001 千代田1-1-1"),
    ],
)
def test_telephone_numbers_are_hidden_where_a_text_leaves_the_desk(text, shown):
    assert mask_phones(text) == shown


def test_of_ten_thousand_telephone_numbers_none_leaves_the_desk():
    draw = Random(44)  # noqa: S311 - a seed makes it repeatable
    for _ in range(10_000):
        phone = draw_phone(draw)
        digits = sum(map(str.isdigit, phone))
        shown = mask_phones(f"電話は{phone}です")
        assert sum(map(str.isdigit, shown)) == 4, phone
        assert shown.count("*") == digits - 4


@given(st.text(alphabet=st.sampled_from("0123456789 -\n０１あ①+"), max_size=60))
def test_only_digits_and_my_numbers_change(text):
    masked = mask_text(text)

    assert len(mask_phones(text)) == len(text)
    if "my_number" not in masked.found:
        assert len(masked.text) == len(text)
        assert all(new in {old, "*"} for new, old in zip(masked.text, text, strict=True))
    if not masked.found:
        assert masked.text == text


@pytest.mark.parametrize(
    "text",
    [
        "1-" * 10000,
        "4-" * 10000,
        "0 " * 10000,
        "4" * 20000,
        "4111 " * 4000,
        "①" * 20000,
        "-" * 20000,
        "4 - " * 5000,
        "0312345678 " * 1800,
        "4\n\n\n\n" * 4000,
    ],
    ids=lambda text: repr(text[:11]),
)
def test_hostile_texts_are_masked_all_the_same(text):
    # they take some 30 ms; anything that grows with the square would take minutes at this length
    with no_hang():
        assert mask_text(text * 5).found <= CARD | {"my_number"}
