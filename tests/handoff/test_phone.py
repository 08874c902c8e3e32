"""A customer's number is read however it is typed, and only numbers we can call are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.phone import (
    BadPhoneError,
    PhoneProblem,
    display_phone,
    mask_phone,
    parse_phone,
    render_phone_problem,
    tel_uri,
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０－１２３４－５６７８", "+819012345678"),
        ("090ー1234ー5678", "+819012345678"),
        ("090 1234 5678です。よろしくお願いします", "+819012345678"),
        ("14時に 09012345678 までお願いします", "+819012345678"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("+81 090 1234 5678", "+819012345678"),
        ("819012345678", "+819012345678"),
        ("(03) 1234-5678", "+81312345678"),
        ("0422-12-3456", "+81422123456"),
        ("050-1234-5678", "+815012345678"),
        ("0120-444-444", "+81120444444"),
        ("0800-123-4567", "+818001234567"),
        ("+1 (212) 555-0123", "+12125550123"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("010-1-212-555-0123", "+12125550123"),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed, expected):
    assert parse_phone(typed) == expected


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", PhoneProblem.MISSING),
        ("あとで送ります", PhoneProblem.MISSING),
        ("x" * 300 + "09012345678", PhoneProblem.MISSING),
        ("090-1234-5678、03-1234-5678", PhoneProblem.SEVERAL),
        ("9012345678", PhoneProblem.NO_AREA_CODE),
        ("1234-5678", PhoneProblem.NO_AREA_CODE),
        ("090-1234-567", PhoneProblem.WRONG_LENGTH),
        ("03-1234-56789", PhoneProblem.WRONG_LENGTH),
        ("00-1234-5678", PhoneProblem.WRONG_LENGTH),
        ("+81 90 1234 567", PhoneProblem.WRONG_LENGTH),
        ("+1234567", PhoneProblem.WRONG_LENGTH),
        ("+1234567890123456", PhoneProblem.WRONG_LENGTH),
        ("0570-000-000", PhoneProblem.NOT_CALLED),
        ("+81 570 000 000", PhoneProblem.NOT_CALLED),
        ("+881 6 1234 5678", PhoneProblem.NOT_CALLED),
        ("+1 900 555 0123", PhoneProblem.NOT_CALLED),
    ],
)
def test_a_number_that_cannot_be_called_back_is_refused_with_its_reason(typed, problem):
    with pytest.raises(BadPhoneError) as refused:
        parse_phone(typed)

    assert refused.value.problem == problem


@pytest.mark.parametrize("problem", PhoneProblem)
def test_every_refusal_tells_what_to_send_instead(problem):
    assert "ください" in render_phone_problem(problem, "ja")
    assert "lease" in render_phone_problem(problem, "en")


@pytest.mark.parametrize(
    ("phone", "shown", "masked"),
    [
        ("+819012345678", "090-1234-5678", "***-****-5678"),
        ("+81312345678", "03-1234-5678", "**-****-5678"),
        ("+81451234567", "045-123-4567", "***-***-4567"),
        ("+81120444555", "0120-444-555", "****-**4-555"),
        ("+818001234567", "0800-123-4567", "****-***-4567"),
        ("+12125550123", "+1 2125550123", "+* ******0123"),
        ("+442079460018", "+44 2079460018", "+** ******0018"),
        ("+3531234567", "+353 1234567", "+*** ***4567"),
    ],
)
def test_a_number_is_shown_and_hidden(phone, shown, masked):
    assert (display_phone(phone), mask_phone(phone)) == (shown, masked)


def test_a_link_calls_the_number():
    assert tel_uri(parse_phone("090-1234-5678")) == "tel:+819012345678"


@given(st.from_regex(r"0[5-9]0[0-9]{8}|0[346]1[0-9]{7}", fullmatch=True))
def test_a_number_shown_is_read_as_the_same_number(national):
    phone = parse_phone(national)

    assert display_phone(phone).replace("-", "") == national
    assert parse_phone(display_phone(phone)) == phone


@given(st.text(alphabet="0123456789+-() ０ー.あ", max_size=300))
def test_any_text_is_a_number_or_a_reason(text):
    try:
        phone = parse_phone(text)
    except BadPhoneError:
        return
    assert parse_phone(phone) == phone
