"""A changed knowledge put to real questions: what changes, for better or worse, in a sentence."""

from dataclasses import replace
from datetime import date

import pytest
from factories import ENTRIES

from faq.decision import Kind
from faq.knowledge import build_knowledge
from faq.replay import Outcome, Question, Replay, Replayed, Shift, Verdict, replay

TODAY = date(2027, 1, 19)
BY_ID = {entry.id: entry for entry in ENTRIES}
NOW = build_knowledge(ENTRIES, ())


def asked(text: str, **told: object) -> Question:
    return Question(text=text, lang="ja", channel="line", **told)


def changed(**entries: object):
    """The knowledge with other variants for some entries; None takes an entry out."""
    left = []
    for entry in ENTRIES:
        wanted = entries.get(entry.id.replace("-", "_"), ())
        if wanted is not None:
            left.append(replace(entry, variants=(*entry.variants, *wanted)))
    return build_knowledge(left, ())


def run(after, *questions: Question) -> Replay:
    return replay(NOW, after, questions, today=TODAY, days=30)


def facts(told: Replay) -> list[tuple[str, Shift, Verdict, str | None, str | None]]:
    return [
        (each.question.text, each.shift, each.verdict, each.before.entry_id, each.after.entry_id)
        for each in told.changes
    ]


def test_the_same_knowledge_changes_nothing():
    told = run(NOW, asked("返品期限"), asked("まったく別の話"))
    assert (told.tried, told.unchanged, told.changes) == (2, 2, ())
    assert told.headline("ja") == "お客様の質問2件のうち、回答が変わるものはありません。"
    assert told.headline("en") == "None of the answers to 2 questions changes."


def test_without_questions_the_sentence_says_so():
    assert run(NOW).headline("ja") == "試せるお客様の質問がまだありません。"
    assert run(NOW).headline("en") == "There are no questions of customers to try yet."


def test_an_answer_that_there_was_not_is_better():
    told = run(changed(shipping_days=["荷物の追跡がしたい"]), asked("荷物の追跡がしたい"))
    assert facts(told) == [
        ("荷物の追跡がしたい", Shift.ANSWERED, Verdict.BETTER, None, "shipping-days")
    ]
    assert told.headline("en") == "1 answer changes: 1 better."


def test_an_answer_that_ends_is_worse_unless_it_was_wrong():
    told = run(
        changed(shipping_fee=None),
        asked("送料", count=3),
        asked("配送料金", wrong=frozenset({"shipping-fee"})),
    )
    assert [(each[0], each[1], each[2]) for each in facts(told)] == [
        ("送料", Shift.UNANSWERED, Verdict.WORSE),
        ("配送料金", Shift.UNANSWERED, Verdict.BETTER),
    ]
    assert told.headline("ja") == "2件の回答が変わります：良くなる1件、答えられなくなる1件。"


@pytest.mark.parametrize(
    ("right", "wrong", "verdict"),
    [
        ((), (), Verdict.UNKNOWN),
        (("refund-when",), (), Verdict.BETTER),
        (("return-deadline",), (), Verdict.WORSE),
        ((), ("return-deadline",), Verdict.BETTER),
        ((), ("refund-when",), Verdict.WORSE),
    ],
)
def test_an_answer_taken_by_another_entry_is_judged_by_customers(right, wrong, verdict):
    taken = [
        replace(entry, variants=tuple(text for text in entry.variants if text != "返品期限"))
        if entry.id == "return-deadline"
        else replace(entry, variants=(*entry.variants, "返品期限"))
        if entry.id == "refund-when"
        else entry
        for entry in ENTRIES
    ]
    question = asked("返品期限", right=frozenset(right), wrong=frozenset(wrong))
    told = run(build_knowledge(taken, ()), question)
    assert facts(told) == [("返品期限", Shift.TAKEN, verdict, "return-deadline", "refund-when")]
    assert told.taken_from == (("return-deadline", 1),)
    if verdict is Verdict.UNKNOWN:
        assert told.headline("ja") == (
            "1件の回答が変わります：「返品はいつまでできますか？」から移る1件。"
        )


def test_what_was_never_answered_is_no_changed_answer():
    told = run(changed(shipping_days=["壊れた"]), asked("届いた箱が壊れて破れていた"))
    assert [each.shift for each in told.changes] in ([], [Shift.OFFERED])
    assert told.answers_changed == 0


def test_the_whole_in_one_sentence():
    def made(shift: Shift, verdict: Verdict, before: str = "", after: str = "") -> Replayed:
        return Replayed(
            question=asked("q"),
            shift=shift,
            verdict=verdict,
            before=Outcome(kind=Kind.ANSWER, entry_id=before or None),
            after=Outcome(kind=Kind.ANSWER, entry_id=after or None),
        )

    told = Replay(
        days=30,
        tried=100,
        unchanged=85,
        changes=(
            *[made(Shift.ANSWERED, Verdict.BETTER, after="a")] * 9,
            *[made(Shift.UNANSWERED, Verdict.WORSE, before="a")] * 2,
            *[made(Shift.TAKEN, Verdict.UNKNOWN, before="refund", after="a")] * 3,
            made(Shift.OFFERED, Verdict.UNKNOWN),
        ),
        titles={"refund": "返金"},
    )
    assert told.headline("ja") == (
        "14件の回答が変わります：良くなる9件、答えられなくなる2件、「返金」から移る3件。"
    )
    assert told.headline("en") == (
        "14 answers change: 9 better, 2 newly unanswered, 3 taken from “返金”."
    )
    assert (told.count(Verdict.BETTER), len(told.list_of(Shift.TAKEN))) == (9, 3)


def test_the_same_questions_give_the_same_replay():
    questions = [asked("送料"), asked("配送料金", count=5), asked("送料は")]
    after = changed(shipping_fee=None)
    assert run(after, *questions) == run(after, *reversed(questions))
    assert [each.question.text for each in run(after, *questions).changes][:2] == [
        "配送料金",
        "送料",
    ]
