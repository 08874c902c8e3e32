"""Reads what customers say beside their matter: no more, no use, who are you, goodbye, laughs."""

import re
import unicodedata

from bot.wording import SHORT, fold

_DECLINING = re.compile(
    r"((いえ|いいえ|いや|やっぱり|やはり|じゃあ?|なら|それなら)[、,\s]*)*"
    r"((人|担当(者|の方)?|オペレーター?|電話|(お)?つないで(もらわ|いただか)なくて)(は|も)?[、\s]*)?"
    r"((もう|今は|とりあえず|やっぱり|やはり)[、\s]*)*"
    r"(いい|良い|よい|結構|けっこう|大丈夫)(です|ですよ|よ|わ|や|っす)*(ありがとう(ございます)?)?"
    r"|(やっぱり|もう|じゃあ)?[、\s]*((やめ|止め)(ます|ておきます|とく|とき?ます|る)|(諦|あきら)め(ます|る))"
    r"|never ?mind|forget it|(no,? )?(no need|not now|i('m| am) (ok|okay|fine|good))"
    r"|(no,? )?that('s| is) (ok|okay|fine)"
)
#: 「いいです」 alone may be a yes.
_FAREWELL = re.compile(
    r"((では|じゃあ?|それでは|また)[、,\s]*)*(失礼(いた|致)?します|失礼しました|さようなら|さよなら|バイバイ|ばいばい"
    r"|おやすみ(なさい)?|また(来|き)ます|また連絡します|また(ね|あとで|後で|今度)|では(また)?|じゃあ?(ね|また))"
    r"|(good)?bye( bye)?|good night|see (you|ya)( later)?"
)
_VERY = (
    r"((全然|ぜんぜん|まったく|全く|本当に|ほんと(に)?|さっぱり|あんまり|あまり|何|なに"
    r"|言ってること|言ってる)(が|の|も)?[、\s]*)*"
)
_DISAPPOINTED = re.compile(
    rf"{_VERY}(意味|いみ|何|なに|言ってること|答え|回答|説明)?(が|は|の意味が)?{_VERY}"
    r"(わから|分から|解ら|わかり|分かり)(ない|ん|ません|づらい|にくい)(です)?(よ|ね|が|けど)*"
    rf"|意味不明(です)?|{_VERY}(役に(立|た)(たない|ちません|たん)|役立たず?|使えないな|使えん)(です)?[なねよ]*"
    r"|(もう少し|もっと|もうちょっと)?、?(詳し|くわし)く(教えて|知りたい|説明して|お願いします)?"
    r"(ください|下さい|ほしい|です)*|(もう少し|もっと)?具体的に.{0,8}"
    r"|(tell me )?more (details?|information)( please)?"
    rf"|{_VERY}(話|会話)(に|が)(なら|通じ)(ない|ません|ん)[なねよ]*"
    rf"|{_VERY}(だめ|ダメ|駄目|違(う|います)|参考にな(らない|りません))(です|だ)?[なねよ]*"
    r"|(そう|それ|そういう(こと|意味))(では|じゃ)(ない|ありません|なく(て)?)(です)?[なねよ]*"
    r"|(質問|聞いて(い)?る?こと)?(の|に)?(答え|回答|返事)に(なって(い)?(ない|ません)|なりません)[なねよ]*"
    r"|(聞いて(い)?る?こと|質問|知りたいこと)(と|に)(違(う|います)|答えて(い)?(ない|ません))[なねよ]*"
    r"|(何|なん)[回度]も?同じ(こと|事|説明|質問|回答)を?(言|い|聞|書|説明|送|答).{0,8}|(さっきから)?(同じ(こと|事|答え|回答)|それ)(ばかり|ばっかり?)[^?？]{0,6}"
    r"|さっき(も)?(聞いた|見た|読んだ)|それは(もう)?(知って(い)?(る|ます)|(読|見)(んだ|ました|た))"
    r"|(使えない|役に立たない|頭(の|が)悪い)(ボット|ai|bot|チャット(ボット)?|ロボット)(だ)?[なねよ]*"
    r"|(you are |you're |this is |that's )?(so |totally |completely )?"
    r"(useless|not helpful|unhelpful|no help)|(that|this|it) (did|does)(n't| not| nt) help"
    r"|(that|this)('s| is) not what i (asked|meant|want)(ed)?|you (don't|do not) understand( me)?"
    r"|i (don't|do not) understand"
    r"|wrong answer"
)
_AGAIN = re.compile(
    r"(すみません[、\s]*)?(もう(一|1)(回|度)|再度|さっきの)(答え|回答|説明|案内)?(を|も)?"
    r"(教えて|言って|説明して|見せて|送って|見たい|お願い)?(し(ます|たい)|ください|下さい|ほしい)?(です)?"
    r"|(please )?(say|tell me|repeat|show me) (it|that)( again)?( please)?"
    r"|(once more|come again)( please)?"
)
_THING = r"(?:an? )?(?:real |live )?(?:human|person|bot|chatbot|robot|ai|machine)"
_WHO = re.compile(
    r"(?:(?:あなた|あんた|君|きみ|そちら|これ|こちら|今|相手|返事してるの|答えてるの)?(?:は|って)?[、\s]*(?:本当に|ただの)?"
    r"(?:生身の)?(?:人間|人|ひと|ボット|bot|ai|チャットボット|ロボット|機械|自動(?:応答|返信|音声)?)"
    r"(?:さん)?(?:ですか|なのですか|なんですか|なの|でしょうか|か)[、?？\s]*)+"
    rf"|(?:are|r) (?:you|u) (?:really )?{_THING}(?: or .{{1,20}})?|is (?:this|it|that) {_THING}"
    rf"|am i (?:talking|speaking|chatting) (?:to|with) {_THING}"
)
_LAUGH = re.compile(
    r"w+|草+|(笑い?)+|爆笑|lo+l|lmao|(ha){2,}h?|(はは|あは|ふふ|へへ|えへ|うふ)+は*"
    r"|m\(?_ *_\)?m|orz|[\W_]*"
)
#: 「英語の説明書はありますか」 asks for a thing.
_LANGUAGE = (
    r"{ja}(で|を)(の)?(お願い|話|対応|説明し|教え|書い|返)[ぁ-ゖ一-鿿]{{0,8}}"
    r"|{ja}(で|でも)?(いい|大丈夫|ok|可能)(です)?か?|{ja}(は|が)?(話せ|でき|使え|わか|分か|通じ)[ぁ-ゖ]{{0,6}}"
    r"|((can|could) (you|we|i) )?(please )?((speak|write|talk|answer|reply)( to me)? )?"
    r"(in )?{en}(,? please)?|do you (speak|understand) {en}"
)
_ENGLISH = re.compile(_LANGUAGE.format(ja="(英語|えいご)", en="english"))
_JAPANESE = re.compile(_LANGUAGE.format(ja="(日本語|にほんご)", en="japanese"))
_BARE_YES = re.compile(r"(もう)?(いい|良い|よい)(です)?")


