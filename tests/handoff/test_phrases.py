"""What staff read when something is refused: every error has its sentences."""

import inspect

import pytest

from bot.errors import MadoguchiError, NotFound, StoreUnavailable
from handoff import errors
from handoff.phrases import render_refusal

MADE = [
    errors.AlreadyClaimed("佐藤"),
    errors.NotYours("佐藤"),
    errors.NotYours(None),
    errors.NewerMessages([]),
    errors.OpenElsewhere("M-7K2Q", 1),
    errors.NotThere("佐藤"),
    errors.TooManyTries(1_500),
    errors.CodeNeeded("ticket"),
]
PLAIN = [
    kind()
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
    and issubclass(kind, MadoguchiError)
    and kind not in {type(error) for error in MADE}
]


@pytest.mark.parametrize("error", [*MADE, *PLAIN, NotFound(), StoreUnavailable()], ids=repr)
def test_every_refusal_is_said_in_both_languages(error: MadoguchiError):
    said = [render_refusal(error, lang) for lang in ("ja", "en")]
    assert said[0].endswith("。")
    assert said[1].endswith(".")
    assert said[1].isascii() or "佐藤" in said[1]
    assert [text for text in said if "{" in text or "None" in text] == []


def test_names_references_and_times_stand_in_the_sentence():
    told = [
        render_refusal(error, "ja")
        for error in (MADE[0], MADE[2], MADE[4], errors.TooManyTries(1_500))
    ]
    assert told == [
        "佐藤さんが先に担当になりました。",
        "この会話の担当者はまだいません。先に担当になってください。",
        "このお客様には対応中の会話（M-7K2Q）があります。そちらで続けてください。",
        "続けて失敗したため、2秒ほどおいてからお試しください。",
    ]


def test_an_unknown_error_speaks_for_itself():
    assert render_refusal(MadoguchiError("Something else."), "ja") == "Something else."
