"""What columns mean: our own tables, keyword replies of a chat account, help-centre articles."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from faq.exchange_html import to_markdown
from faq.exchange_rows import ImportUnreadable, Row
from faq.exchange_tables import Cells


class Profile(StrEnum):
    """Where a table comes from."""

    TABLE = "table"
    KEYWORDS = "keywords"
    ARTICLES = "articles"


#: Folded heading → key of the knowledge format.
_TABLE: Mapping[str, str] = {
    **dict.fromkeys(("id", "項目id", "キー", "識別子"), "id"),
    **dict.fromkeys(("question", "質問", "質問文", "よくある質問", "問い", "q"), "question"),
    **dict.fromkeys(
        ("variants", "variant", "言い換え", "別の言い方", "類似質問", "同義質問", "類義文"),
        "variants",
    ),
    **dict.fromkeys(("answer", "回答", "回答文", "答え", "応答", "a"), "answer"),
    **dict.fromkeys(("category", "カテゴリ", "カテゴリー", "分類"), "category"),
    **dict.fromkeys(("lang", "language", "言語"), "lang"),
    **dict.fromkeys(("next", "次の項目"), "next"),
    **dict.fromkeys(("escalate", "引き継ぎ"), "escalate"),
    **dict.fromkeys(("priority", "優先度"), "priority"),
    **dict.fromkeys(("threshold", "しきい値"), "threshold"),
    **dict.fromkeys(("channels", "窓口"), "channels"),
    **dict.fromkeys(("validfrom", "公開日", "開始日"), "from"),
    **dict.fromkeys(("validuntil", "終了日", "公開終了日"), "until"),
    **dict.fromkeys(("expect", "確認文"), "expect"),
    **dict.fromkeys(("reject", "除外文"), "reject"),
    **dict.fromkeys(("owner", "担当"), "owner"),
    **dict.fromkeys(("reviewed", "確認日", "最終確認日"), "reviewed"),
}
_KEYWORDS: Mapping[str, str] = {
    **dict.fromkeys(("title", "タイトル", "名前", "応答名"), "title"),
    **dict.fromkeys(("keyword", "keywords", "キーワード"), "keywords"),
    **dict.fromkeys(
        ("message", "メッセージ", "応答メッセージ", "本文", "内容", "text"), "message"
    ),
    **dict.fromkeys(("status", "ステータス", "状態", "利用"), "status"),
    **dict.fromkeys(("category", "カテゴリ", "カテゴリー", "フォルダ"), "category"),
}
_ARTICLES: Mapping[str, str] = {
    **dict.fromkeys(("title", "タイトル", "記事名"), "title"),
    **dict.fromkeys(("body", "content", "articlebody", "本文", "内容"), "body"),
    **dict.fromkeys(("section", "sectionname", "セクション", "セクション名"), "section"),
    **dict.fromkeys(("category", "categoryname", "カテゴリ", "カテゴリー"), "category"),
    **dict.fromkeys(("locale", "language", "言語"), "lang"),
    **dict.fromkeys(("labelnames", "labels", "ラベル", "keywords"), "labels"),
    **dict.fromkeys(("draft", "下書き"), "draft"),
    **dict.fromkeys(("status", "ステータス", "状態"), "status"),
}
_LISTS = ("variants", "next", "channels", "expect", "reject")
_TEXT = re.compile(
    r"(question|answer|variants|category|質問|回答|言い換え|カテゴリ)[:.(（]([a-z]{2,3})[)）]?"
)
_OFF = frozenset(
    {"off", "オフ", "無効", "停止", "draft", "下書き", "archived", "true", "1", "利用しない"}
)
_DAY = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?(?: .*)?")
_KEYWORD_MARKS = re.compile(r"[\n,，、;；|｜]")
_PHRASE_MARKS = re.compile(r"[\n|｜]")

KNOWN: Mapping[Profile, frozenset[str]] = {
    Profile.TABLE: frozenset(_TABLE),
    Profile.KEYWORDS: frozenset(_KEYWORDS),
    Profile.ARTICLES: frozenset(_ARTICLES),
}


def choose_profile(headings: Iterable[str]) -> Profile:
    """The profile whose needed columns are all there. Raises ImportUnreadable."""
    names = {name.rstrip("0123456789") for name in headings}
    needed: Sequence[tuple[Profile, Mapping[str, str], tuple[str, ...]]] = (
        (Profile.TABLE, _TABLE, ("question", "answer")),
        (Profile.TABLE, _TABLE, ("id",)),
        (Profile.KEYWORDS, _KEYWORDS, ("keywords", "message")),
        (Profile.ARTICLES, _ARTICLES, ("title", "body")),
    )
    for profile, meanings, keys in needed:
        found = {meanings[name] for name in names if name in meanings}
        if found.issuperset(keys):
            return profile
    raise ImportUnreadable(
        "the columns fit no known form; name them `question` and `answer` (質問, 回答), "
        "`keyword` and `message` (キーワード, メッセージ), or `title` and `body` (タイトル, 本文)"
    )


def read_rows(profile: Profile, lines: Iterable[Cells]) -> list[Row]:
    """Each line as a row in the knowledge format's keys."""
    read: Mapping[Profile, Callable[[Cells], Row]] = {
        Profile.TABLE: _table_row,
        Profile.KEYWORDS: _keyword_row,
        Profile.ARTICLES: _article_row,
    }
    return [read[profile](line) for line in lines]


