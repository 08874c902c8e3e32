from datetime import date

from faq.checking import check_folder
from faq.review import review_knowledge
from tests.faq.knowledge_files import TODAY, entry, knowledge, write_folder


def test_a_sound_knowledge_gets_no_remarks():
    known = knowledge(
        entry("a", "返品はいつまでできますか", next_ids=("b",), expect=("返品はいつまで？",)),
        entry("b", "送料はいくらですか", reject=("返品はいつまで？",)),
    )
    assert review_knowledge(known, TODAY) == []


def test_twins_are_told_once_each():
    known = knowledge(entry("a", "送料", "送料！"), entry("b", "料金", "送 料"))
    assert [(r.entry_id, r.key, r.index, r.what) for r in review_knowledge(known, TODAY)] == [
        ("a", "variants", 0, "`送料！` says the same as `送料` of the same entry"),
        ("b", "variants", 0, "`送 料` says the same as `送料` of `a`"),
    ]


def test_dead_ends_and_lapses():
    known = knowledge(
        entry("a", "返品", next_ids=("a", "b", "gone")),
        entry("b", "送料", valid_until=date(2026, 5, 31)),
        entry("c", "交換", valid_until=date(2026, 6, 30)),
        entry("d", "修理", valid_until=date(2026, 7, 2)),
    )
    assert [(r.entry_id, r.key, r.index, r.warning) for r in review_knowledge(known, TODAY)] == [
        ("a", "next", 0, False),
        ("a", "next", 2, False),
        ("b", "valid", None, False),
        ("c", "valid", None, True),
    ]


def test_tests_that_fail():
    known = knowledge(
        entry("a", "返品はいつまでできますか", expect=("送料はいくらですか", "富士山")),
        entry("b", "送料はいくらですか", reject=("送料はいくらですか", "返品")),
    )
    assert [(r.key, r.index, r.what) for r in review_knowledge(known, TODAY)] == [
        ("expect", 0, "`送料はいくらですか` should be answered by this entry and gets `b`"),
        ("expect", 1, "`富士山` should be answered by this entry and gets a fallback"),
        ("reject", 0, "`送料はいくらですか` must not be answered by this entry and is"),
    ]


def test_entries_that_are_not_served_are_not_tested():
    known = knowledge(entry("a", "返品", expect=("富士山",), valid_from=date(2027, 1, 1)))
    assert review_knowledge(known, TODAY) == []


def test_remarks_have_their_place_in_the_file(tmp_path):
    kb = (
        "entries:\n  - id: a\n    question: 返品\n    answer: 8日\n"
        "    next:\n      - b\n      - c\n"
        "    valid: {until: 2026-06-10}\n  - {id: b, question: 返品！, answer: x}\n"
    )
    checkup = check_folder(write_folder(tmp_path / "k", kb=kb), TODAY)
    assert [str(problem) for problem in checkup.problems] == [
        "kb.yaml:7:9: a: `next` names `c`, which does not exist; correct or delete it",
        (
            "kb.yaml:9:23: b: `返品！` says the same as `返品` of `a`; "
            "keep it in the entry it belongs to"
        ),
    ]
    assert [str(warning) for warning in checkup.warnings] == [
        "kb.yaml:8:12: a: served until 2026-06-10 only; set a later `until` if it stays true"
    ]
