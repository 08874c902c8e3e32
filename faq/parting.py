"""Several questions in one message: which they are, and what is done about each of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from faq.decision import Candidate, Decision, Kind
from faq.grams import is_japanese
from faq.normalize import fold, strip_padding

#: So many questions of a message are decided; what is left is told.
MOST_PARTS = 6
#: A longer text is a story; only its first part is looked through.
LONGEST = 2_000
_MOST_COUNTED = 20
#: So short a piece is a filler.
_SHORTEST = 2
#: What a further question must at least have for it to be offered, where it is not sure.
_OFFERED = 30.0
#: Where this share of a message asks, nothing of it is a story.
_ALL_ASKED = 0.6

_BLANKS = re.compile(r"\s+")
_BREAK = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ENDS = re.compile(r"(?<=[?？!！。\n])|(?<=[A-Za-z0-9)]\.)\s")
#: Words that begin a further question.
_LEAD = re.compile(
    r"^[\s、,]*(?:あと(?!で|から|何[日分時回枚個人年ヶか]|どれ|どの|払)(?:は|、|,|\s)*|また(?!は)[、,\s]*|それから[、,\s]*"
    r"|それと(?!も)[、,\s]*|そして[、,\s]*|ついでに[、,\s]*|加えて[、,\s]*|さらに[、,\s]*|並びに[、,\s]*"
    r"|もう(?:一|ひと|1|１)つ[、,はに\s]*|ちなみに[、,\s]*"
    r"|(?:and\s+)?also\b[,\s]*|and\b[,\s]*|plus\b[,\s]+|one more (?:thing|question)[,:\s]*)",
    re.IGNORECASE,
)
#: Where a sentence goes on to a further question. 「あと」 and 「また」 only behind a pause.
_GOES_ON = re.compile(
    r"(?:のと|(?<=[一-鿿ァ-ヺー])と)[、,]\s*"
    r"|[、,]\s*(?=(?:あと|また|それから|それと|ついでに|もう(?:一|ひと|1|１)つ)(?!で|から|も|は))"
    r"|(?<=か)[、,]\s*(?=[^、,]{2,}か\s*$)"
    r"|(?<=か)(?=それと(?!も)|それから|あと、)"
    r"|\s*[,;]?\s+(?:and\s+also|and|also)\s+"
    r"(?=(?:also\s+)?(?:what|how|when|where|which|who|why|can|could|do|does|is|are|may|will"
    r"|should)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]\s*$"
    r"|(?:か|かな|かしら|でしょう|のかを?|かも?教えて.*|教えて.*|知りたい.*|について.*|どう(?:すれば|したら).*"
    r"|お願い(?:します|いたします|致します))[。!！\s]*$"
    r"|^(?:what|how|when|where|which|who|why|can|could|do|does|is|are|may|will|should)\b",
    re.IGNORECASE,
)
#: 「AとBは…」: several things asked of in one breath.
_ITEM = "[おご]?[^\\sぁ-ゖ、,。][^\\s、,。とやはがをにでもへ]{1,15}"
_LIST = re.compile(
    rf"^(?P<items>{_ITEM}(?:[とや、,]{_ITEM})+)"
    r"(?P<rest>(?:(?:は|って|を|が|について|も)[^とや]{0,24})?)$"
)
#: Words without an ending.
_NAMED = re.compile("[おご]?[^\\W_ぁ-ゖ]{2,12}(?:の[おご]?[^\\W_ぁ-ゖ]{1,12}){0,2}")
#: What is asked of both together is one question.
_TOGETHER = re.compile(
    r"違|差|どちら|どっち|どれ|比べ|比較|両方|同じ|同時|一緒|いっしょ|併用|セット|合わせ|併せ|まとめ"
    r"|の間|関係|順番"
)
#: A part that leans on what was said before says nothing alone.
_LEANS = re.compile(
    r"^(?:それ|これ|その|この|そちら|こちら|そこ|ここ)|\b(?:it|that|this|they|them|those|these)\b",
    re.IGNORECASE,
)
#: Of what a text speaks that begins so, the one before it tells.
_LEANS_BACK = re.compile(
    r"^(?:(?:じゃあ?|では|で|えっと)[、,\s]*)?(?:それ|これ|その|この)"
    r"(?!ぞれ|から|と|で|なら|では|じゃ|ほど|まで|他|ほか)"
    r"(?:場合|時|とき|際|商品|件|方法)?"
    r"|^(?:and |so )?(?:how (?:much|long|many) )?(?:is|does|what about) (?:it|that)\b",
    re.IGNORECASE,
)
#: What is asked of anything names nothing.
_ASKED_FOR = re.compile("何[日分時円個回月年]?(?:間|か月)?|料金|値段|費用|方法|期間|期限|時間")
_CONTENT = re.compile(r"[^\W_ぁ-ゖー]")
#: The other half of the question before it.
_OR = re.compile(r"^\s*(?:それとも|または|もしくは|あるいは|or\b)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]")
#: 「1. 」, 「②」 and the like before a question.
_NUMBER = re.compile(r"^[\s　]*(?:[(（]?\d[.)）．、]|[①-⑨・•]|[-*]\s)?[\s　]*")
#: A question with fewer letters that mean something may be the rest of another one.
_FEWEST_LETTERS = 2
#: English words that are in every question.
_EVERYDAY = frozenset(
    (
        *("a", "about", "all", "am", "an", "and", "any", "anything", "are", "at", "be", "can"),
        *("could", "did", "do", "does", "else", "for", "from", "get", "have", "how", "i", "if"),
        *("in", "is", "many", "may", "me", "much", "my", "need", "of", "on", "one", "ones", "or"),
        *(
            "please",
            "should",
            "so",
            "something",
            "the",
            "there",
            "to",
            "was",
            "we",
            "what",
            "when",
        ),
        *("where", "which", "who", "why", "will", "with", "would", "you", "your", "happening"),
    )
)
#: What ends like a verb is no thing in a list.
_VERB_END = re.compile("[るすくうつぬむぶぐたてで]$")
#: Any of these must be there for a message to be looked at more closely.
_MARKS = re.compile(
    r"[?？。!！\n].*\w|あと|また|それから|それと|そして|ついで|もう[一ひ1１]|[とや、]|か[、,]"
    r"|\b(?:and|also|plus)\b|\.\s",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a message."""

    text: str
    #: one of several things in a list: it may as well be no question of its own
    listed: bool = False


