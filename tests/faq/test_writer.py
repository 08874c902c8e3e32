"""One entry is put back into its file; everything else stays as it was, byte for byte."""

import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.writer import Unwritable, cut_entries, delete_entry, insert_entry, replace_entry
from faq.writing_values import apply_values, clean_values, read_values, write_values
from faq.yamltree import parse_tree

PLAIN = """\
# 返品まわり
lang: ja
category: 返品   # 見出し

entries:
  # いちばん多い質問
  - id: first
    question: "返品は？"
    variants:
      - '返品期限'
      - 何日以内   # よく来る
    answer: |
      8日以内です。
      # これは本文です

  # ふたつ目
  - id: second
    question: 送料は？
    answer: 500円です。

# ファイルの終わり近く
  - id: third
    question: 何日？
    answer: >
      2日から
      4日です。
synonyms:
  - [返品, 返却]
# おわり
"""
SHAPES = {
    "plain": PLAIN,
    "crlf": PLAIN.replace("\n", "\r\n"),
    "no end of line": PLAIN.replace("synonyms:\n  - [返品, 返却]\n# おわり\n", "").rstrip("\n"),
    "without indent": textwrap.dedent("""\
        entries:
        - id: first
          question: 'a'
          answer: b
        # two
        - id: second
          question: c
          answer: "d
            e"
        - id: third
          question: e
          answer: f
        category: z
        """),
    "deep indent": textwrap.dedent("""\
        entries:
              -   id: first
                  question: a
                  answer: |2
                      indented
                    text
              -   id: second
                  question: 😀 c
                  answer: d
              -   id: third
                  question: e
                  answer: f
        """),
    "braces": textwrap.dedent("""\
        entries:
          - {id: first, question: a, answer: b}
          - {id: second, question: c,
             answer: "d # no remark"}  # tail
          - {"id": third, question: e, answer: f}
        """),
    "dash alone": textwrap.dedent("""\
        entries:
          -
            id: first
            question: a
            answer: b
          - # about the second
            id: second
            question: c
            answer: d
        # at the margin
          - question: e
            id: third
            answer: |+
              f


        lang: ja
        """),
    "other line ends": (
        'entries:\n  - id: first\n    question: "a\u2028   b"\n    answer: "c\x85    d"\n'
        '  - id: second\n    question: "c\u2029    d"\n    answer: 😀\n'
        "  # 三つ目\n  - id: third\n    question: e\n    answer: f\n"
    ),
    "other languages": textwrap.dedent("""\
        entries:
          - id: first
            question: a
            answer: |
              x
            # under the answer
            translations:
              en: {question: a, answer: "b: c"}
              # left
          - id: second
            question: c
            answer: d

            expect: [e,f]


          - id: third
            question: e
            answer: f
            reviewed:
        """),
}
IDS = ("first", "second", "third")
NEW = "# new\nid: new\nquestion: 新しい？\nvariants:\n  - a\nanswer: |\n  はい。\n\n  # b\n"


def own(text: str, entry_id: str) -> str:
    return next(cut.text for cut in cut_entries(text, "f") if cut.entry_id == entry_id)


def values_of(text: str) -> dict[str, dict[str, object]]:
    return {cut.entry_id: read_values(cut.text) for cut in cut_entries(text, "f")}


def beside(text: str) -> dict[str, str]:
    """What stands under the file's other keys."""
    tree = parse_tree(text.encode(), "f")
    return {key: re.sub(r"(line|column)=\d+", "", repr(value))
            for key, value in tree.values.items() if key != "entries"}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry_id", IDS)
def test_an_entry_put_back_unchanged_changes_no_byte(shape, entry_id):
    text = SHAPES[shape]
    assert replace_entry(text, "f", entry_id, own(text, entry_id)) == text


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry_id", IDS)
def test_a_new_answer_changes_only_lines_of_its_entry(shape, entry_id):
    text = SHAPES[shape]
    wanted = {**values_of(text)[entry_id], "answer": "一行目\n# 二行目: です", "owner": "受注"}
    changed = replace_entry(text, "f", entry_id, apply_values(own(text, entry_id), wanted))
    assert values_of(changed) == {**values_of(text), entry_id: wanted}
    assert beside(changed) == beside(text)
    others = [own(text, each) for each in IDS if each != entry_id]
    assert [own(changed, each) for each in IDS if each != entry_id] == others
    newline = "\r\n" if "\r\n" in text else "\n"
    raw = replace_raw(text, changed, newline)
    assert raw, "lines of other entries moved or changed"


def replace_raw(text: str, changed: str, newline: str) -> bool:
    """All lines before and after the changed stretch are the same, and ends are of one kind."""
    old, new = text.split("\n"), changed.split("\n")
    head = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    ends = {line.endswith("\r") for line in new[:-1]}
    return text[: len("\n".join(old[:head]))] == changed[
        : len("\n".join(new[:head]))
    ] and ends == {newline == "\r\n"}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("after_id", ["", "first", "second", "third", None])
def test_an_added_entry_leaves_every_line_as_it_was(shape, after_id):
    text = SHAPES[shape]
    changed = insert_entry(text, "f", NEW, after_id=after_id)
    order = list(values_of(text))
    place = 0 if after_id == "" else order.index(after_id or "third") + 1
    order.insert(place, "new")
    assert list(values_of(changed)) == order
    assert own(changed, "new") == NEW
    block = re.search(r"(?:\r?\n)?^[ \t]*# new(?:.|\n)*?# b(?:\r?\n)?", changed, re.MULTILINE)
    assert block
    left = changed[: block.start()] + changed[block.end() :]
    assert left.replace("\r", "").replace("\n", "") == text.replace("\r", "").replace("\n", "")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry_id", IDS)
