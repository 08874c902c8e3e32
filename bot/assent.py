"""Reads yes, no and how it went, as short answers to a question of ours."""

import re
import unicodedata

from bot.wording import fold, without_thanks
from faq import normalize
from faq.refusing import is_refusing

_YES = re.compile(
    r"^((はい|うん|ええ|やっぱり|おかげさまで|おかげで|無事に?|これで)[、。,!！\s]*)*"
    r"(はい|うん|ええ|お願いします|おねがいします|お願い|そうです|解決(しました|した|です)?|できました|(でき|出来)た"
    r"|ok|okay|yes|yeah|yep|sure|please|yes,? please|solved|it worked)$"
)
#: What was asked about works now. 「シミできました」 says nothing of the kind.
_WORKS = re.compile(
    r"^(?!.*(傷|穴|染|汚|シミ|ヒビ|シワ|エラー))"
    r"((やっと|無事に?|ちゃんと|これで|それで|自分で|おかげさまで|おかげで|今度は|試したら|やってみたら)[、\s]*)*"
    r"[一-鿿ァ-ヺーa-z]{0,14}"
    r"((でき|出来|使え|直り|治り|なおり)ました|(でき|出来|使え)た|(直|治|なお)った)(です)?[よわね]*$"
    r"|^(now )?(it|that|this|everything|login)('s| is)? (works|worked|working|fixed|fine)"
    r"( now| again)?$"
    r"|^(it|that) did it$|^(works|worked|fixed)( now)?$"
)
#: Yes to "did that solve it?", no to "shall I connect you?".
_FINE = re.compile(
    r"^((では|じゃあ|それなら?)[、,\s]*)?(もう|これで|それで|以上で)?(大丈夫|だいじょうぶ|結構|けっこう)"
    r"(です|でした|そうです)?ね?$"
    r"|^(no,? )?(i('m| am) (fine|good)|that('s| is) all|all good)( now)?$"
)
_NO = re.compile(
    r"^((いいえ|いえ|いや|ううん|うーん|いまだに|でも|けど|しかし|ただ|but|sorry)[、。,\s]*)*"
    r"(いいえ|いえ|いや|ううん|(ちが|違)(う|います)((っ|んだ)て(ば)?|よ|んです(が|けど)?|んだけど)?"
    r"|まだ(です)?"
    r"|(だめ|ダメ|駄目)(です|でした|だった)?|解決しなかった(です)?|できなかった(です)?"
    r"|解決しない|解決しません|解決して(い)?ません|解決しませんでした|(まだ)?解決して(い)?ない|できません(でした)?"
    r"|(要|い)りません|不要(です)?|(まだ)?解決して(い)?ません(でした)?|嫌(です|だ)?|いやです|やめ(ます|ておきます)|やめて|キャンセル"
    r"|no|nope|no,? thanks|no,? thank you|not yet|not solved|it did(n't| not) work|cancel)$"
)
#: No, and nothing that could be a matter: 「キャンセル」 may be one.
_BARE_NO = re.compile(
    r"^((いいえ|いえ|いや|ううん|うーん|no|nope)[、。,\s]*)+$"
    r"|^((ちが|違)(う|います)((っ|んだ)て(ば)?|よ|んです(が|けど)?|んだけど)?|まだ(です)?|な[いし]|ありません"
    r"|嫌(です|だ)?|いやです|無理(です)?|not yet)$"
)
_CONNECTING = re.compile(
    r"^((はい|ええ|では|じゃあ|それなら?|お願いします|やっぱり)[、。,\s]*)*(お?(つな|繋)(い(で|てもらえ|でいただ)|げて|ぎ)|(代|替|変)わって|呼んで)"
    r".{0,12}$|^(yes,? )?(please )?(do|connect|put me through|transfer)( me)?( please)?$"
)
_SOLVING = re.compile(r"解決|でき(た|ま)|solved|work")


def is_yes(text: str) -> bool:
    """A bare yes."""
    return bool(_YES.match(fold(text)))


def works_now(text: str) -> bool:
    """「ログインできました」 after an answer about it: that solved it."""
    plain = unicodedata.normalize("NFKC", text[:500])
    return "?" not in plain and bool(_WORKS.match(without_thanks(plain)))


def is_fine(text: str) -> bool:
    """Nothing more is needed, said with thanks or without."""
    return bool(_FINE.match(without_thanks(text)))


def is_no(text: str) -> bool:
    """A bare no, or "not solved", said with thanks or without."""
    return bool(_NO.match(fold(text)) or _NO.match(without_thanks(text)))


def is_bare_no(text: str) -> bool:
    """A no to nothing: a search for 「いいえ」 or 「まだ」 finds anything."""
    return bool(_BARE_NO.match(fold(text)))


def asks_connecting(text: str) -> bool:
    """Yes to a person who is offered: 「つないでください」, and not 「つながないで」."""
    return bool(_CONNECTING.match(fold(text))) and not is_refusing(normalize.fold(text))


def is_of_solving(text: str) -> bool:
    """A yes or no that says itself what it is about: 「解決しました」, "it worked"."""
    return bool(_SOLVING.search(fold(text)))
