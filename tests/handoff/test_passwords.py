"""Which passwords are accepted, and which are said to be too easy."""

import pytest

from handoff.errors import WeakPassword
from handoff.passwords import check_password


@pytest.mark.parametrize(
    "password",
    [
        "mikan to neko 42",
        "みかんとねこがすきなひと",
        "correct horse battery staple",
        "x" * 3 + "Tr0ub4dor&3 and more",
        " spaces at both ends count ",
        "fuyu no yoru wa nagai " * 11,
    ],
)
def test_long_passwords_of_any_kind_are_accepted_as_typed(password: str):
    check_password(password, login="sato")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "passwordpassword",
        "Password12345678",
        "P@ssw0rd2026!!!!",
        "123456789012",
        "qwertyuiop1234",
        "abcdefghijklmnop",
        "satosatosato2026",
        "madoguchi-admin-1",
        "mikanmikan12",
        "a" * 257,
        "half a pair \ud83d here",
    ],
)
def test_what_is_guessed_first_or_cannot_be_stored_is_refused(password: str):
    with pytest.raises(WeakPassword):
        check_password(password, login="sato")


def test_the_refusal_says_what_to_do():
    with pytest.raises(WeakPassword, match="Use at least 12 characters"):
        check_password("short", login="sato")