def test_a_deleted_entry_takes_its_own_remarks_and_nothing_else(shape, entry_id):
    text = SHAPES[shape]
    changed = delete_entry(text, "f", entry_id)
    assert list(values_of(changed)) == [each for each in IDS if each != entry_id]
    assert beside(changed) == beside(text)
    lines = [line.strip() for line in own(text, entry_id).split("\n") if line.strip()]
    kept = [line for line in text.split("\n") if line.strip()]
    gone = [line for line in kept if line not in changed.split("\n")]
    assert all(any(part in line for part in lines) or line.strip() in ("-", "- # about the second")
               for line in gone)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry_id", IDS)
def test_a_deleted_entry_can_be_put_back(shape, entry_id):
    text = SHAPES[shape]
    before = next(cut.after_id for cut in cut_entries(text, "f") if cut.entry_id == entry_id)
    without = delete_entry(text, "f", entry_id)
    again = insert_entry(without, "f", own(text, entry_id), after_id=before)
    assert values_of(again) == values_of(text)
    assert own(again, entry_id) == own(text, entry_id)


def test_deleting_from_the_middle_is_exactly_this():
    assert delete_entry(PLAIN, "f", "second") == PLAIN.replace(
        "  # ふたつ目\n  - id: second\n    question: 送料は？\n    answer: 500円です。\n\n", ""
    )


def test_a_line_of_an_answer_that_looks_like_a_remark_stays():
    assert "# これは本文です" in delete_entry(PLAIN, "f", "second")


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", "entries:\n  - id: a\n    question: q\n    answer: b\n"),
        ("# x", "# x\nentries:\n  - id: a\n    question: q\n    answer: b\n"),
        ("lang: ja\n", "lang: ja\nentries:\n  - id: a\n    question: q\n    answer: b\n"),
        ("entries:\nlang: ja\n",
         "entries:\n  - id: a\n    question: q\n    answer: b\nlang: ja\n"),
        ("entries: []  # none\nlang: ja\n",
         "entries:  # none\n  - id: a\n    question: q\n    answer: b\nlang: ja\n"),
        ("entries: null\r\n",
         "entries:\r\n  - id: a\r\n    question: q\r\n    answer: b\r\n"),
    ],
)  # fmt: skip
def test_a_first_entry_goes_into_an_empty_file(text, changed):
    assert insert_entry(text, "f", "id: a\nquestion: q\nanswer: b") == changed


def test_the_last_entry_leaves_an_empty_list():
    assert delete_entry("entries:\n- id: a\nlang: ja\n", "f", "a") == "entries:\nlang: ja\n"


@pytest.mark.parametrize(
    "text",
    ["entries: [{id: a}]\n", "{entries: []}", "- id: a\n", "entries:\n  - id: a\n b", "a: &x 1"],
)
def test_what_cannot_be_changed_by_parts_is_refused_with_its_place(text):
    with pytest.raises(Unwritable) as caught:
        insert_entry(text, "file.yaml", "id: b")
    assert str(caught.value).startswith("file.yaml:")


def test_an_entry_that_is_not_there():
    with pytest.raises(KeyError):
        replace_entry(PLAIN, "f", "fourth", NEW)


def test_a_text_that_would_break_out_of_its_entry_is_refused():
    with pytest.raises(Unwritable):
        replace_entry(PLAIN, "f", "first", "id: first\n---\nid: other\n")


def test_remarks_inside_an_entry_outlive_the_form():
    text = own(PLAIN, "first")
    values = {**read_values(text), "variants": ["何日以内", "返品の締切"], "threshold": "80"}
    assert apply_values(text, values) == (
        '# いちばん多い質問\nid: first\nquestion: "返品は？"\n'
        "variants:\n  - 何日以内   # よく来る\n"
        "  - 返品の締切\nanswer: |\n  8日以内です。\n  # これは本文です\nthreshold: 80\n"
    )  # fmt: skip


TEXTS = st.text(min_size=1, max_size=20)
LISTS = st.lists(TEXTS, max_size=4)
VALUES = st.fixed_dictionaries(
    {"id": st.just("first"), "question": TEXTS, "answer": TEXTS},
    optional={
        "variants": LISTS,
        "expect": LISTS,
        "escalate": st.one_of(st.booleans(), TEXTS),
        "threshold": st.integers(-5, 200),
        "valid": st.fixed_dictionaries(
            {}, optional={"from": st.just("2026-04-01"), "until": TEXTS}
        ),
        "buttons": st.lists(st.fixed_dictionaries({"label": TEXTS, "tel": TEXTS}), max_size=2),
        "translations": st.dictionaries(
            st.sampled_from(["en", "ko"]),
            st.fixed_dictionaries({"question": TEXTS, "variants": LISTS}),
            max_size=2,
        ),
    },
)


def storable(value: object) -> bool:
    """YAML cannot hold some characters; those are told by the check, not written."""
    return not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]", repr_of(value)
    )


def repr_of(value: object) -> str:
    if isinstance(value, dict):
        return "".join(map(repr_of, value.values()))
    if isinstance(value, list):
        return "".join(map(repr_of, value))
    return str(value)


@settings(max_examples=100, deadline=None)
@given(VALUES.filter(storable))
def test_whatever_is_typed_comes_back(values):
    assert read_values(write_values(values)) == clean_values(values)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), VALUES.filter(storable))
def test_whatever_is_typed_fits_in_its_place(shape, values):
    text = SHAPES[shape]
    changed = replace_entry(text, "f", "first", apply_values(own(text, "first"), values))
    assert values_of(changed) == {**values_of(text), "first": clean_values(values)}
    assert [own(changed, each) for each in IDS[1:]] == [own(text, each) for each in IDS[1:]]
