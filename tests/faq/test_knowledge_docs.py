"""The reference of the knowledge format says what the loader does."""

import re
from datetime import date
from pathlib import Path

from faq.announcementfile import ANNOUNCEMENT_KEYS
from faq.checking import check_folder
from faq.decision import Limits
from faq.entryfile import ENTRY_KEYS, FILE_KEYS
from tests.faq.knowledge_files import write_folder

PAGE = (Path(__file__).parents[2] / "docs/reference/knowledge.md").read_text("utf-8")


def test_the_example_loads_and_passes_its_own_tests(tmp_path):
    returns, synonyms = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[:2]
    folder = write_folder(tmp_path / "knowledge", returns=returns, synonyms=synonyms)
    checkup = check_folder(folder, date(2026, 10, 15))
    assert (checkup.problems, checkup.warnings) == ((), ())
    assert list(checkup.knowledge.entries) == ["return-deadline", "return-how"]


def test_every_key_has_its_row():
    page, announcements = PAGE.split("## Keys of an announcement")
    rows = re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)
    assert rows == [*("lang", "category", "entries", "synonyms"), *ENTRY_KEYS]
    firsts = re.findall(r"^\| (`[a-z]+`(?:, `[a-z]+`)*) \|", announcements, re.MULTILINE)
    told = [key.strip("`") for first in firsts for key in first.split(", ")]
    assert told == list(ANNOUNCEMENT_KEYS)
    assert set(FILE_KEYS) == {"lang", "category", "entries", "synonyms"}


def test_the_figures_are_those_of_the_code():
    limits = Limits()
    assert f"leads the runner-up by {limits.margin:.0f} points" in PAGE
    assert f"below {limits.suggest:.0f} it says" in PAGE