def part_questions(text: str) -> tuple[Asked, ...]:
    """The questions of a message, in order, each once; none when it asks only one thing."""
    # long runs of blanks mean nothing, and would be tried at every length
    text = _BLANKS.sub(lambda run: "\n" if _BREAK.search(run[0]) else " ", text[:LONGEST])
    if not _MARKS.search(text):
        return ()
    found = _lines(text)
    for piece, further in _pieces(text):
        listed = _listed(piece)
        named = all(_NAMED.fullmatch(asked.text) for asked in listed)
        if listed and (further or named or _ASKS.search(piece) or _is_topic(piece)):
            found += listed
        elif (further or _ASKS.search(piece)) and len(piece) >= _SHORTEST:
            found.append(Asked(text=piece))
    if len(found) > 1:
        # a thank-you asks nothing, however it is worded
        found = [asked for asked in found if _WORD.search(strip_padding(fold(asked.text)))]
    unique = tuple({asked.text: asked for asked in found}.values())
    return unique[:_MOST_COUNTED] if len(unique) > 1 else ()


def asks(text: str) -> bool:
    """Whether a sentence of a text asks something."""
    return any(map(_ASKS.search, filter(None, _ENDS.split(text[:LONGEST]))))


def leans_back(text: str) -> bool:
    """Whether a text begins with what only the talk before tells: 「それはいくら？」."""
    return _LEANS_BACK.match(text.strip()) is not None


def says_nothing_alone(text: str) -> bool:
    """Whether a text that leans on the one before names no matter of its own."""
    rest = _LEANS.sub("", _LEANS_BACK.sub("", text.strip()))
    if is_japanese(text):
        return not _CONTENT.search(_ASKED_FOR.sub("", rest))
    return all(word in _EVERYDAY for word in re.findall("[a-z]+", fold(rest)))


