"""Codes by the clock, as RFC 6238 computes them."""

from urllib.parse import parse_qs, urlsplit

import pytest

from handoff.totp import (
    STEP_MS,
    app_uri,
    code_of,
    find_step,
    parse_code,
    shown_secret,
    step_at,
)

SECRET = b"12345678901234567890"
NOON = 1_800_000_000_000


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_standard(second: int, code: str) -> None:
    step = step_at(second * 1000)
    assert code_of(SECRET, step, 8) == code
    assert code_of(SECRET, step) == code[2:]


@pytest.mark.parametrize(
    ("steps", "known"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_step_of_drift_is_forgiven(steps: int, known: bool) -> None:  # noqa: FBT001 - a table
    step = step_at(NOON) + steps
    assert find_step(SECRET, code_of(SECRET, step), NOON) == (step if known else None)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "🔑", "\x00" * 6])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert find_step(SECRET, code, NOON) is None


def test_a_step_begins_every_thirty_seconds() -> None:
    start = step_at(NOON) * STEP_MS
    assert [step_at(start + ms) - step_at(start) for ms in (0, 29_999, 30_000)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123 456", "123456"),
        ("１２３４５６", "123456"),
        (" 123-456\n", "123456"),
        ("abcd-efgh", "ABCDEFGH"),
        ("ａｂｃｄ", "ABCD"),
    ],
)
def test_a_code_may_be_typed_as_one_likes(typed: str, code: str) -> None:
    assert parse_code(typed) == code


def test_the_app_is_told_all_it_needs() -> None:
    uri = app_uri(SECRET, issuer="こもれび: shop", login="sato@shop.example")
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path.endswith("%3Asato%40shop.example")
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["こもれび  shop"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert shown_secret(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
