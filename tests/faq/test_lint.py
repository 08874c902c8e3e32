"""Findings about entries among each other, their places, and what may be silenced."""

from datetime import date
from pathlib import Path

import faq
from faq.checking import check_folder
from faq.entry import Silence, Translation
from faq.lint import lint_knowledge
from faq.lint_rules import advise
from tests.faq.knowledge_files import TODAY, entry, knowledge, write_folder

#: told of nearly every entry of a test
QUIET = {"no-owner", "no-variants"}


def found(known, today=TODAY):
    return [each for each in lint_knowledge(known, today) if each.rule not in QUIET]


def told(known, today=TODAY):
    return [(each.rule, each.entry_id, each.path) for each in found(known, today)]


def test_a_sound_knowledge_gets_no_remarks():
    known = knowledge(
        entry("a", "返品はいつまでできますか", next_ids=("b",), expect=("返品はいつまで？",)),
        entry("b", "送料はいくらですか", reject=("返品はいつまで？",)),
    )
    assert found(known) == []


def test_twins_are_told_once_each():
    known = knowledge(entry("a", "送料", "送料！"), entry("b", "料金", "送 料"))
    assert [(each.path, advise(each, "en").what) for each in found(known)] == [
        (("variants", 0), "`送料！` says the same as `送料` of the same entry"),
        (("variants", 0), "`送 料` says the same as `送料` of `a`"),
    ]


def test_twins_in_width_kana_and_case():
    known = knowledge(
        entry("a", "パスワード", "PASSWORD"),
        entry("b", "暗証番号", "ﾊﾟｽﾜｰﾄﾞ", "password", "ぱすわーど"),
    )
    doubles = [each for each in told(known) if each[0].startswith("duplicate")]
    assert doubles == [
        ("duplicate-variant", "b", ("variants", 0)),
        ("duplicate-variant", "b", ("variants", 1)),
        ("duplicate-kana", "b", ("variants", 2)),
    ]


def test_dead_ends_and_lapses():
    known = knowledge(
        entry("a", "返品", next_ids=("a", "b", "gone")),
        entry("b", "送料", valid_until=date(2026, 5, 31)),
        entry("c", "交換", valid_until=date(2026, 6, 30)),
        entry("d", "修理", valid_until=date(2026, 7, 2)),
    )
    assert told(known) == [
        ("next-itself", "a", ("next", 0)),
        ("lapsed-next", "a", ("next", 1)),
        ("dead-next", "a", ("next", 2)),
        ("expired", "b", ("valid",)),
        ("expires-soon", "c", ("valid",)),
    ]


def test_an_entry_of_next_month_may_follow_one_without_end():
    later = entry("b", "送料", valid_from=date(2026, 7, 1), valid_until=date(2026, 12, 1))
    before = entry("c", "交換", valid_until=date(2026, 8, 1), next_ids=("b",))
    never = entry("d", "修理", valid_until=date(2026, 6, 1), next_ids=("b",))
    known = knowledge(entry("a", "返品", next_ids=("b",)), later, before, never)
    assert [each for each in told(known) if "next" in each[0]] == [
        ("lapsed-next", "d", ("next", 0))
    ]


def test_tests_that_fail():
    known = knowledge(
        entry("a", "返品はいつまでできますか", expect=("送料はいくらですか", "富士山")),
        entry("b", "送料はいくらですか", reject=("送料はいくらですか", "返品")),
    )
    assert [(each.path, advise(each, "en").what) for each in found(known)] == [
        (("expect", 0), "`送料はいくらですか` should be answered by this entry and gets `b`"),
        (("expect", 1), "`富士山` should be answered by this entry and gets a fallback"),
        (("reject", 0), "`送料はいくらですか` must not be answered by this entry and is"),
    ]


def test_entries_that_are_not_served_are_not_tested():
    known = knowledge(entry("a", "返品", expect=("富士山",), valid_from=date(2027, 1, 1)))
    assert found(known) == []


def test_a_language_that_others_speak_is_missed():
    known = knowledge(
        entry("a", "返品", translations={"en": Translation(question="Returns", answer="Yes.")}),
        entry("b", "送料"),
        entry("c", "shipping", lang="en", answer="550 yen."),
    )
    assert told(known) == [
        ("missing-translation", "b", ("translations",)),
        ("missing-translation", "c", ("translations",)),
    ]


def test_figures_that_one_language_only_adds_are_no_contradiction():
    translations = {"en": Translation(question="Hours", answer="10:00 to 17:00, for 3 shops.")}
    known = knowledge(entry("a", "時間", answer="10〜17時です。", translations=translations))
    assert told(known) == []


def test_a_silence_with_a_reason_hides_its_rule_in_its_entry_alone():
    bad = "8日以内に返品できる。"
    reason = Silence(rule="plain-ending", reason="引用のため")
    known = knowledge(
        entry("a", "返品", answer=bad, silence=(reason,)),
        entry("b", "送料", answer=bad),
        entry("c", "交換", answer=bad, silence=(Silence(rule="plain-ending", reason=""),)),
        entry("d", "修理", silence=(reason, Silence(rule="schema", reason="x"))),
        entry("e", "予約", silence=(Silence(rule="palin-ending", reason="x"),)),
    )
    assert [(each.rule, each.entry_id, each.words.get("got")) for each in found(known)] == [
        ("plain-ending", "b", None),
        ("plain-ending", "c", None),
        ("bad-silence", "c", "no-reason"),
        ("idle-silence", "d", ""),
        ("bad-silence", "d", "cannot-be-silenced"),
        ("bad-silence", "e", "no-such-rule"),
    ]


def test_a_silence_changes_no_version():
    silence = (Silence(rule="no-owner", reason="店長が見る"),)
    assert (
        knowledge(entry("a", "返品", silence=silence)).version
        == knowledge(entry("a", "返品")).version
    )


def test_findings_have_their_place_in_the_file(tmp_path):
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
            "keep it in the entry it belongs to and delete the other"
        ),
    ]
    assert [str(warning) for warning in checkup.warnings] == [
        "kb.yaml:8:12: a: served until 2026-06-10 only; set a later `until` if it stays true"
    ]


def test_words_of_an_answer_are_found_where_they_stand(tmp_path):
    kb = (
        "entries:\n"
        "  - id: a\n"
        "    question: 返品\n"
        "    answer: |\n"
        "      8日以内でしたら返品いただけます。\n"
        "\n"
        "      送料は**お客様**の負担となる。了解しました。\n"
        "    buttons:\n"
        "      - {label: x, url: 'https://127.0.0.1/'}\n"
        "    translations:\n"
        "      en:\n"
        "        question: Returns\n"
        "        answer: >\n"
        "          We take it back.\n"
        "          It cannot\n"
        "          be exchanged. Please CALL US.\n"
    )
    checkup = check_folder(write_folder(tmp_path / "k", kb=kb), TODAY)
    places = [(f.line, f.column, f.rule) for f in checkup.findings if f.severity == "warning"]
    assert places == [
        (7, 7, "plain-ending"),
        (7, 24, "keigo-slip"),
        (9, 25, "url-doubtful"),
        (15, 14, "no-cushion"),
        (16, 32, "all-caps"),
    ]


def test_the_example_that_everybody_begins_with_is_clean():
    checkup = check_folder(Path(faq.__file__).parent / "example", date(2026, 11, 2))
    assert (checkup.problems, checkup.warnings) == ((), ())
    assert {each.rule for each in checkup.findings} <= {"stolen-variant"}
