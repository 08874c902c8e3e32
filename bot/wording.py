"""Reads short everyday wording: a wish for a person, a complaint, thanks, a greeting."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from faq import normalize
from faq.refusing import is_refusing

#: Longer texts are questions, whatever word of thanks they contain.
SHORT = 40
#: Words are looked for in so much of a text.
WORDS_IN = 5_000

_THANKS = (
    r"(ありがと(う|ー)?(ござい(ます|ました))?|有り?難う?(ござい(ます|ました))?|サンキュー|さんきゅー"
    r"|助かり(ます|ました)|助かった|感謝(です|します|して(い)?ます|いたします)?"
    r"|thank you|thanks|thank u|thx|ty|cheers)"
)
#: What stands around a word of thanks without asking anything.
_AROUND = (
    r"([\s、。,.!！〜~…]|どうも|本当に|ほんとに|大変|とても|すごく|よく|いろいろ|色々|いつも|早速の?|さっそく"
    r"|(ご)?丁寧(な|に)|(ご|お)?(返信|返事|回答|対応|連絡|案内|説明|サポート)(を|いただき|頂き)?"
    r"|教えて(くれて|くださって|いただいて|いただき|もらって)|(わか|分か)りました|了解(です|しました)?"
    r"|承知(しました)?|なるほど|はい|okay|ok|great|(very|so) much|a lot|for (your|the) help"
    r"|です|ね|よ|[(（]?笑[)）]?|w)"
)
#: Read and understood; whether it is solved stays open.
_SEEN = (
    r"((わか|分か)(りました|った)|了解(です|しました|いたしました)?|承知(です|しました|いたしました)"
    r"|承知|なるほど"
    r"|そう(なん)?です(か|ね)|そうなんだ|そっか|へえ+|へー+|ふ[うー]+ん|ほう|ほー+"
    r"|(やって|試して|かけて|見て|行って|確認して|聞いて|電話して|連絡して|探して)みます"
    r"|すごい(です)?(ね)?|いい(です)?ね|nice|cool"
    r"|got it|i see|understood|noted|all ?right)"
)
_THANKED = re.compile(f"{_AROUND}*({_THANKS}|{_SEEN})({_AROUND}|{_THANKS}|{_SEEN})*")
_HELLO = re.compile(
    r"^(こんにち[はわ]|こんばん[はわ]|おはよう(ございます)?|はじめまして|初めまして|もしもし|(どうぞ)?(よろしく|宜しく)(です|ね)?"
    r"|hello|hi|hey|good (morning|afternoon|evening))( there)?$"
)
#: Says that a question comes, and not yet which.
_PREFACE = re.compile(
    r"^((すみません|すいません|あの|ちょっと|少し|いくつか|こんにち[はわ]|こんばん[はわ]|はじめまして)"
    r"[、。,!！\s]*)*"
    r"((ご?質問|ご?相談(?!$)|(お(聞き|尋ね)し|(聞|き)き|教えてほし|教えて(もらい|いただき)?)たいこと|教えてほしいこと)"
    r"(が|です|なの|なん)?(\d{1,2}|[一二三四五])?(つ|点|件|個)?(ほど)?"
    r"(あります|ある(の|ん)です|したい(の|ん)?です|あって|しても|させて)?(が|けど|けれど)?"
    r"(よろしい(です|でしょう)か|いい(です)?か|いいでしょうか|大丈夫ですか|もらって(も)?いいですか)?"
    r"|[2-5二三四五](つ|点|件)(ほど)?あります|助けて(ください|下さい)?|困って(い)?ます|困りました"
    r"|急(いで(い)?ます|ぎです)|help( me)?( please)?|i need help"
    r"|i have (a|some|two|another|a few) questions?|(a )?(quick )?question"
    r"|can i ask (you )?something)$"
)
_EDGE = re.compile(r"^[\s、。,.!?！？〜~ー…☆★♪)(（）]+|[\s、。,.!?！？〜~…☆★♪)(（）]+$")
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")
#: 「担当者はもういいです」, 「担当者じゃなくて…」: named, and not wished for.
_DECLINED = re.compile(
    r"は[、\s]*(もう|まだ|今は)?[、\s]*(いい|良い|結構|けっこう|大丈夫)(です)?[よねわ]*\s*$"
    r"|\b(no|not an?|without an?)( more)?( real| live)? [a-z]+( person)?"
    r"( please| needed| required)?\W*$"
)
_NOT_THIS = re.compile(r"^.*?(じゃ|では)なくて?(?!も|な)")
#: Where one part of a sentence ends and the next may say the contrary.
_CLAUSES = re.compile(r"[。、!?….,\n]|から|ので|けど|が、")
_BLANKS = re.compile(r"[^\S\n]+")
#: Dashes typed for the long mark, between kana.
_DASH = re.compile(r"(?<=[\u3041-\u3096ー])[-‐‑–—―−]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """Width and case folded, emoji and edge punctuation gone. For matching of words only."""
    plain = unicodedata.normalize("NFKC", text[:500]).casefold()
    return _EDGE.sub("", _EMOJI.sub("", plain)).strip()


def _plain(text: str) -> str:
    """Katakana as hiragana, any dash between kana as a long mark."""
    folded = unicodedata.normalize("NFKC", text[:WORDS_IN]).casefold().translate(_TO_HIRAGANA)
    return _DASH.sub("ー", folded)


def has_word(text: str, words: Sequence[str], besides: Sequence[str] = ()) -> bool:
    """Whether one of the words occurs; Latin ones only as whole words.

    `besides` are longer wordings that mean something else: 個人間 holds no 人間.
    """
    wanted = _wanted(tuple(words), tuple(besides))
    spaced = _plain(text)
    for other in wanted.besides:
        spaced = spaced.replace(other, "\n")
    if wanted.latin is not None and wanted.latin.search(spaced):
        return True
    joined = _BLANKS.sub("", spaced)
    return any(word in joined for word in wanted.japanese)


def wishes(text: str, words: Sequence[str], besides: Sequence[str] = ()) -> bool:
    """Whether one of the words occurs where it is not refused.

    「担当者は不要です」 wishes for nobody; 「ボットはいらないので担当者を」 does.
    """
    if not has_word(text, words, besides):
        return False
    clauses = _CLAUSES.split(normalize.fold(text))
    return any(
        has_word(_NOT_THIS.sub("", one), words, besides)
        and not is_refusing(one)
        and not _DECLINED.search(one)
        for one in clauses
    )


class _Wanted(NamedTuple):
    """Words of the settings, ready to be looked for."""

    latin: re.Pattern[str] | None
    japanese: tuple[str, ...]
    besides: tuple[str, ...]


@lru_cache(64)
def _wanted(words: tuple[str, ...], besides: tuple[str, ...]) -> _Wanted:
    plain = [_plain(word) for word in words]
    latin = "|".join(re.escape(word) for word in plain if word.isascii())
    return _Wanted(
        latin=re.compile(rf"(?<![a-z])(?:{latin})s?(?![a-z])") if latin else None,
        japanese=tuple(word for word in plain if not word.isascii()),
        besides=tuple(sorted(map(_plain, besides), key=len, reverse=True)),
    )


def is_thanks(text: str) -> bool:
    """A short word of thanks, or of having understood, that asks nothing."""
    folded = _EMOJI.sub("", unicodedata.normalize("NFKC", text[:500]).casefold()).strip()
    return len(folded) <= SHORT and bool(_THANKED.fullmatch(folded))


def is_emoji(text: str) -> bool:
    """Nothing but emoji: a sticker by other means."""
    return bool(text.strip()) and not _EMOJI.sub("", text[:500]).strip()


def without_thanks(text: str) -> str:
    """What stands beside a word of thanks: 「解決しました、ありがとう」 says 解決しました."""
    return fold(re.sub(_THANKS, "", fold(text)))


def is_hello(text: str) -> bool:
    """A greeting, or word that a question comes, and nothing else."""
    folded = fold(text)
    return bool(_HELLO.match(folded) or _PREFACE.match(folded))
