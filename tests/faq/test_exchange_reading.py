"""Tables and lists from elsewhere, as they come from spreadsheets and other programs."""

import json

import pytest

from faq.exchange_html import to_markdown
from faq.exchange_profiles import KNOWN, Profile, choose_profile, read_rows
from faq.exchange_rows import ImportUnreadable
from faq.exchange_tables import decode, read_list, read_table

ALL = frozenset().union(*KNOWN.values())


def read(raw: bytes) -> tuple[Profile, list[dict], list[int]]:
    lines = read_table(decode(raw), ALL)
    profile = choose_profile(lines[0].texts if lines else ())
    rows = read_rows(profile, lines)
    return profile, [dict(row.values) for row in rows], [row.number for row in rows]


JAPANESE = (
    "質問,言い換え,回答,カテゴリ,最終確認日\r\n"
    '返品期限は？,"いつまで返せる\n返品 何日",8日以内です。,返品,2026/4/1\r\n'
    "送料は？,,500円です。,,\r\n"
)
FROM_JAPANESE = [
    {
        "question": "返品期限は？",
        "variants": ["いつまで返せる", "返品 何日"],
        "answer": "8日以内です。",
        "category": "返品",
        "reviewed": "2026-04-01",
    },
    {"question": "送料は？", "answer": "500円です。"},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_spreadsheet_in_any_encoding(encoding):
    assert read(JAPANESE.encode(encoding)) == (Profile.TABLE, FROM_JAPANESE, [2, 3])


def test_tabs_semicolons_and_a_title_above_the_headings():
    table = (
        "FAQ list;;\n\nQuestion;Answer;Variant 1;Variant 2\nHow long?;8 days;return window;8?\n"
    )
    told = {"question": "How long?", "answer": "8 days", "variants": ["return window", "8?"]}
    assert read(table.encode()) == (Profile.TABLE, [told], [4])
    assert read(table.replace(";", "\t").encode()) == (Profile.TABLE, [told], [4])


def test_a_table_in_two_languages():
    table = (
        "id,質問,回答,question(en),answer:en,variants(en)\na,何日？,8日。,How long?,8 days.,x|y\n"
    )
    assert read(table.encode())[1] == [
        {
            "id": "a",
            "question": "何日？",
            "answer": "8日。",
            "translations": {
                "en": {"question": "How long?", "answer": "8 days.", "variants": ["x", "y"]}
            },
        }
    ]


def test_validity_and_the_rest_of_the_columns():
    table = (
        "question,answer,valid from,valid until,channels,next,escalate,priority\n"
        'a,b,2026/1/5,2026年2月10日,"line, web","x,y",TRUE,3\n'
    )
    assert read(table.encode())[1] == [
        {
            "question": "a",
            "answer": "b",
            "valid": {"from": "2026-01-05", "until": "2026-02-10"},
            "channels": ["line", "web"],
            "next": ["x", "y"],
            "escalate": True,
            "priority": "3",
        }
    ]


def test_our_own_guard_before_a_formula_is_taken_off_again():
    table = "question,answer\nwhat?,'=1+1\nit's,'quoted'\n"
    assert [row["answer"] for row in read(table.encode())[1]] == ["=1+1", "'quoted'"]


def test_keyword_replies_become_entries_with_variants():
    table = (
        "タイトル,キーワード,メッセージ,ステータス\n"
        '送料,"送料、配送料\n送料無料",全国500円です。,オン\n'
        ",営業時間,10時からです。,オン\n"
        "古い,昔,終わりました。,オフ\n"
    )
    lines = read_table(decode(table.encode()), ALL)
    rows = read_rows(choose_profile(lines[0].texts), lines)
    assert [(dict(row.values), row.skipped) for row in rows] == [
        (
            {
                "question": "送料",
                "variants": ["配送料", "送料無料"],
                "answer": "全国500円です。",
            },
            "",
        ),
        ({"question": "営業時間", "answer": "10時からです。"}, ""),
        ({"question": "古い", "variants": ["昔"], "answer": "終わりました。"}, "switched off"),
    ]


def test_articles_of_a_help_centre():
    table = (
        "Title,Body,Section Name,Locale,Label Names,Draft\n"
        'Return window,"<p>Within <strong>8 days</strong>.</p>",Returns,en-US,refund,false\n'
        "Old,<p>x</p>,Returns,en-us,,TRUE\n"
    )
    lines = read_table(decode(table.encode()), ALL)
    rows = read_rows(choose_profile(lines[0].texts), lines)
    assert [(dict(row.values), row.skipped) for row in rows] == [
        (
            {
                "question": "Return window",
                "variants": ["refund"],
                "answer": "Within **8 days**.",
                "category": "Returns",
                "lang": "en",
            },
            "",
        ),
        (
            {"question": "Old", "answer": "x", "category": "Returns", "lang": "en"},
            "not published",
        ),
    ]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("plain 3 < 4 text", "plain 3 < 4 text"),
        ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<h2>How </h2><p>x</p>", "**How**\n\nx"),
        ("<b></b><p>x</p>", "x"),
        ('<a href="https://shop.example/x">go</a>', "[go](https://shop.example/x)"),
        ('<a href="javascript:alert(1)">go</a>', "go"),
        ('<a href="https://shop.example/a(b">go</a>', "go"),
        ("<p>a<script>alert(1)</script>b</p>", "ab"),
        ("<p>&lt;script&gt; &amp; 円</p>", "<script> & 円"),
        ("<p>unclosed <b>bold", "unclosed **bold**"),
        ("</p></b></li></ul></a>x<p>", "x"),
        ("<p>a<![if !mso]>b<![endif]>c</p>", "abc"),
        ("<p>a<![CDAT\r x", "a"),
        ("<p>a<![}CDATA[ b ]]>c", "ac"),
    ],
)
def test_html_becomes_small_markdown(html, markdown):
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "no headings that are known here"),
        (b"a,b\n1,2\n", "no headings that are known here (first row: a、b)"),
        ("質問,カテゴリ\n1,2\n".encode(), "the columns fit no known form"),
        (b"\x81\x00\xff", "neither UTF-8 nor Shift_JIS text"),
        (b'question,answer\n"' + b"x" * 300_000 + b'",y\n', "field larger than field limit"),
    ],
)
def test_a_file_that_is_no_table_says_how_to_mend_it(raw, told):
    with pytest.raises(ImportUnreadable) as raised:
        read(raw)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("[" * 200_000, "not JSON"),
        ('{"faqs": []}', "no list of entries"),
        ("3", "no list of entries"),
    ],
)
def test_a_file_that_is_no_list_says_so(text, told):
    with pytest.raises(ImportUnreadable) as raised:
        read_list(text)
    assert told in str(raised.value)


def test_a_list_may_stand_in_an_object():
    entries = [{"question": "a", "answer": "b"}]
    assert read_list(json.dumps(entries)) == entries
    assert read_list(json.dumps({"entries": entries})) == entries
