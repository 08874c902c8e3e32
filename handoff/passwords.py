"""Which passwords are accepted: long ones that nobody guesses; typed as they are."""

from handoff.errors import WeakPassword

SHORTEST = 12
#: Longer ones are refused rather than cut.
LONGEST = 256
_FEWEST_DIFFERENT = 5
_RUN = 6
#: What long passwords are most often made of.
_COMMON = (
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pass1234",
    "qwerty",
    "qwertz",
    "azerty",
    "asdfgh",
    "zxcvbn",
    "1q2w3e",
    "q1w2e3",
    "qazwsx",
    "1qaz2wsx",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "dragon",
    "monkey",
    "master",
    "superman",
    "trustno1",
    "changeme",
    "default",
    "secret",
    "sakura",
    "doraemon",
    "pokemon",
    "arigatou",
    "konnichiwa",
    "aishiteru",
    "nippon",
    "tokyo",
    "madoguchi",
)
#: Put before or behind a word, these fool nobody.
_TRIMMINGS = "0123456789!?.#*-_ "
_ORDERED = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "あいうえおかきくけこ",
)


def check_password(password: str, *, login: str) -> None:
    """Raise WeakPassword, saying what to do, when a password is too easy to guess."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Use at least {SHORTEST} characters; several words are fine.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST} characters.")
    if any("\ud800" <= char <= "\udfff" for char in password):
        raise WeakPassword("This contains a character that cannot be stored.")
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_DIFFERENT:
        raise WeakPassword("Use more different characters.")
    if len(_unguessable(plain, login.casefold())) < SHORTEST / 2:
        raise WeakPassword(
            "This is among the first ones to be guessed. Use several words that do not belong"
            " together."
        )


def _unguessable(plain: str, login: str) -> str:
    """What is left without common passwords, the login name, and runs of the keyboard."""
    for known in sorted((*_COMMON, login), key=len, reverse=True):
        if len(known) > 2:  # noqa: PLR2004 - a login name of two letters is in every word
            plain = plain.replace(known, "\n")
    for ordered in (*_ORDERED, *(one[::-1] for one in _ORDERED)):
        for start in range(len(ordered) - _RUN + 1):
            plain = plain.replace(ordered[start : start + _RUN], "\n")
    rest = plain.replace("\n", "").strip(_TRIMMINGS)
    # what only repeats itself counts once
    period = (rest + rest).find(rest, 1)
    return rest[:period] if rest else ""
