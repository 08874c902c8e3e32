"""Reads what those who wait for a person say about the waiting itself."""

import re
from enum import StrEnum

from bot.assent import is_no
from bot.smalltalk import is_declining
from bot.wording import SHORT, fold


class Wanted(StrEnum):
    """What a message asks of the queue; the values are the choices' codes."""

    PLACE = "human"
    CALL = "callback"
    NOTE = "leave"
    WAIT = "wait"
    BACK = "back"
    OUT = "out"


_PLACE = re.compile(
    r"(どの|どれ)(くらい|ぐらい|ほど|位)(で|の)?.{0,12}(待|かか|つなが|繋が|時間)"
    r"|(あと|後)(どの|どれ)(くらい|ぐらい|ほど|位)|(あと|後)?何(分|番目|人|時間)(待|目|です|くらい|ぐらい|かか|いますか|$)"
    r"|^(どの|どれ)(くらい|ぐらい)(です|かかります)?か?$|(あと|後)何[分番人]|待ち(時間|人数)|^順番(待ち)?(は|が|って|を)?(まだ|いつ|何|どの|どれ|あと|教え|です|$)"
    r"|(いつ|何時)(ごろ|頃|くらい|ぐらい|に|まで|なら|ご|お|[、\s])*(つなが|繋が|連絡|返事|返信|回答)(?!来)"
    r"|^(まだ|もう少し|もうすぐ)(です|でしょう|なの|かかります|つながらない|繋がらない)?(か|の|ん(です|だ)(か|けど))*$"
    r"|^いつ(来|くる|き)(る|ます)?(の|か)?$|^(遅い|おそい)(です)?[ねよ]*$|待って(い)?(る|ます)(ん|の)?(です)?(が|けど)|いつまで待"
    r"|\bhow (much longer|long (do|must|will|is|until) (i|it|this|the wait|you)\b)"
    r"|\bwhen (will|can|do) (i|someone|somebody|you|an agent|a person)\b|\bstill waiting\b"
    r"|\bmy (place|position|turn)\b"
)
_CALL = re.compile(
    r"(折り?返し|折返し?|おりかえし).{0,6}(電話|連絡|希望|お願い|ください|下さい|ほしい|欲しい|$)"
    r"|(電話|でんわ)(を|で)?(して|かけて|いただ|頂|もらえ|もらい|ください|下さい|ほしい|欲しい|がいい|お願い|連絡)"
    r"|\bcall (me )?back\b|\b(call|phone|ring) me\b|\bcallback\b"
)
_NOTE = re.compile(
    r"(伝言|でんごん|メッセージ|言づて|ことづて)(を|だけ|で)?(残|お願い|頼|預|送り|伝え)"
    r"|\bleave (a )?(message|note)\b"
)
_BACK = re.compile(
    r"(自動(応答|返信)?|ボット|チャットボット|ai|bot)(の?ほう)?(に|へ)(戻|もど|切り?替え|変え)"
    r"|\bback to the (bot|automatic|assistant)|\b(automatic replies|bot) (again|please)\b"
)
#: 「キャンセルしたい」 may well be about the matter itself.
_OUT = re.compile(
    r"待て(ない|ません|なく)|待ちたくない|待つのを?(やめ|止め)|待つの(は|が)?(嫌|いや|無理)"
    r"|(順番(待ち)?|引き継ぎ|相談)(を|は)?(取り?消|キャンセル|やめ|止め|(もう)?(いい|結構|不要))"
    r"|\b(can not|cannot|cant|can't) wait\b"
)
#: What happened, or shall not happen, is no wish: 「折り返しの電話が来ません」.
_TELLS = re.compile(
    r"(?<!ま)た(?=の|ん|が|けど|件|者|と|ばかり|こと|まま|から|ら|$)"
    r"|ません(?!か)|ない(?!(です|でしょう)?か)|ても|来な|\b(not|never|did|had|left)\b|n't"
)

#: Words that end a wish to be called, however the sentence begins.
_ASKS_CALL = re.compile(
    r"((?<!番)電話|でんわ|(折り?返し|折返し|おりかえし)(の?(お)?(電話|連絡))?|(至急|早急に|すぐ(に)?)(ご|お)?連絡)(を|は|で|に)?"
    r"((して|かけて|入れて)?(ください|下さい|ほしい(です)?|欲しい(です)?|くれ(ませんか|ますか)?"
    r"|もらえ(ます|ません)か?|いただけ(ます|ません)か?)|(かけ|し)て|お願い(し(ます|たい)|いたします|できますか)?|希望(し(ます|たい))?)"
    r"((の|ん)?です)?(が|けど)?$|\b(please |can (you|someone) )call me( back)?( please)?$"
)


def asks_call(text: str) -> bool:
    """A wish to be called by somebody, before anybody was offered."""
    return bool(_ASKS_CALL.search(fold(text)))


def find_wanted(text: str) -> Wanted | None:
    """What a short text says about the waiting; None: it is for the agent."""
    folded = fold(text)
    if len(folded) > SHORT:
        return None
    for pattern, wanted in (
        (_BACK, Wanted.BACK),
        (_CALL, Wanted.CALL),
        (_NOTE, Wanted.NOTE),
        (_OUT, Wanted.OUT),
        (_PLACE, Wanted.PLACE),
    ):
        if pattern.search(folded) and not _is_told(wanted, folded):
            return wanted
    cancels = is_declining(text) or (is_no(text) and re.search(r"やめ|不要|cancel", folded))
    return Wanted.OUT if cancels else None


def _is_told(wanted: Wanted, folded: str) -> bool:
    """Whether a call or a message is only spoken of."""
    if wanted not in (Wanted.CALL, Wanted.NOTE) or _ASKS_CALL.search(folded):
        return False
    return _TELLS.search(folded) is not None
