from datetime import date

from faq.entry import Button, Entry, Translation
from tests.faq.knowledge_files import entry, knowledge

ITEM = Entry(
    id="a",
    question="返品",
    answer="8日",
    category="返品・交換",
    buttons=(Button(label="開く", url="https://shop.example"),),
    translations={"en": Translation(question="Return", answer="8 days", category="Returns")},
)


def test_texts_in_a_language_fall_back_to_the_entrys_own():
    said = [
        (ITEM.question_in(lang), ITEM.answer_in(lang), ITEM.category_in(lang))
        for lang in ("ja", "en", "fr", None)
    ]
    own = ("返品", "8日", "返品・交換")
    assert said == [own, ("Return", "8 days", "Returns"), own, own]
    assert ITEM.buttons_in("en") == ITEM.buttons


def test_categories_come_with_most_entries_first():
    known = knowledge(
        entry("a", "返品", category="返品"),
        entry("b", "送料", category="配送"),
        entry("c", "配送日", category="配送", channels=("line",)),
        entry("d", "その他"),
        entry("e", "交換", category="返品", valid_until=date(2026, 1, 1)),
        entry("f", "追跡", category="配送"),
    )
    today = date(2026, 6, 1)
    assert known.categories("ja") == ("配送", "返品")
    served = {
        (category, channel): [e.id for e in known.in_category(category, "ja", channel, today)]
        for category in ("配送", "返品")
        for channel in ("line", "web")
    }
    assert served == {
        ("配送", "line"): ["b", "c", "f"],
        ("配送", "web"): ["b", "f"],
        ("返品", "line"): ["a"],
        ("返品", "web"): ["a"],
    }


def test_find():
    known = knowledge(entry("a", "返品"))
    assert (known.find("a"), known.find("b")) == (known.order[0], None)
