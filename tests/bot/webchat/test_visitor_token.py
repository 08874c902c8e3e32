"""Tokens that name visitors."""

import pytest

from bot.visitor_token import new_visitor_id, sign_visitor, verify_visitor

KEY = b"k" * 32
ID = "AAAAAAAAAAAAAAAAAAAAAA"


def test_a_signed_token_names_its_visitor():
    assert verify_visitor(sign_visitor(ID, KEY), KEY) == ID


def test_ids_are_long_and_new():
    ids = {new_visitor_id() for _ in range(200)}
    assert {len(one) for one in ids} == {22}
    assert len(ids) == 200


TOKEN = sign_visitor(ID, KEY)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ID,
        f"v1.{ID}.",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN.replace("v1", "v2"),
        TOKEN.replace("AAAA", "AAAB", 1),
        TOKEN + "\n",
        " " + TOKEN,
        TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"),
        sign_visitor(ID, b"other" * 8),
        "v1." + "é" * 22 + "." + "A" * 43,
    ],
)
def test_anything_else_names_nobody(token):
    assert verify_visitor(token, KEY) is None
