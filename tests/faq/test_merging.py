"""Two changes of one entry: both are kept, and what both touched is told with both values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.merging import Conflict, Merge, changed_keys, merge_entry

BASE = {
    "id": "a",
    "question": "q",
    "variants": ["x", "y", "z"],
    "answer": "old",
    "valid": {"from": "2026-04-01", "until": "2026-12-31"},
    "translations": {"en": {"question": "Q", "variants": ["v"], "answer": "A"}},
    "buttons": [{"label": "電話", "tel": "0120"}],
}


@pytest.mark.parametrize(
    ("theirs", "mine", "merged"),
    [
        ({}, {"answer": "new"}, {"answer": "new"}),
        ({"answer": "new"}, {}, {"answer": "new"}),
        ({"answer": "new"}, {"answer": "new"}, {"answer": "new"}),
        ({"owner": "A"}, {"priority": 3}, {"owner": "A", "priority": 3}),
        ({"answer": None}, {"question": "r"}, {"answer": None, "question": "r"}),
        ({"variants": ["x", "y", "z", "t"]}, {"variants": ["m", "x", "z"]},
         {"variants": ["m", "x", "z", "t"]}),
        ({"variants": ["x"]}, {"variants": ["y", "z"]}, {"variants": None}),
        ({"variants": None}, {"variants": ["x", "y", "z", "m"]}, {"variants": ["m"]}),
        ({"expect": ["a"]}, {"expect": ["b"]}, {"expect": ["b", "a"]}),
        ({"valid": {"from": "2026-05-01", "until": "2026-12-31"}},
         {"valid": {"from": "2026-04-01"}}, {"valid": {"from": "2026-05-01"}}),
        ({"translations": {"en": {"question": "Q2", "variants": ["v"], "answer": "A"}}},
         {"translations": {"en": {"question": "Q", "variants": ["v", "w"], "answer": "A"},
                           "ko": {"question": "K"}}},
         {"translations": {"en": {"question": "Q2", "variants": ["v", "w"], "answer": "A"},
                           "ko": {"question": "K"}}}),
    ],
)  # fmt: skip
def test_both_changes_are_kept(theirs, mine, merged):
    found = merge_entry(BASE, changed(theirs), changed(mine))
    assert (found.merged, found.conflicts) == (changed(merged), ())
    assert found.is_clean


@pytest.mark.parametrize(
    ("theirs", "mine", "conflict"),
    [
        ({"answer": "t"}, {"answer": "m"}, ("answer", "old", "t", "m")),
        ({"answer": None}, {"answer": "m"}, ("answer", "old", None, "m")),
        ({"owner": "t"}, {"owner": "m"}, ("owner", None, "t", "m")),
        ({"valid": {"until": "1"}}, {"valid": {"until": "2"}},
         ("valid.until", "2026-12-31", "1", "2")),
        ({"buttons": [{"label": "t"}]}, {"buttons": None},
         ("buttons", [{"label": "電話", "tel": "0120"}], [{"label": "t"}], None)),
        ({"translations": {"en": {"answer": "t"}}}, {"translations": {"en": {"answer": "m"}}},
         ("translations.en.answer", "A", "t", "m")),
    ],
)  # fmt: skip
def test_what_both_changed_is_told_and_mine_stands_meanwhile(theirs, mine, conflict):
    found = merge_entry(BASE, changed(theirs), changed(mine))
    key, base, their_value, my_value = conflict
    assert found.conflicts == (Conflict(key=key, base=base, theirs=their_value, mine=my_value),)
    assert not found.is_clean


def test_the_keys_that_each_changed_are_named():
    theirs = changed({"owner": "t", "valid": {"from": "2026-04-01"}})
    mine = changed({"answer": None, "translations": None})
    assert merge_entry(BASE, theirs, mine) == Merge(
        merged=changed({"owner": "t", "valid": {"from": "2026-04-01"}, "answer": None,
                        "translations": None}),
        theirs_changed=("valid.until", "owner"),
        mine_changed=("answer", "translations"),
    )  # fmt: skip


def changed(values: dict[str, object]) -> dict[str, object]:
    """The base with these values; None takes a key out."""
    return {key: value for key, value in {**BASE, **values}.items() if value is not None}


ENTRIES = st.fixed_dictionaries(
    {"id": st.just("a")},
    optional={
        "answer": st.sampled_from("pqr"),
        "variants": st.lists(st.sampled_from("uvwxyz"), unique=True, min_size=1),
        "valid": st.dictionaries(
            st.sampled_from(["from", "until"]), st.sampled_from("12"), min_size=1
        ),
    },
)


@given(ENTRIES, ENTRIES)
def test_one_sided_changes_are_taken_whole(base, other):
    assert merge_entry(base, other, base).merged == other
    assert merge_entry(base, base, other).merged == other
    assert merge_entry(base, other, other).merged == other


@given(ENTRIES, ENTRIES, ENTRIES)
def test_whoever_merges_the_same_keys_conflict(base, one, other):
    here, there = merge_entry(base, one, other), merge_entry(base, other, one)
    assert {each.key for each in here.conflicts} == {each.key for each in there.conflicts}
    assert all(each.theirs != each.mine for each in here.conflicts)
    assert changed_keys(base, base) == ()
