"""Labels, addresses and phone numbers as LINE and phones take them; and where a finding stands."""

import pytest

from faq import lint_matching
from faq.checking import check_folder
from faq.entry import Button, Translation
from faq.lint_places import check_buttons, is_doubtful_tel, is_doubtful_url
from faq.lint_sentences import count_characters
from tests.faq.knowledge_files import TODAY, entry, write_folder

FAMILY = "👨‍👩‍👧‍👦"
URL = "https://shop.example/"


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/a?b=c#d",
        "https://ショップ.example/返品",
        "https://shop.example/a_(b)",
        "https://xn--eckwd4c7c.example/",
    ],
)
def test_addresses_that_open(url):
    assert is_doubtful_url(url) is False


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://shop/",
        "https://localhost/",
        "https://desk.internal/",
        "https://192.168.0.1/",
        "https://[::1]/",
        "https://[x/",
        "https://shop.example:port/",
        "https://shop.example/a。",
        "https://shop.example/a、",
        "https://-shop.example/",
    ],
)
def test_addresses_that_hardly_open(url):
    assert is_doubtful_url(url) is True


@pytest.mark.parametrize("tel", ["0120-000-000", "03-0000-0000", "+81-120-000-000", "171"])
def test_numbers_that_ring(tel):
    assert is_doubtful_tel(tel) is False


@pytest.mark.parametrize(
    "tel", ["120-000-000", "0120-000", "+81-0120-000-000", "+81 (0)120-000-000", "+81-12", "00-11"]
)
def test_numbers_that_do_not_ring(tel):
    assert is_doubtful_tel(tel) is True


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("返品する", 4),
        (FAMILY * 3, 3),
        ("ﾊﾞｽ", 2),
        ("か\u3099", 1),
        ("🇯🇵🇺🇸", 2),
        ("a\r\nb", 3),
    ],
)
def test_characters_are_counted_as_people_count_them(text, count):
    assert count_characters(text) == count


def test_limits_of_line_hold_where_the_entry_is_served_on_line():
    long = Button(label="あ" * 21, url=URL + "返" * 110)
    short = Button(label=FAMILY * 20, url=URL + "返" * 108)
    translations = {"en": Translation(question="x", answer="y", buttons=(short, long))}
    told = {
        channels: [
            (each.rule, each.path, each.words["count"])
            for each in check_buttons(
                entry("a", "返品", buttons=(long,), translations=translations, channels=channels)
            )
        ]
        for channels in ((), ("web",))
    }
    assert told == {
        (): [
            ("label-length", ("buttons", 0, "label"), "21"),
            ("url-length", ("buttons", 0, "url"), "1,011"),
            ("label-length", ("translations", "en", "buttons", 1, "label"), "21"),
            ("url-length", ("translations", "en", "buttons", 1, "url"), "1,011"),
        ],
        ("web",): [],
    }


def test_what_concerns_the_whole_folder_stands_at_its_head(tmp_path, monkeypatch):
    monkeypatch.setattr(lint_matching, "FEWEST_TRIED", 1)
    monkeypatch.setattr(lint_matching, "MOST_PAIRS", 1)
    kb = "entries:\n  - {id: a, question: 返品, answer: はい。, variants: [交換]}\n"
    checkup = check_folder(write_folder(tmp_path / "k", kb=kb), TODAY)
    told = [each for each in checkup.findings if each.rule == "not-all-tried"]
    assert [(each.file, each.line, each.column) for each in told] == [(".", 1, 1)]
    assert told[0].sentence("en") == (
        "of 2 questions and variants 1 were tried against the other entries; "
        "try the rest with `madoguchi eval`"
    )


def test_words_that_the_file_writes_otherwise_stand_where_the_value_begins(tmp_path):
    kb = 'entries:\n  - id: a\n    question: 返品\n    answer: "\\u4E86\\u89E3しました。"\n'
    checkup = check_folder(write_folder(tmp_path / "k", kb=kb), TODAY)
    places = [(each.rule, each.line, each.column) for each in checkup.findings]
    assert ("keigo-slip", 4, 13) in places