def is_declining(text: str) -> bool:
    """Nothing more is wanted, be it helped or not: 「もういいです」, 「いえ、結構です」."""
    folded = fold(text)
    bare = _BARE_YES.fullmatch(folded) and not folded.startswith("もう")
    return not bare and not _asks(text) and _is(_DECLINING, text)


def is_farewell(text: str) -> bool:
    """Goodbye, and nothing else."""
    return _is(_FAREWELL, text)


def is_disappointed(text: str) -> bool:
    """The bot did not help: 「意味がわかりません」, 「そうじゃない」, "useless"."""
    return _is(_DISAPPOINTED, text)


def wants_again(text: str) -> bool:
    """What was said last, once more."""
    return _is(_AGAIN, text)


def is_asking_who(text: str) -> bool:
    """Whether a person or a machine answers."""
    return _is(_WHO, text)


def is_laughing(text: str) -> bool:
    """Laughs, faces and marks without a word; a question mark alone asks."""
    plain = unicodedata.normalize("NFKC", text[:500])
    return not _asks(plain) and bool(plain.strip()) and _is(_LAUGH, plain)


def wished_language(text: str) -> str | None:
    """The language that a short text asks for, and nothing else: 「英語でお願いします」."""
    if _is(_ENGLISH, text):
        return "en"
    return "ja" if _is(_JAPANESE, text) else None


def _is(pattern: re.Pattern[str], text: str) -> bool:
    folded = fold(text)
    return len(folded) <= SHORT and bool(pattern.fullmatch(folded))


def _asks(text: str) -> bool:
    return "?" in text or "？" in text