def _lines(text: str) -> list[Asked]:
    """Lines that only name things: 「返品期限」, and 「送料」 below it."""
    lines = [_NUMBER.sub("", line).strip() for line in text.splitlines()]
    named = [Asked(text=line, listed=True) for line in lines if _NAMED.fullmatch(line)]
    return named if len(named) > 1 else []


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Sentences and their parts, each with whether words beside it make it a question."""
    for sentence in _ENDS.split(text):
        start = 0
        for found in (*_GOES_ON.finditer(sentence), None):
            piece = _NUMBER.sub("", sentence[start : found.start() if found else None])
            bare = _LEAD.sub("", piece)
            # 「Aと、Bを教えて」 asks for A as well
            counted = found is not None and found.group().startswith(("と", "のと"))
            further = start > 0 or bare != piece or counted
            if _WORD.search(bare) and not _OR.match(bare):
                yield bare.strip(" 　、,\n"), further
            start = found.end() if found else 0


def _is_topic(piece: str) -> bool:
    return bool(re.search(r"(?:は|って|について|を|も)\s*$", piece))


def _listed(piece: str) -> list[Asked]:
    """「AとBは…」 as two questions, unless both are asked of together."""
    found = _LIST.match(piece.rstrip("?？。!！ "))
    if not found or _TOGETHER.search(piece) or not is_japanese(piece):
        return []
    items = re.split("[とや、,]", found["items"])
    # 「その件、予約は」: a comma alone makes no list of two
    joined = len(items) > 2 or not re.search("[、,]", found["items"])  # noqa: PLR2004 - two
    if not joined or any(map(_VERB_END.search, items)) or not all(map(_CONTENT.search, items)):
        return []
    return [Asked(text=item + found["rest"], listed=True) for item in items]


def decide_parts(
    whole: Decision,
    text: str,
    asked: Sequence[Asked],
    decide: Callable[[str], Decision],
    is_strange: Callable[[str], bool],
) -> Decision:
    """The decision for a message with several questions: the clearest is answered.

    The others go with it: as entries to offer, or as what nobody answers. `is_strange` tells
    whether a question holds a word that the knowledge does not.
    """
    parts = [(each, decide(each.text)) for each in asked[:MOST_PARTS]]
    left = sum(_stands_alone(each.text) for each in asked[MOST_PARTS:])
    share = sum(len(each.text) for each in asked) / len(text)
    clearest = _lead(whole, parts, all_asked=share >= _ALL_ASKED)
    leant_on = _leant_on(clearest, parts, is_strange)
    lead = leant_on or clearest
    if lead.kind is Kind.FALLBACK:
        return lead
    first = lead.candidates[0].entry_id
    also: dict[str, Candidate] = {}
    if leant_on:
        also[clearest.candidates[0].entry_id] = clearest.candidates[0]
    unmet = []
    # what is answered of a list, or two sure things in it, make the others questions of their own
    sure = [each.text for each, made in parts if each.listed and made.kind is Kind.ANSWER]
    lists = len(sure) > 1 or lead.part in sure
    for each, made in parts:
        best = made.candidates[0] if made.candidates else None
        if each.text == lead.part or not _stands_alone(each.text):
            continue
        if best and best.entry_id == first and made.kind is not Kind.FALLBACK:
            continue
        if made.kind is Kind.ANSWER and best:
            also.setdefault(best.entry_id, best)
        elif each.listed and not lists:
            continue
        elif best and best.confidence >= _OFFERED:
            also.setdefault(best.entry_id, best)
        elif lead.kind is Kind.ANSWER:
            unmet.append(each.text)
    return replace(lead, also=tuple(also.values()), unmet=tuple(unmet), left=left)


def _stands_alone(text: str) -> bool:
    """Whether a part says what it is about."""
    if _LEANS.search(text):
        return False
    if is_japanese(text):
        return len(_CONTENT.findall(text)) >= _FEWEST_LETTERS
    return any(word not in _EVERYDAY for word in re.findall("[a-z]+", fold(text)))


def _leant_on(
    lead: Decision,
    parts: Sequence[tuple[Asked, Decision]],
    is_strange: Callable[[str], bool],
) -> Decision | None:
    """The question before, where the answer would be to one that leans on it alone.

    "Do you ship to Germany? How long does it take?" asks for no delivery at home. Where the
    knowledge knows every word of the question before, it has told the two apart itself.
    """
    if lead.kind is not Kind.ANSWER:
        return None
    best = lead.candidates[0].entry_id
    likely = [pair for pair in parts if pair[1].kind is not Kind.FALLBACK]
    mine = [each for each, made in likely if made.candidates[0].entry_id == best]
    if not mine or any(_stands_alone(each.text) for each in mine):
        return None
    before = takewhile(lambda pair: pair[0] is not mine[0], likely)
    alone = [
        (each, made)
        for each, made in before
        if _stands_alone(each.text) and not each.listed and is_strange(each.text)
    ]
    return _clearest(alone) if alone else None


def _lead(
    whole: Decision, parts: Sequence[tuple[Asked, Decision]], *, all_asked: bool
) -> Decision:
    """The decision that is acted on: the whole message's, unless a part of it is clearer."""
    sure = [(each, made) for each, made in parts if made.kind is Kind.ANSWER]
    firsts = {made.candidates[0].entry_id for _, made in sure}
    if whole.kind is Kind.ANSWER:
        best = whole.candidates[0]
        mine = [pair for pair in sure if pair[1].candidates[0].entry_id == best.entry_id]
        if mine:
            clearest = _clearest(mine)
            return clearest if clearest.candidates[0].confidence > best.confidence else whole
        return _clearest(sure) if len(firsts) > 1 and all_asked else whole
    # what stands in a list is short: where a story goes before it, it misleads
    sure = [(each, made) for each, made in sure if all_asked or not each.listed]
    # "can I exchange it?" leaves unsaid that it came broken: what says all of it goes first
    sure = [pair for pair in sure if not _LEANS.search(pair[0].text)] or sure
    if not all_asked and whole.kind is Kind.SUGGEST:
        # the story before a question may turn its answer round: both must mean the same entry
        told = whole.candidates[0].entry_id
        sure = [pair for pair in sure if pair[1].candidates[0].entry_id == told]
    if sure:
        return _clearest(sure)
    likely = [
        (each, made) for each, made in parts if made.kind is Kind.SUGGEST and not each.listed
    ]
    return _clearest(likely) if whole.kind is Kind.FALLBACK and likely and all_asked else whole


def _clearest(parts: Sequence[tuple[Asked, Decision]]) -> Decision:
    each, made = max(parts, key=lambda pair: pair[1].candidates[0].confidence)
    return replace(made, part=each.text)
