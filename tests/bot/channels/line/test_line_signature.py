"""Only what one of our secrets signed comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.line.signature import is_genuine, sign

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_the_published_example_is_signed_as_published():
    assert sign(BODY, SECRET) == SIGNATURE.encode()


@pytest.mark.parametrize("name", ["x-line-signature", "X-Line-Signature", "X-LINE-SIGNATURE"])
def test_any_spelling_of_the_header_is_read(name):
    assert is_genuine(BODY, {name: SIGNATURE}, [SECRET])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "=",
        SIGNATURE.lower(),
        SIGNATURE + " ",
        SIGNATURE[:-1],
        "署名" + SIGNATURE,
        SIGNATURE + "\udcff",
        "1a144a9af987cace0f8bc0f1905e3e11ac9a1f43aab49b5a6718130fd7cc0cbb",
    ],
)
def test_another_value_is_refused(value):
    assert not is_genuine(BODY, {"x-line-signature": value}, [SECRET])


def test_no_header_and_two_headers_are_refused():
    assert not is_genuine(BODY, {}, [SECRET])
    both = [("X-Line-Signature", "AAAA"), ("x-line-signature", SIGNATURE)]
    assert not is_genuine(BODY, both, [SECRET])


def test_both_secrets_count_during_a_rotation_and_an_empty_one_never():
    for signer, secrets in ((SECRET, [SECRET, "old"]), ("old", [SECRET, "old"])):
        assert is_genuine(BODY, {"x-line-signature": sign(BODY, signer).decode()}, secrets)
    unsigned = {"x-line-signature": sign(BODY, "").decode()}
    assert not is_genuine(BODY, unsigned, ["", SECRET])
    assert not is_genuine(BODY, {"x-line-signature": SIGNATURE}, [])


@given(st.binary(max_size=200), st.text(max_size=60))
def test_whatever_comes_is_judged_and_never_raises(body, value):
    assert is_genuine(body, {"x-line-signature": value}, [SECRET]) == (
        value.encode("utf-8", "replace") == sign(body, SECRET)
    )
