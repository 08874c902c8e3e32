"""A customer's telephone number for a callback: read it, check it, show it, hide it."""

import re
import unicodedata
from enum import StrEnum

_LONGEST_TEXT = 200
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー~〜", "-"))
#: One number within what was typed; letters and words may stand around it.
_NUMBER = re.compile(r"\+?[ (]{0,2}\d(?:[\s\-()./\u200b\u00ad]{0,3}\d)*")
_ABROAD_PREFIX = re.compile(r"010(?=[1-9]\d{7,14}\Z)")
_SHORTEST_ABROAD = 8
_LONGEST_ABROAD = 15
_JAPAN = "81"
_SHOWN_DIGITS = 4

_MOBILE = re.compile(r"0[5-9]0\d{8}")
_FREE_LONG = re.compile(r"0800\d{7}")
_TEN_DIGITS = re.compile(r"0[1-9]\d{8}")
#: Numbers that bill the caller extra or reach no person: 0570, 0990, 0180, M2M and pagers 020.
_NOT_CALLED = re.compile(r"0570|0990|0180|020")
#: Satellite, shared-cost and premium networks: a callback to one is an expensive trap.
_NOT_CALLED_ABROAD = re.compile(r"870|878|88[1-3]|979|808|1900")
#: Country codes of one and two digits; all others have three.
_SHORT_CODES = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


class PhoneProblem(StrEnum):
    """Why a text is no number that can be called back."""

    MISSING = "missing"
    SEVERAL = "several"
    NO_AREA_CODE = "no_area_code"
    WRONG_LENGTH = "wrong_length"
    NOT_CALLED = "not_called"


_TOLD = {
    "ja": {
        PhoneProblem.MISSING: "電話番号を数字でお送りください。",
        PhoneProblem.SEVERAL: "電話番号を1つだけお送りください。",
        PhoneProblem.NO_AREA_CODE: "0から始まる電話番号を、市外局番からお送りください。",
        PhoneProblem.WRONG_LENGTH: (
            "恐れ入りますが、桁数をご確認ください。0から始まる10桁または11桁の番号です。"
        ),
        PhoneProblem.NOT_CALLED: (
            "申し訳ございません。この番号にはこちらからおかけできません。"
            "携帯電話または固定電話の番号をお送りください。"
        ),
    },
    "en": {
        PhoneProblem.MISSING: "Please send a phone number in digits.",
        PhoneProblem.SEVERAL: "Please send one phone number only.",
        PhoneProblem.NO_AREA_CODE: (
            "Please send the number with its area code, starting with 0, or with + and the"
            " country code."
        ),
        PhoneProblem.WRONG_LENGTH: (
            "Please check the number of digits: 10 or 11 starting with 0, or + and the country"
            " code."
        ),
        PhoneProblem.NOT_CALLED: (
            "Sorry, we cannot call this number. Please send a mobile or landline number."
        ),
    },
}


class BadPhoneError(ValueError):
    """This is no telephone number that can be called back."""

    def __init__(self, problem: PhoneProblem) -> None:
        super().__init__(f"no number to call back: {problem}")
        self.problem = problem


def parse_phone(text: str) -> str:
    """Read the one number in what a customer typed, as E.164 (+819012345678)."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).translate(_DASHES)
    typed = [found.group() for found in _NUMBER.finditer(plain)]
    # the 1 of "call me at 1 please, 090-..." is no second number
    likely = [one for one in typed if sum(map(str.isdigit, one)) >= _SHORTEST_ABROAD] or typed
    if len(likely) != 1:
        raise BadPhoneError(PhoneProblem.SEVERAL if likely else PhoneProblem.MISSING)
    number = likely[0]
    abroad = number.startswith("+")
    trunk_zero = "(0)" in number
    digits = _digits(number.replace("(0)", "", 1) if abroad and trunk_zero else number)
    if not abroad and _ABROAD_PREFIX.match(digits):
        abroad, digits = True, digits.removeprefix("010")
    if abroad and not digits.startswith(_JAPAN):
        return _check_abroad(digits)
    if abroad or (digits.startswith(_JAPAN) and len(digits) > len("9012345678")):
        digits = "0" + digits.removeprefix(_JAPAN).removeprefix("0")
    return _check_japanese(digits)


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _check_japanese(digits: str) -> str:
    if not digits.startswith("0"):
        raise BadPhoneError(PhoneProblem.NO_AREA_CODE)
    if _NOT_CALLED.match(digits):
        raise BadPhoneError(PhoneProblem.NOT_CALLED)
    long = _MOBILE.fullmatch(digits) or _FREE_LONG.fullmatch(digits)
    short = _TEN_DIGITS.fullmatch(digits) and not re.match(r"0[5-9]0|0800", digits)
    if not long and not short:
        raise BadPhoneError(PhoneProblem.WRONG_LENGTH)
    return f"+{_JAPAN}{digits[1:]}"


def _check_abroad(digits: str) -> str:
    if not _SHORTEST_ABROAD <= len(digits) <= _LONGEST_ABROAD or digits.startswith("0"):
        raise BadPhoneError(PhoneProblem.WRONG_LENGTH)
    if _NOT_CALLED_ABROAD.match(digits):
        raise BadPhoneError(PhoneProblem.NOT_CALLED)
    return f"+{digits}"


def render_phone_problem(problem: PhoneProblem, lang: str) -> str:
    """Tell the customer what to send instead."""
    return _TOLD["en" if lang == "en" else "ja"][problem]


def tel_uri(phone: str) -> str:
    """The link that calls an E.164 number."""
    return f"tel:{phone}"


def display_phone(phone: str) -> str:
    """Write an E.164 number the way people in Japan read it.

    Area codes have one to four digits behind the zero; without their table 03 and 06 are known
    and the rest is grouped in the most frequent way. It is the same number to dial.
    """
    digits = phone.removeprefix("+")
    if not digits.startswith(_JAPAN):
        code = _SHORT_CODES.match(digits)
        length = code.end() if code else 3
        return f"+{digits[:length]} {digits[length:]}"
    national = "0" + digits.removeprefix(_JAPAN)
    if national.startswith(("0120", "0800")):
        sizes = (4, 3)
    elif len(national) == len("09012345678"):
        sizes = (3, 4)
    else:
        sizes = (2, 4) if national[:2] in {"03", "06"} else (3, 3)
    first, second = sizes[0], sum(sizes)
    return f"{national[:first]}-{national[first:second]}-{national[second:]}"


def mask_phone(phone: str) -> str:
    """Show the last four digits only, for lists and logs."""
    shown = display_phone(phone)
    hidden = sum(map(str.isdigit, shown)) - _SHOWN_DIGITS
    return re.sub(r"\d", "*", shown, count=max(hidden, 0))
