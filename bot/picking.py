"""Finds what a customer picks of what was offered: by number, place or label."""

import re
from collections.abc import Sequence
from itertools import takewhile

from bot.bubbles import Action
from bot.wording import fold

_KANJI = {letter: number for number, letter in enumerate("一二三四五六七八九十", start=1)}
_COUNTED = {
    "ひと": 1,
    "ふた": 2,
    "みっ": 3,
    "よっ": 4,
    "いつ": 5,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
#: 「…のやつでお願いします」 behind what is picked.
_TAIL = (
    r"(の(やつ|もの|方|ほう|件|ボタン|質問|こと|項目)?|やつ)?(で|を|が|に)?"
    r"(す|お願い(します|いたします|致します)?|頼みます|(し|選び)ます|ください)?(かな|かも|だ)?(と思います)?[ねよ]*"
)
_NUMBER = re.compile(
    r"(上から)?(?P<n>[1-9][0-9]?|[一二三四五六七八九十]|ひと|ふた|みっ|よっ|いつ)"
    rf"(番目|番|ばんめ|ばん|つ目|つめ|個目|こめ|こ目){_TAIL}"
    r"|(the )?(?P<en>first|second|third|fourth|fifth)( one| option)?( please)?"
    r"|(number|no\.?|option|#) ?(?P<no>[1-9][0-9]?|one|two|three|four|five)( please)?",
    re.ASCII,
)
_PLACES = (
    (
        re.compile(
            rf"(一番|いちばん|1番)?(上|最初|はじめ|始め){_TAIL}|(the )?top( one)?( please)?"
        ),
        0,
    ),
    (re.compile(rf"(真ん?中|まんなか|中央){_TAIL}|(the )?middle( one)?( please)?"), None),
    (
        re.compile(
            rf"(一番|いちばん|1番)?(下|最後|ラスト){_TAIL}|(the )?(last|bottom)( one)?( please)?"
        ),
        -1,
    ),
)
_NONE = re.compile(
    r"((いいえ|いえ|いや)[、\s]*)?((この中|ここ|これら|この内|このうち)に(は)?[、\s]*)?"
    r"((どれ(で)?も|どちら(で)?も|全部|ぜんぶ|全て|すべて|みんな|どれも(こ|そ)れも)[、\s]*)?"
    r"(違(う|い(ます|ました)?)|ちが(う|い(ます|ました)?)|な(い|し)|無(い|し)|ありません(でした)?"
    r"|当てはまら(ない|ません)|あてはまら(ない|ません)|見当たら(ない|ません))(です)?[よねわ]*"
    r"|(該当|当てはまるもの|あてはまるもの|近いもの)(は|が)?(な(い|し)|無し|ありません|しません)(です)?"
    r"|その他|(ほか|他)(の(こと|件|質問|用件))?(です)?"
    r"|none( of (these|them|those|the above))?|neither( of (these|them))?|something else|others?"
)

_ALL = re.compile(
    r"(両方|りょうほう|どっちも|どちらも|全部|ぜんぶ|全て|すべて|2つとも|二つとも|3つとも|三つとも)"
    r"(です|(を|が|とも)?(お願い(します)?|知りたい(です)?|教えて(ください|下さい)?|聞きたい(です)?))?"
    r"|both( of (them|these))?( please)?|all( of (them|these))?( please)?"
)

_NEXT = re.compile(
    r"次(の(質問)?)?(は|を|へ)?|(もう(一つ|1つ|ひとつ|片方))(の(方|ほう)?)?(は|も)?|next( one)?"
)


def find_choice(text: str, offered: Sequence[Action]) -> Action | None:
    """The offered action that a typed number or label means (a PC shows no quick replies)."""
    folded = fold(text)
    if not folded or not offered:
        return None
    number = find_number(text)
    # a single choice is shown without a number, so a number means something else
    if number and len(offered) > 1 and number <= len(offered):
        return offered[number - 1]
    for action in offered:
        if fold(action.label) == folded:
            return action
    return _at_place(folded, offered)


def find_number(text: str) -> int | None:
    """A small number and nothing else, as it stands before a choice."""
    folded = fold(text)
    found = re.fullmatch(r"[1-9][0-9]?", folded, re.ASCII)
    if found:
        return int(folded)
    counted = _NUMBER.fullmatch(folded)
    if counted is None:
        return None
    said = counted["n"] or counted["en"] or counted["no"]
    return _KANJI.get(said) or _COUNTED.get(said) or int(said)


def _at_place(folded: str, offered: Sequence[Action]) -> Action | None:
    """「一番上」 and 「最後のやつ」 are places among choices of one kind."""
    kind = offered[0].code.partition(":")[0]
    alike = list(takewhile(lambda one: one.code.partition(":")[0] == kind, offered))
    if len(alike) < 2:  # noqa: PLR2004 - one alone has no place
        return None
    for pattern, place in _PLACES:
        if pattern.fullmatch(folded):
            middle = len(alike) // 2 if len(alike) % 2 else None
            at = middle if place is None else place
            return None if at is None else alike[at]
    return None


def find_named(text: str, offered: Sequence[Action]) -> Action | None:
    """The one offered entry whose question holds what was said: 「認証メールの方です」."""
    said = re.sub(rf"(?<=..){_TAIL}$", "", fold(text))
    if len(said) < 2 or "\n" in said:  # noqa: PLR2004 - a letter is in many
        return None
    holding = [one for one in offered if one.code.startswith("entry:") and said in fold(one.label)]
    return holding[0] if len(holding) == 1 else None


def is_all_of_these(text: str) -> bool:
    """Whatever was offered is meant: 「両方」."""
    return bool(_ALL.fullmatch(fold(text)))


def is_next(text: str) -> bool:
    """The other question, please."""
    return bool(_NEXT.fullmatch(fold(text)))


def is_none_of_these(text: str) -> bool:
    """Nothing that was offered is meant: 「どれも違います」."""
    return bool(_NONE.fullmatch(fold(text)))
