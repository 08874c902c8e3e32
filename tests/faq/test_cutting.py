"""Texts that are cut already make the same knowledge as texts that are cut anew."""

from datetime import date
from pathlib import Path

import faq
from faq.checking import check_folder
from faq.cutting import Cuts
from faq.knowledge import Knowledge, build_knowledge
from faq.lint_finding import Severity
from faq.loader import load_folder

EXAMPLE = Path(faq.__file__).parent / "example"
TODAY = date(2026, 1, 1)
ASKED = ("返品したい", "送料はいくら", "ポイントの期限", "how do I return it", "領収書 再発行")


def decided(known: Knowledge) -> list[object]:
    return [known.decide(text, lang=None, channel="web", today=TODAY) for text in ASKED]


def test_remembered_texts_change_no_decision():
    fresh = load_folder(EXAMPLE).knowledge
    cuts = Cuts()
    load_folder(EXAMPLE, cuts=cuts)
    again = load_folder(EXAMPLE, cuts=cuts).knowledge
    few = load_folder(EXAMPLE, cuts=Cuts(most=7)).knowledge
    assert fresh is not None
    assert again is not None
    assert few is not None
    assert decided(fresh) == decided(again) == decided(few)
    assert fresh.calibration == again.calibration == few.calibration


def test_other_synonyms_are_not_answered_from_memory():
    order = load_folder(EXAMPLE).found
    entries, cuts = [found.entry for found in order], Cuts()
    build_knowledge(entries, [], cuts=cuts)
    groups = [("返品", "リターン")]
    one = build_knowledge(entries, groups, cuts=cuts).decide(
        "リターンしたい", lang=None, channel="web", today=TODAY
    )
    other = build_knowledge(entries, groups).decide(
        "リターンしたい", lang=None, channel="web", today=TODAY
    )
    assert one == other


def test_without_hints_errors_and_warnings_stay():
    whole, quick = check_folder(EXAMPLE, TODAY), check_folder(EXAMPLE, TODAY, hints=False)
    assert quick.problems == whole.problems
    assert quick.warnings == whole.warnings
    assert {each.severity for each in whole.findings} >= {Severity.INFO}
