"""The bot in a terminal: what somebody who types sees."""

import pytest

from handoff.configuration import BadSettings, load_settings
from handoff.terminal import chat, open_chat

TUESDAY_NOON = 1_795_489_200_000
KNOWLEDGE = """\
category: 返品
entries:
  - id: return-deadline
    question: 返品はいつまでできますか？
    variants: [返品期限, 何日以内なら返せますか]
    answer: 商品到着後8日以内でしたら返品できます。
    buttons:
      - {label: 返品を申し込む, url: "https://shop.example/returns"}
    next: [return-postage]
  - id: return-postage
    question: 返品の送料はだれが払いますか？
    answer: お客様にお願いしております。
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "returns.yaml").write_text(KNOWLEDGE, encoding="utf-8")
    return load_settings()


async def test_an_answer_is_shown_without_marks(settings):
    page = settings.knowledge / "fee.yaml"
    answer = "全国一律**500円**です。\\n- 沖縄も同じです\\n[料金表](https://shop.example/fee)"
    page.write_text(
        f'entries:\n  - {{id: fee, question: 送料, answer: "{answer}"}}\n', encoding="utf-8"
    )
    async with open_chat(settings, clock=lambda: TUESDAY_NOON) as talk:
        assert (await talk.say("送料"))[:3] == [
            "  全国一律500円です。",
            "  ・沖縄も同じです",
            "  料金表（ https://shop.example/fee ）",
        ]


async def test_a_question_is_answered_and_its_numbers_can_be_typed(settings, tmp_path):
    async with open_chat(settings, clock=lambda: TUESDAY_NOON) as talk:
        greeting = await talk.greet()
        assert greeting[0] == "  こんにちは。お問い合わせ窓口です。"
        answer = await talk.say("返品期限")
        assert answer == [
            "  商品到着後8日以内でしたら返品できます。",
            "    [1] 返品を申し込む  <https://shop.example/returns>",
            "  解決しましたか？",
            "    [2] 解決した",
            "    [3] 解決しない",
            "    [4] 返品の送料はだれが払いますか？",
            "    [5] 担当者に相談",
        ]
        # an address is opened elsewhere: it is told and nothing is sent
        assert await talk.say("1") == ["  (返品を申し込む: https://shop.example/returns)"]
        next_answer = await talk.say("4")
        assert next_answer[0] == "  お客様にお願いしております。"
    # the customer's words are kept nowhere
    assert sorted(path.name for path in tmp_path.iterdir()) == ["knowledge"]


async def test_who_waits_is_told_that_nobody_is_there(settings):
    async with open_chat(settings, clock=lambda: TUESDAY_NOON) as talk:
        await talk.greet()
        queued = await talk.say("担当者と話したい")
        assert [line for line in queued if "引き継ぎ" in line] != []
        await talk.say("このまま待つ")
        assert await talk.say("もしもし") == [
            "  (it waits for a person, and nobody sits behind this terminal: /new)"
        ]
        anew = await talk.begin_anew()
        assert anew[0] == "  こんにちは。お問い合わせ窓口です。"
        assert (await talk.say("返品期限"))[0] == "  商品到着後8日以内でしたら返品できます。"


async def test_a_number_that_offers_nothing_is_a_message(settings):
    async with open_chat(settings, lang="en", clock=lambda: TUESDAY_NOON) as talk:
        greeting = await talk.greet()
        assert greeting[0] == "  Hello, this is Customer support."
        assert len(await talk.say("99999999999")) > 0


async def test_typing_until_the_end(settings):
    typed = iter(["返品期限", "", "/new", "/quit", "never read"])
    told: list[str] = []
    await chat(settings, lambda: next(typed), told.append)
    assert told.count("  こんにちは。お問い合わせ窓口です。") == 2
    assert told.count("  商品到着後8日以内でしたら返品できます。") == 1
    assert next(typed) == "never read"


async def test_the_end_of_the_input_ends_the_chat(settings):
    def ended() -> str:
        raise EOFError

    told: list[str] = []
    await chat(settings, ended, told.append)
    assert told[1] == "  こんにちは。お問い合わせ窓口です。"


async def test_without_knowledge_it_says_so(settings, tmp_path):
    (tmp_path / "knowledge" / "returns.yaml").write_text("entries: nothing")
    with pytest.raises(BadSettings, match="nothing in knowledge is usable"):
        async with open_chat(settings):
            pass


async def test_a_second_question_is_offered_and_its_number_answers_it(settings):
    async with open_chat(settings, clock=lambda: TUESDAY_NOON) as talk:
        await talk.greet()
        both = await talk.say("返品期限は？あと返品の送料はだれが払うのですか？")
        asked = both.index("  もう一つのご質問は、こちらでしょうか？")
        other = both[asked + 1].split("] ")[1]
        number = both[asked + 1].split("]")[0].strip(" [")
        then = await talk.say(number)
        answers = {both[0], then[0]}
        assert answers == {
            "  商品到着後8日以内でしたら返品できます。",
            "  お客様にお願いしております。",
        }
        assert other in {"返品はいつまでできますか？", "返品の送料はだれが払いますか？"}
