import re
from pathlib import Path

import pytest

from bot.phrase_table import TABLE
from bot.phrases import LANGUAGES, Phrases, UnknownPhrase, placeholders
from bot.settings import TalkSettings
from faq.language import detect_language

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "phrases.md"


def render_table():
    """The table of docs/reference/phrases.md, made of the catalogue."""
    lines = ["| key | Japanese | names | English |", "| --- | --- | --- | --- |"]
    for key, texts in TABLE.items():
        cells = [texts[lang].replace("|", "\\|").replace("\n", "<br>") for lang in LANGUAGES]
        names = " ".join(f"`{name}`" for name in placeholders(key))
        lines.append(f"| `{key}` | {cells[0]} | {names} | {cells[1]} |")
    return "\n".join(lines)


def test_the_page_lists_every_phrase_as_it_is_said():
    """Mend it with: PYTHONPATH=. python tests/bot/test_talk_phrases.py"""
    assert render_table() in PAGE.read_text(encoding="utf-8")


def test_every_phrase_is_there_in_both_languages_with_the_same_names():
    for key, texts in TABLE.items():
        assert sorted(texts) == sorted(LANGUAGES)
        found = {lang: sorted(set(re.findall(r"\{(\w+)\}", texts[lang]))) for lang in texts}
        assert found["ja"] == found["en"], key
        assert all(text.strip() for text in texts.values()), key


def test_japanese_sentences_are_polite():
    rude = [
        key
        for key, texts in TABLE.items()
        if "。" in texts["ja"]
        and not re.search(r"(ます|です|ました|ません|ください)(ね|か)?[。？（]", texts["ja"])
    ]
    assert rude == []


def test_labels_fit_a_quick_reply():
    labels = (
        *("human", "solved_yes", "solved_no", "suggest_none", "connect", "again", "wait"),
        *("callback", "leave", "phone", "back", "skip"),
        *(f"score_{score}" for score in range(1, 6)),
    )
    long = [text for key in labels for text in TABLE[key].values() if len(text) > 20]
    assert long == []


def test_names_are_filled_in_once():
    said = Phrases().say("phone_ask", "en", slot="{phone} {slot}")
    assert said == "{phone} {slot}, noted. Which number shall we call (for example 090-1234-5678)?"


def test_own_wording_is_laid_over_the_catalogue():
    phrases = Phrases({"hello": {"ja": "いらっしゃいませ。"}})
    assert [phrases.say("hello", lang) for lang in LANGUAGES] == [
        "いらっしゃいませ。",
        "Hello. Please type your question.",
    ]


def test_another_language_is_answered_in_the_first():
    assert Phrases().say("hello", "fr") == TABLE["hello"]["ja"]


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"helo": {"ja": "a"}}, "talk.phrases: there is no phrase 'helo'"),
        ({"hello": {"jp": "a"}}, "talk.phrases.hello: 'jp' is not one of ja, en"),
        (
            {"queued": {"ja": "{positon}番目"}},
            "talk.phrases.queued.ja: {positon} is not known; use {position}, {wait}",
        ),
        ({"hello": {"en": "{name}"}}, "talk.phrases.hello.en: {name} is not known; use none"),
    ],
)
def test_a_slip_in_own_wording_is_told_at_the_start(own, message):
    with pytest.raises(UnknownPhrase) as refused:
        Phrases(own)
    assert refused.value.args == (message,)


def test_own_wording_has_a_limit():
    with pytest.raises(ValueError, match="at most 2,000 characters"):
        TalkSettings(phrases={"hello": {"ja": "あ" * 2_001}})


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("返品したい", "ja"), ("ﾍﾝﾋﾟﾝ", "ja"), ("iPhoneの返品", "ja"), ("refund", "en"),
        ("Where is my parcel", "en"), ("my parcel never came", "en"), ("PayPay", None),
        ("iPhone 15 Pro", None), ("A-12345", None), ("OK", None), ("👍", None), ("", None),
        ("123", None),
    ],
)  # fmt: skip
def test_the_language_of_a_text(text, lang):
    assert detect_language(text) == lang


def _write_page():
    page = PAGE.read_text(encoding="utf-8")
    head = page[: page.index("| key |")]
    PAGE.write_text(f"{head}{render_table()}\n", encoding="utf-8")


if __name__ == "__main__":
    _write_page()
