"""Every word of the pages exists in both languages, and none is asked for in vain."""

import json
import re
from importlib.resources import files

import pytest

from bot.conversation import Cause, State
from handoff.page_words import LANGS, load_pairs, text, texts_of
from handoff.pages.desk_view import FILTERS

PAIRS = load_pairs()
ASKED = re.compile(r"""\bt\(\s*["']([a-z_.0-9]+)["']""")
KEY = re.compile(r'"([a-z]+\.[a-z_.0-9]+)"')


def test_every_text_is_written_in_both_languages() -> None:
    assert [key for key, pair in PAIRS.items() if len(pair) != len(LANGS) or not all(pair)] == []


def test_no_two_files_name_the_same_text() -> None:
    folder = files("handoff") / "page_texts"
    named = [
        key for file in folder.iterdir() for key in json.loads(file.read_text(encoding="utf-8"))
    ]
    assert sorted(named) == sorted(PAIRS)


def test_both_languages_fill_the_same_places() -> None:
    places = {
        key: [set(re.findall(r"\{(\w+)\}", one)) for one in pair] for key, pair in PAIRS.items()
    }
    assert [key for key, (one, other) in places.items() if one != other] == []


@pytest.mark.parametrize("folder", ["static", "templates"])
def test_what_pages_ask_for_exists(folder: str) -> None:
    asked = set()
    for file in (files("handoff") / folder).iterdir():
        if file.name.endswith((".js", ".html")):
            asked |= set(ASKED.findall(file.read_text(encoding="utf-8")))
    assert len(asked) > 50
    assert {key for key in asked if not key.endswith(".")} - set(PAIRS) == set()


def test_every_state_cause_and_filter_has_its_word() -> None:
    wanted = [f"state.{state}" for state in State]
    wanted += [f"cause.{cause}" for cause in Cause]
    wanted += [f"{kind}.{name}" for name in FILTERS for kind in ("filter", "empty")]
    assert [key for key in wanted if key not in texts_of("ja")] == []


def test_places_are_filled_as_they_are() -> None:
    assert text("ja", "head.owner", name="<b>{name}</b>") == "担当：<b>{name}</b>"
