"""Reads short everyday wording: a wish for a person, a complaint, thanks, yes, no, a number."""

import re
import unicodedata
from collections.abc import Sequence

from bot.bubbles import Action

#: Longer texts are questions, whatever word of thanks they contain.
SHORT = 24

_THANKS = re.compile(
    r"^(どうも)?(本当に|ほんとに)?"
    r"(ありがとう(ござい(ます|ました))?|有難う(ございます)?|有り難う(ございます)?"
    r"|サンキュー|助かりました|助かります|感謝(します)?"
    r"|thank you( very much| so much)?|thanks( a lot)?|thx|ty)"
)
_HELLO = re.compile(
    r"^(こんにち[はわ]|こんばん[はわ]|おはよう(ございます)?|はじめまして|初めまして|もしもし"
    r"|hello|hi|hey|good (morning|afternoon|evening))( there)?$"
)
_YES = re.compile(
    r"^(はい|うん|ええ|お願いします|おねがいします|お願い|そうです|解決(しました|した|です)?|できました"
    r"|大丈夫(です|でした)?|ok|okay|yes|yeah|yep|sure|please|solved|it worked)$"
)
_NO = re.compile(
    r"^(いいえ|いえ|いや|ちがう|違う|違います|ちがいます|まだ(です)?|だめ(です)?|ダメ(です)?"
    r"|解決しない|解決しません|解決して(い)?ません|解決しませんでした|できません(でした)?"
    r"|no|nope|not yet|not solved|it did(n't| not) work)$"
)
_EDGE = re.compile(r"^[\s、。,.!?！？〜~ー…☆★♪)(（）]+|[\s、。,.!?！？〜~…☆★♪)(（）]+$")
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")


def fold(text: str) -> str:
    """Width and case folded, emoji and edge punctuation gone. For matching of words only."""
    plain = unicodedata.normalize("NFKC", text[:500]).casefold()
    return _EDGE.sub("", _EMOJI.sub("", plain)).strip()


def has_word(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words occurs; Latin ones only as whole words."""
    folded = fold(text)
    for word in words:
        plain = unicodedata.normalize("NFKC", word).casefold()
        if plain.isascii():
            if re.search(rf"(?<![a-z]){re.escape(plain)}(?![a-z])", folded):
                return True
        elif plain in folded:
            return True
    return False


def is_thanks(text: str) -> bool:
    """A short word of thanks that asks nothing."""
    folded = fold(text)
    found = _THANKS.match(folded)
    return (
        bool(found) and len(folded) <= SHORT and not re.search(r"[?？]|か$|のに|けど|が、", folded)
    )


def is_hello(text: str) -> bool:
    """A greeting and nothing else."""
    return bool(_HELLO.match(fold(text)))


def is_yes(text: str) -> bool:
    """A bare yes."""
    return bool(_YES.match(fold(text)))


def is_no(text: str) -> bool:
    """A bare no, or "not solved"."""
    return bool(_NO.match(fold(text)))


def find_choice(text: str, offered: Sequence[Action]) -> Action | None:
    """The offered action that a typed number or label means (a PC shows no quick replies)."""
    folded = fold(text)
    if not folded or not offered:
        return None
    number = re.fullmatch(r"([1-9][0-9]?)(番|ばん|番目)?", folded)
    if number and int(number[1]) <= len(offered):
        return offered[int(number[1]) - 1]
    for action in offered:
        if fold(action.label) == folded:
            return action
    return None


def find_score(text: str) -> int | None:
    """A typed score: one digit 1-5, alone or with 点 or stars."""
    folded = fold(text)
    found = re.fullmatch(r"([1-5])(点|です|点です)?", folded)
    if found:
        return int(found[1])
    stars = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[★⭐]{1,5}", stars):
        return len(stars)
    return None
