"""The example that `madoguchi init` copies: complete, free of problems, passing its own tests."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import faq
from faq.decision import Kind
from faq.entry import Entry
from faq.loader import LoadResult, load_folder
from faq.readings import plain_readings

FOLDER = Path(faq.__file__).parent / "example"
TODAY = date(2026, 11, 2)
TEAMS = {"default", "returns", "billing"}
CATEGORIES = {
    "注文": "Orders",
    "配送": "Delivery",
    "返品・交換": "Returns",
    "支払い": "Payment",
    "会員・パスワード": "Account",
    "商品": "Products",
    "ポイント・クーポン": "Points and coupons",
    "ギフト": "Gifts",
    "お店・その他": "About us",
}
#: What fits a bubble and is read on a phone.
LONGEST_ANSWER = 170
#: A button of LINE's templates and a quick reply carry no longer label.
LONGEST_LABEL = 20


@pytest.fixture(scope="module")
def loaded() -> LoadResult:
    return load_folder(FOLDER)


@pytest.fixture(scope="module")
def entries(loaded) -> tuple[Entry, ...]:
    return loaded.knowledge.order


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_it_loads_without_a_problem(loaded):
    assert loaded.problems == ()


def test_it_is_large_enough_to_try_everything(entries):
    assert len(entries) >= 60
    assert sum("en" in entry.translations for entry in entries) >= 20
    assert {entry.lang for entry in entries} == {"ja"}


def test_every_category_has_its_name_in_both_languages(entries):
    assert {(e.category_in("ja"), e.category_in("en")) for e in entries} == set(CATEGORIES.items())


def test_every_entry_can_be_asked_in_several_ways(entries):
    own = {entry.id: len(entry.variants) for entry in entries}
    english = {e.id: len(e.translations["en"].variants) for e in entries if "en" in e.translations}
    assert {key: n for key, n in own.items() if not 4 <= n <= 10} == {}
    assert {key: n for key, n in english.items() if not 4 <= n <= 10} == {}


def test_no_question_leads_to_two_entries(entries):
    texts = Counter(text for e in entries for lang in ("ja", "en") for text in e.texts_in(lang))
    assert [text for text, times in texts.items() if times > 1] == []


def test_what_is_tested_is_not_trained(entries):
    trained = {text for entry in entries for text in entry.texts_in("ja")}
    assert [text for entry in entries for text in entry.expect if text in trained] == []


def test_answers_are_short_in_both_languages(entries):
    long = [
        (entry.id, lang)
        for entry in entries
        for lang in entry.languages()
        if len(entry.answer_in(lang).strip()) > LONGEST_ANSWER
    ]
    assert long == []


def test_labels_fit_a_line_button_in_both_languages(entries):
    labels = {b.label for e in entries for lang in e.languages() for b in e.buttons_in(lang)}
    assert labels != set()
    assert {label for label in labels if utf16(label) > LONGEST_LABEL} == set()


def test_buttons_lead_to_the_same_places_in_both_languages(entries):
    for entry in entries:
        english = [(b.url, b.tel) for b in entry.buttons_in("en")]
        assert english == [(b.url, b.tel) for b in entry.buttons_in("ja")]


def test_addresses_and_numbers_are_invented(entries):
    for entry in entries:
        for button in entry.buttons:
            invented = (button.url or "").startswith("https://shop.example/")
            assert invented or button.tel == "+81-120-000-000", entry.id


def test_next_leads_to_other_entries(entries):
    known = {entry.id for entry in entries}
    for entry in entries:
        assert set(entry.next_ids) <= known - {entry.id}, entry.id


def test_no_entry_is_a_dead_end(entries):
    assert [e.id for e in entries if not (e.next_ids or e.escalate or e.buttons)] == []


def test_handoffs_go_to_teams_that_exist(entries):
    used = {entry.escalate for entry in entries if entry.escalate}
    assert used == TEAMS


def test_every_entry_is_somebodys(entries):
    assert [e.id for e in entries if not e.owner or e.reviewed is None] == []
    assert {e.reviewed.year for e in entries} == {2026}


def test_every_entry_says_what_it_must_answer(entries):
    assert [entry.id for entry in entries if not entry.expect] == []


def test_expected_questions_are_offered_their_entry(loaded):
    missed = []
    for entry in loaded.knowledge.order:
        for text in entry.expect:
            made = loaded.knowledge.decide(text, lang="ja", channel="web", today=TODAY)
            if entry.id not in [candidate.entry_id for candidate in made.candidates[:3]]:
                missed.append((text, entry.id))
    assert missed == []


def test_nearly_all_expected_questions_are_answered_at_once(loaded):
    knowledge = loaded.knowledge
    right = [
        made.kind is Kind.ANSWER and made.candidates[0].entry_id == entry.id
        for entry in knowledge.order
        for made in (
            knowledge.decide(text, lang="ja", channel="web", today=TODAY) for text in entry.expect
        )
    ]
    assert sum(right) / len(right) >= 0.9


def test_without_the_dictionary_all_of_it_still_holds():
    plain = load_folder(FOLDER, readings=plain_readings())
    assert plain.knowledge is not None
    missed = [
        (entry.id, text)
        for entry in plain.knowledge.order
        for text in entry.expect
        for made in [plain.knowledge.decide(text, lang=None, channel="web", today=TODAY)]
        if made.kind is not Kind.ANSWER or made.candidates[0].entry_id != entry.id
    ]
    assert missed == []


def test_rejected_questions_are_not_answered_by_the_entry(loaded):
    wrong = []
    for entry in loaded.knowledge.order:
        for text in entry.reject:
            made = loaded.knowledge.decide(text, lang="ja", channel="web", today=TODAY)
            if made.kind is Kind.ANSWER and made.candidates[0].entry_id == entry.id:
                wrong.append((text, entry.id))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("where is my package?", "delivery-status"),
        ("how much does shipping cost", "delivery-fee"),
        ("forgot password", "password-reset"),
        ("my mug arrived broken", "defect"),
        ("I'd like to talk to a human please", "contact-agent"),
    ],
)
def test_english_questions_find_their_entry(loaded, text, entry_id):
    made = loaded.knowledge.decide(text, lang="en", channel="web", today=TODAY)
    assert made.candidates[0].entry_id == entry_id


@pytest.mark.parametrize(
    "text",
    [
        (
            "母の誕生日にそちらで食器を購入しました。一つだけ箱を開けたら縁が少し欠けていて、"
            "どうしようか迷っていました。送料はかかりますか？交換してもらえるのでしょうか。"
        ),
        "My order arrived broken. Do I have to pay for shipping? Can I exchange it?",
    ],
)
def test_what_came_broken_is_not_told_about_other_sizes(loaded, text):
    made = loaded.knowledge.decide(text, lang=None, channel="web", today=TODAY)
    answered = made.candidates[0].entry_id if made.kind is Kind.ANSWER else ""
    assert answered in ("", "defect", "return-postage")


def test_a_long_greeting_before_two_questions_hides_neither(loaded):
    text = (
        "先日注文した者です。いつもお世話になっております。とても気に入って使っています。"
        "領収書はもらえますか？あとポイントの有効期限を教えてください"
    )
    made = loaded.knowledge.decide(text, lang=None, channel="web", today=TODAY)
    found = [made.candidates[0].entry_id, *(each.entry_id for each in made.also)]
    assert (made.kind, sorted(found)) == (Kind.ANSWER, ["points-expire", "receipt"])
