"""What an import says it would do, and the way out and back in."""

from pathlib import Path

from faq.exchange_out import to_csv, to_json
from faq.exchange_plan import Outcome, plan_import
from faq.exchange_profiles import KNOWN, choose_profile, read_rows
from faq.exchange_rows import Row
from faq.exchange_tables import decode, read_list, read_table
from faq.loader import load_folder
from faq.readings import plain_readings
from tests.faq.knowledge_files import SHOP, write_folder

EXAMPLE = Path(__file__).parents[2] / "faq" / "example"


def rows_of(*values, first=2):
    return [Row(number=number, values=each) for number, each in enumerate(values, start=first)]


def plan(rows, existing=()):
    return plan_import(rows, existing, plain_readings(), file="faq.csv")


def told(made):
    return [
        (each.row.number, each.outcome.value, each.entry and each.entry.id, each.changes)
        for each in made.rows
    ]


def test_each_row_is_compared_with_what_is_there(tmp_path):
    knowledge = load_folder(write_folder(tmp_path / "kb", shop=SHOP)).knowledge
    made = plan(
        rows_of(
            {"question": "送料はいくらですか？", "answer": "500円です。"},
            {
                "id": "return-how",
                "question": "返品の手続きを教えてください",
                "answer": "新しい手順",
            },
            {"question": "返品の手続き", "answer": "x", "variants": ["y"]},
            {
                "id": "return-deadline",
                "question": "返品はいつまでできますか？",
                "answer": "商品到着後8日以内でしたら返品できます。",
            },
        ),
        knowledge.order,
    )
    assert told(made) == [
        (2, "changed", "delivery-fee", ("question", "answer")),
        (3, "changed", "return-how", ("answer",)),
        (4, "new", "henpinnotetsuzuki", ()),
        (5, "same", "return-deadline", ()),
    ]


def test_what_cannot_be_an_entry_is_refused_with_its_row_and_column():
    made = plan(
        [
            Row(number=2, values={"question": "x"}),
            Row(
                number=3,
                values={"question": "y", "answer": "z", "reviewed": "bald"},
                columns={"reviewed": 5},
            ),
            Row(number=4, values={"id": "Größe", "question": "y", "answer": "z"}),
        ]
    )
    complaints = [str(problem) for each in made.rows for problem in each.problems]
    assert complaints == [
        "faq.csv:2:1: the entry has no `answer`; add `answer: …`",
        "faq.csv:3:5: `reviewed` cannot be `bald`; write a date that exists as 2026-04-01",
        (
            "faq.csv:4:1: `id` cannot be `Größe`; "
            "use small letters a-z, digits and hyphens, at most 64"
        ),
    ]
    assert made.counts() == {"new": 0, "changed": 0, "same": 0, "skipped": 0, "refused": 3}


def test_two_rows_that_ask_the_same_are_not_both_taken():
    made = plan(
        rows_of({"question": "送料は？", "answer": "a"}, {"question": "送料は", "answer": "b"})
    )
    assert [(each.outcome, each.reason) for each in made.rows] == [
        (Outcome.NEW, ""),
        (Outcome.REFUSED, "row 2 has the same id or question; join them"),
    ]


def test_ids_are_readable_and_never_taken():
    made = plan(
        rows_of(
            {"question": "How long can I return an item?", "answer": "a"},
            {"question": "How long can I return an item if it broke into pieces?", "answer": "a"},
            {"question": "！？", "answer": "a"},
            {"question": "？？", "answer": "a"},
        )
    )
    assert [each.entry.id for each in made.rows] == [
        "how-long-can-i-return-an-item",
        "how-long-can-i-return-an-item-if-it",
        "entry",
        "entry-2",
    ]


def test_everything_comes_back_from_a_list():
    order = load_folder(EXAMPLE).knowledge.order
    rows = [
        Row(number=number, values=values)
        for number, values in enumerate(read_list(to_json(order)), start=1)
    ]
    back = plan(rows)
    assert [each.entry for each in back.rows] == list(order)
    assert plan(rows, order).counts()["same"] == len(order)


def test_everything_that_fits_comes_back_from_a_table():
    order = load_folder(EXAMPLE).knowledge.order
    for lang in ("ja", "en"):
        lines = read_table(
            decode(to_csv(order, lang=lang).encode()), frozenset().union(*KNOWN.values())
        )
        rows = read_rows(choose_profile(lines[0].texts), lines)
        assert plan(rows, order).counts()["same"] == len(order)


def test_a_table_opens_in_excel():
    order = load_folder(EXAMPLE).knowledge.order[:1]
    raw = to_csv(order).encode()
    assert raw.startswith("\ufeff項目ID,カテゴリ,質問,言い換え,回答".encode())
    assert b"\r\n" in raw
