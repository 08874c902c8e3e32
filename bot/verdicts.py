"""Reads a score of the survey that is typed: a digit, stars, or a verdict in words."""

import re
import unicodedata

from bot.wording import fold

_DIGIT = re.compile(
    r"(評価は|満足度は|星|☆|★)*\s*([1-5])(点|つ|つ星|/5)?(満点)?"
    r"(くらい|ぐらい|かな|です|でした|でお願いします|で|に(します)?)*[かねよ]*|(5点中|5段階で)\s*([1-5])(点)?(です)?",
)
_BEFORE = r"((全体的に|今回は|対応は|対応が|回答は|説明は|まあ|まぁ|普通に|は)[、\s]*)*"
_AFTER = (
    r"(です|でした|だった|かな|と思います|ありがとう(ございます|ございました)?|[よねか、。!！\s])*"
)
_VERY = r"(とても|すごく|大変|非常に|かなり|本当に|めっちゃ|めちゃくちゃ|すごい)[、\s]*"
_GOOD = (
    r"(良か(った)?|よか(った)?|良い|よい|いい|満足|丁寧|親切|助か(った|りました)"
    r"|(わ|分)かりやす(い|かった))"
)
_BAD = r"(不満|悪か(った)?|悪い|ひど(い|かった)|残念|がっかり|(わ|分)かりにく(い|かった))"
_BEST = "最高|大満足|完璧|素晴らし(い|かった)|excellent|perfect|(very|really) good|great"
_FAIR = "ふつう|普通|まあまあ|まぁまぁ|そこそこ|どちらとも(言え|いえ)ない|average|ok|okay|fair"
_WORST = "最低|論外|terrible|awful|(very|really) bad|horrible"
_POOR = "(あまり|あんまり|全然)?(良|よ)くな(い|かった)|いまいち|今ひとつ|微妙|poor|bad|not good"
#: The first that fits says the score.
_VERDICTS = tuple(
    (re.compile(f"{_BEFORE}({words}){_AFTER}"), score)
    for words, score in (
        (f"{_VERY}{_GOOD}|{_BEST}", 5),
        (f"(まあまあ|まぁまぁ|そこそこ|おおむね|概ね)?{_GOOD}|good|satisfied", 4),
        (_FAIR, 3),
        (f"{_VERY}{_BAD}|{_WORST}", 1),
        (f"{_BAD}|{_POOR}", 2),
    )
)  # fmt: skip


def find_score(text: str) -> int | None:
    """A typed score: one digit 1-5, stars, or words such as 「とても良かったです」."""
    folded = fold(text)
    digit = _DIGIT.fullmatch(folded)
    if digit:
        return int(digit[2] or digit[7])
    stars = unicodedata.normalize("NFKC", text[:500]).strip()
    if re.fullmatch(r"[★⭐]{1,5}", stars):
        return len(stars)
    # a question is another matter, however it begins
    if "?" in stars or len(folded) > 24:  # noqa: PLR2004 - a longer text says more than one word
        return None
    return next((score for verdict, score in _VERDICTS if verdict.fullmatch(folded)), None)