def _table_row(cells: Cells) -> Row:
    values: dict[str, Any] = {}
    columns: dict[str, int] = {}
    for name, text in cells.texts.items():
        key = _TABLE.get(name) or _TABLE.get(name.rstrip("0123456789"))
        other = _TEXT.fullmatch(name)
        if other:
            _put_translation(values, other[1], other[2], text)
            columns.setdefault("translations", cells.columns[name])
        elif key:
            columns.setdefault(key, cells.columns[name])
            _put(values, key, text)
    return Row(number=cells.number, values=values, columns=columns)


def _put(values: dict[str, Any], key: str, text: str) -> None:
    if key in _LISTS:
        marks = _KEYWORD_MARKS if key in ("next", "channels") else _PHRASE_MARKS
        values[key] = [*values.get(key, []), *_split(marks, text)]
    elif key in ("from", "until"):
        values.setdefault("valid", {})[key] = _as_day(text)
    elif key == "reviewed":
        values[key] = _as_day(text)
    elif key == "escalate" and text.casefold() in ("true", "false"):
        values[key] = text.casefold() == "true"
    else:
        values.setdefault(key, text)


def _put_translation(values: dict[str, Any], name: str, lang: str, text: str) -> None:
    key = _TABLE[name]
    texts = values.setdefault("translations", {}).setdefault(lang, {})
    texts[key] = _split(_PHRASE_MARKS, text) if key == "variants" else text


def _keyword_row(cells: Cells) -> Row:
    found, columns = _meant(cells, _KEYWORDS)
    words = _split(_KEYWORD_MARKS, found.get("keywords", ""))
    question, *variants = dict.fromkeys(filter(None, [found.get("title"), *words])) or [""]
    return Row(
        number=cells.number,
        values=_without_empty(
            {
                "question": question,
                "variants": variants,
                "answer": found.get("message"),
                "category": found.get("category"),
            }
        ),
        columns={"answer": columns.get("message", 1), "question": columns.get("keywords", 1)},
        skipped="switched off" if found.get("status", "").casefold() in _OFF else "",
    )


def _article_row(cells: Cells) -> Row:
    found, columns = _meant(cells, _ARTICLES)
    closed = any(found.get(name, "").casefold() in _OFF for name in ("draft", "status"))
    return Row(
        number=cells.number,
        values=_without_empty(
            {
                "question": found.get("title"),
                "variants": _split(_KEYWORD_MARKS, found.get("labels", "")),
                "answer": to_markdown(found.get("body", "")),
                "category": found.get("section") or found.get("category"),
                "lang": found.get("lang", "").partition("-")[0].casefold(),
            }
        ),
        columns={"question": columns.get("title", 1), "answer": columns.get("body", 1)},
        skipped="not published" if closed else "",
    )


def _meant(cells: Cells, meanings: Mapping[str, str]) -> tuple[dict[str, str], dict[str, int]]:
    texts: dict[str, str] = {}
    columns: dict[str, int] = {}
    for name, text in cells.texts.items():
        key = meanings.get(name) or meanings.get(name.rstrip("0123456789"))
        if key:
            texts[key] = f"{texts[key]}\n{text}" if key in texts else text
            columns.setdefault(key, cells.columns[name])
    return texts, columns


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _split(marks: re.Pattern[str], text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in marks.split(text)) if part]


def _as_day(text: str) -> str:
    """A spreadsheet's date as the format writes it; another text as it is, to be complained of."""
    found = _DAY.fullmatch(text.strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text.strip()
