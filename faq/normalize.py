"""How a text is folded before it is compared: width, case, marks, polite padding."""

import re
import unicodedata

#: NFKC is quadratic in runs of combining marks, so the text is cut before it, and once more after.
CUT_BEFORE_FOLDING = 5_000
#: A message is matched by its first code points only; nothing useful was seen beyond.
CUT_FOR_MATCHING = 500

_HIRAGANA = "ぁ-ゖゝゞ"
_KATAKANA = "ァ-ヺヽヾ"
#: Half a character; dictionaries refuse text that holds one.
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_LONG_MARKS = re.compile(rf"(?<=[{_KATAKANA}{_HIRAGANA}])[-‐‑‒–—―−~〜～]+")
#: サーバー and サーバ are one word, ソファー and ソファ too.
_TRAILING_LONG = re.compile(rf"(?<=[{_KATAKANA}ー][{_KATAKANA}])ー+(?![{_KATAKANA}ー])")
_LONG_RUN = re.compile(r"ーー+")
_PUNCTUATION = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’`´](?=[a-z])")
_LATIN = {
    code: plain
    for code in range(0xC0, 0x250)
    if (plain := unicodedata.normalize("NFKD", chr(code))[0]) != chr(code) and plain.isascii()
}
_OLD_KANJI = dict(
    zip("髙﨑濵邊邉齋齊澤廣國學會號當拂變", "高崎浜辺辺斎斎沢広国学会号当払変", strict=True)
)
_FOLDS = str.maketrans({**{chr(code): plain for code, plain in _LATIN.items()}, **_OLD_KANJI})
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

_A_LITTLE = r"(少し|ちょっと|少々|一つ|ひとつ|1点|一点)?、?"
_THERE_IS = r"(ある|あり|ござい)?(ます|まし|です|だ)?(て|が|けど|けれど)?"
_WANTED = r"(ます|たい|れば)?(の|ん)?(です)?(が|けど)?"
_GLAD = r"(大変)?(幸い|助かり|ありがたい|有難い|嬉しい)(です|ます|存じます)?"
#: Words that carry politeness and no question, folded.
_POLITE = (
    r"(いつも)?(大変)?お世話になっ(ております|ています|てます|てる)",
    r"(いつも)?お世話になります|お世話(さま|様)です|お疲れ様です|お忙しいところ|恐れ入りますが?|(大変)?恐縮です(が|けど)?",
    # what comes before a question
    r"(ご|御)多忙の?(ところ|中|折)|夜分(遅く)?に?|突然の(ご|御)?(連絡|質問|メッセージ)(で|を)?",
    r"(お手数|ご面倒|御手数|御面倒)(を)?(お|御)?(掛け|かけ)?(です|いたし|致し|し)?(ます)?(が|けど)",
    rf"{_A_LITTLE}(お|御)?(聞き|尋ね|伺い|うかがい|質問)(し)?たい(こと|事|ん|の)?(が|も)?{_THERE_IS}",
    rf"{_A_LITTLE}(ご|御)?(確認|質問|相談)(を)?させて(ください|下さい|(いただ|頂)(き|け)){_WANTED}",
    r"質問です|(ちょっと|少し)?(いい|よい|よろしい)ですか|もしもし",
    rf"(?<![ぁ-ゖ{_KATAKANA}一-鿿])(あのー?|えっと|えーと)(?=[、 ])",
    r"初めて(お|ご)?(連絡|メッセージ|問い合わせ|質問)(し|いたし|致し|させて)(ます)?",
    # what comes after it
    r"(ご|御)(回答|返信|返事|教示|連絡|確認|案内)(を|の)?(ほど|程)(お願い(いた|致)?します)?",
    r"(ご|御)(回答|返信|返事|教示|連絡)(を)?お願い(いた|致)?します",
    r"(お|ご|御)(返事|返信|回答|連絡)(を)?お待ちして(おり|い)?ます|お手すきの(際|とき)に",
    rf"((ご|御)(回答|返信|返事|教示))?(いただ|頂)(け|き)(ます|れば|たら|ると)?と?{_GLAD}",
    r"(わかる|分かる|詳しい)(方|人)、?い(ます|らっしゃいます)か|どなたか|助かります|幸いです",
    r"取り急ぎ|(以上)?、?何卒|以上、",
    r"(大変)?申し訳(ございません|ありません|ない)(が|けど|です)?",
    r"(初めまして|はじめまして|こんにちは|こんばんは|おはようございます)",
    r"(どうも)?(ありがとう|有難う|有り難う)(ございます|ございました|です)?(ね|よ)?|ありがと",
    r"(よく)?(わかりました|分かりました|解りました)|了解(です|しました|いたしました)?",
    r"承知(しました|いたしました|致しました)|かしこまりました|なるほど(です|ね)?",
    r"すみません|すいません|ごめんなさい|失礼(いた|致)?します",
    r"(どうぞ)?(よろしく|宜しく)(お願い|御願い)(いた|致|申し上げ)?(します|しますね|ます)?",
    r"(お|を)?(教えて|おしえて|お教え)(いただ|頂)(け|き)(ます|ません|ない|たい|れば)(でしょう)?(です)?か?",
    r"(を|お)?(お?教え|おしえて|教えて)(ください|下さい|くださいませ|ほしい|欲しい)",
    r"(を|お)?(教えて|おしえて)(もらえ|くれ|ちょうだい)(ます|ません|ない)?(です)?か?",
    r"(を)?(教えて|おしえて)(?!もら)",
    r"(が|を|か)?知りたい(の|ん)?(です)?(が|けど)?",
    r"(お願い|御願い)(いた|致|でき)?(します|ますか|ません|できますか)",
    r"(いただ|頂)(け|き)(ます|ません|ない)(でしょう)?(です)?か?",
    r"について(の)?(質問|お尋ね|問い合わせ)?(です|ですが)?",
)
_PADDING = re.compile("|".join(_POLITE))
_ENGLISH_PADDING = re.compile(
    r"\b(hi|hello|hey|please|thanks|thank you( very much| so much)?|sorry|ok|okay|excuse me"
    r"|(could|can) you tell me|tell me|i would like to know|id like to know|i want to know"
    r"|help me)\b"
)


def fold(text: str) -> str:
    """One spelling for what is the same text to a reader; at most 500 code points."""
    text = _SURROGATES.sub(" ", text[:CUT_BEFORE_FOLDING])
    text = unicodedata.normalize("NFKC", text)[:CUT_BEFORE_FOLDING]
    text = text.lower().translate(_FOLDS)[:CUT_BEFORE_FOLDING]
    text = _LONG_MARKS.sub("ー", text)
    text = _LONG_RUN.sub("ー", text)
    text = _TRAILING_LONG.sub("", text)
    return _APOSTROPHE.sub("", text)


def cut(text: str) -> str:
    """The part of a folded text that is matched."""
    return _SPACES.sub(" ", text[:CUT_FOR_MATCHING]).strip()


def strip_padding(folded: str) -> str:
    """The text without greetings, thanks and polite frames; empty when that is all there was."""
    bare = _ENGLISH_PADDING.sub(" ", _PADDING.sub(" ", folded))
    return bare if _PUNCTUATION.sub("", bare) else ""


def literal_key(folded: str) -> str:
    """Letters and digits only: two texts with one key are literally the same question."""
    return _PUNCTUATION.sub("", folded)


#: How a wish or question ends softly in speech: 返品したいんだけど is 返品したい. An ending
#: goes only after a form that such endings follow, so that 花 typed as はな keeps its end.
_SOFT_END = re.compile(
    r"(?<=[たなし]い|ます|です|した|ない|れる|える|きる|する|ある|った|んだ)"
    r"((の|ん)?(です|でしょう|だ)?(か|かね|かな|が|けど|けれど|けれども|けども|よね|ね|よ)?|の)$"
)


def plain_key(folded: str) -> str:
    """Letters and digits without politeness and soft endings: what is asked, however said."""
    key = literal_key(strip_padding(folded) or folded)
    while (shorter := _SOFT_END.sub("", key)) != key:
        key = shorter
    return key


def to_hiragana(text: str) -> str:
    """Katakana as hiragana."""
    return text.translate(_KATAKANA_TO_HIRAGANA)
