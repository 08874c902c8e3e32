import pytest

from bot.events import ContentKind, EventKind
from bot.people import Front
from bot.settings import DEFAULT_FORM, FormField

WAYS = ["このまま待つ", "折り返し電話を希望", "伝言を残す"]
BACK = "自動応答に戻る"
TOLD = "ここまでの内容は担当者に引き継ぎます。くり返しのご説明は不要です。"
HEARD = "ありがとうございます。内容は担当者に届いています。"
POSITION = "担当者におつなぎします。ただいまの順番は{}番目、お待ち時間は約3〜6分の見込みです。"
ORDER = "ご注文番号がお分かりでしたら、お知らせください。"
NAME = "よろしければ、お名前を教えてください。"


async def reference(story, customer="U1"):
    return (await story.conversation(customer))["reference"]


async def standing(story, position=1, *, sorry=False):
    said = "ご不快な思いをおかけし、申し訳ございません。\n" if sorry else ""
    number = await reference(story)
    return f"{said}{POSITION.format(position)}\n{TOLD}\nお問い合わせ番号は {number} です。"


async def test_a_wish_for_a_person_is_fulfilled_at_once(story):
    await story.say("担当者")
    assert await story.transcript() == [
        ("customer", "担当者", []),
        ("bot", await standing(story), [*WAYS, BACK]),
    ]
    row = await story.conversation()
    assert (row["state"], row["cause"], row["urgent"]) == ("waiting", "asked", 0)


async def test_a_complaint_goes_to_the_front_marked_and_is_asked_nothing(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者", customer="U2")
    await story.say("返金しろ")
    assert await story.last() == [("bot", await standing(story, sorry=True), [*WAYS, BACK])]
    row = await story.conversation()
    assert (row["state"], row["cause"], row["urgent"]) == ("waiting", "complaint", 1)


async def test_who_waits_and_gets_angry_goes_to_the_front(story):
    await story.say("担当者", customer="U2")
    await story.say("担当者")
    await story.say("いい加減にしてくれ")
    text = "ご不快な思いをおかけし、申し訳ございません。\n" + POSITION.format(1)
    assert await story.last() == [("bot", text, WAYS)]
    assert (await story.conversation())["urgent"] == 1


@pytest.mark.parametrize(
    ("front", "text"),
    [
        (
            Front.ABSENT,
            (
                "担当者にお引き継ぎしました。恐れ入りますが、担当者はただいま席を外しております。"
                "戻りしだい順番（1番目）にお答えします。"
            ),
        ),
        (
            Front.FULL,
            "担当者にお引き継ぎしました。恐れ入りますが、ただいま大変混み合っており、順番は1番目です。",
        ),
        (
            Front.CLOSED,
            (
                "本日の受付は終了しました。次は1/20(水) 9:00からです。\n"
                "内容は担当者に届いておりますので、受付時間になりましたら順番にお答えします。"
            ),
        ),
    ],
)
async def test_at_no_hour_is_there_a_dead_end(tell, desk, front, text):
    desk.front, desk.hours = front, "本日の受付は終了しました。次は1/20(水) 9:00からです。"
    desk.phone = "0120-000-000"
    story = tell()
    await story.say("担当者")
    number = await reference(story)
    phone = f"お電話は 0120-000-000 です。お問い合わせ番号 {number} をお伝えください。"
    assert await story.last() == [
        ("bot", f"{text}\n{TOLD}\n{phone}", [*WAYS, "電話する", BACK]),
    ]


async def test_asking_again_while_waiting_tells_the_place_and_nothing_else(story):
    await story.say("担当者")
    before = await story.conversation()
    await story.say("まだですか、オペレーター")
    after = await story.conversation()
    assert await story.last() == [("bot", POSITION.format(1), [*WAYS, BACK])]
    assert after["waiting_since"] == before["waiting_since"]


async def test_what_is_written_while_waiting_is_acknowledged_once(story):
    await story.say("担当者")
    await story.say("箱がつぶれていました")
    await story.say("写真も送ります")
    await story.say(content=ContentKind.IMAGE)
    assert await story.transcript(after=2) == [
        ("customer", "箱がつぶれていました", []),
        ("bot", HEARD, [BACK]),
        ("customer", "写真も送ります", []),
        ("customer", "", []),
    ]


@pytest.mark.parametrize(("text", "label"), [("1", WAYS[0]), ("伝言を残す", WAYS[2])])
async def test_the_ways_on_can_be_typed(story, text, label):
    await story.say("担当者")
    await story.say(text)
    expected = {
        WAYS[0]: "承知しました。順番が参りましたら、こちらで担当者がお答えします。",
        WAYS[2]: "担当者へのご伝言をお送りください。",
    }
    assert (await story.last())[0][1] == expected[label]


async def test_a_number_typed_after_the_place_was_told_does_not_leave_the_queue(story):
    await story.say("担当者")
    await story.say("担当者")
    await story.say("1")
    assert (await story.conversation())["state"] == "waiting"
    await story.say("配送番号は")
    await story.say("1")
    assert (await story.conversation())["state"] == "waiting"


async def test_back_to_the_bot_leaves_the_queue(story):
    await story.say("担当者")
    await story.tap("back")
    row = await story.conversation()
    assert (row["state"], row["waiting_since"], row["wait_mode"]) == ("bot", None, None)
    await story.say("送料はいくらですか？")
    assert (await story.last(2))[0] == ("bot", "全国一律500円です。", [])


# ── the form ────────────────────────────────────────────────────────────────────────────────
async def test_the_form_is_asked_while_the_customer_waits(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者")
    await story.say("山田花子")
    await story.say("2")
    assert await story.transcript(after=1) == [
        ("bot", await standing(story), WAYS),
        ("bot", NAME, ["スキップ", BACK]),
        ("customer", "山田花子", []),
        ("bot", ORDER, ["スキップ", BACK]),
        ("customer", "2", []),
        ("bot", "ありがとうございます。担当者に伝えました。", [BACK]),
    ]
    row = await story.conversation()
    assert (row["state"], row["form"]) == ("waiting", '{"name":"山田花子","order":"2"}')


async def test_what_is_known_is_never_asked_again(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者")
    await story.say("山田花子")
    await story.say("12345")
    await story.tap("back")
    await story.wait(1_800_000)
    await story.say("担当者")
    assert (await story.last())[0][1] == ORDER


async def test_the_form_can_be_skipped(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者")
    await story.say("スキップ")
    await story.tap("skip")
    assert (await story.last())[0][1] == "承知しました。そのままお待ちください。"
    assert (await story.conversation())["form"] == "{}"


async def test_the_ways_on_can_be_typed_instead_of_a_form_answer(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者")
    await story.say("伝言を残す")
    assert (await story.last())[0][1] == "担当者へのご伝言をお送りください。"
    assert (await story.conversation())["form"] == "{}"


async def test_a_wish_for_a_person_is_no_name(tell):
    story = tell(form=DEFAULT_FORM)
    await story.say("担当者")
    await story.say("だから人間と話したいんだけど")
    assert (await story.last())[0][1] == POSITION.format(1)
    assert (await story.rows("SELECT known FROM customer")) == [{"known": "{}"}]


async def test_choices_of_a_form_can_be_typed_by_number(tell):
    field = FormField(
        key="kind", ask={"ja": "ご用件は？"}, label={"ja": "用件"}, choices=["修理", "交換"]
    )
    story = tell(form=[field])
    await story.say("担当者")
    assert (await story.last())[0][1:] == ("ご用件は？", ["修理", "交換", "スキップ", BACK])
    await story.say("2")
    assert (await story.conversation())["form"] == '{"kind":"交換"}'


async def test_a_form_written_in_one_language_is_asked_in_that(tell):
    field = FormField(key="kind", ask={"ja": "ご用件は？"}, label={"ja": "用件"})
    story = tell(form=[field])
    receipt = await story.say("I want a real person")
    assert receipt.taken == "new"
    assert (await story.last())[0] == ("bot", "ご用件は？", ["Skip", "Automatic replies"])


# ── callback and note ───────────────────────────────────────────────────────────────────────
async def test_a_callback_is_booked(story, desk):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap_label("100-200時")
    await story.say("０９０−１２３４−５６７８")
    number = await reference(story)
    assert [line[1:] for line in await story.transcript(after=2) if line[0] == "bot"] == [
        ("お電話を差し上げる時間をお選びください。", ["100-200時", "このまま待つ"]),
        (
            "100-200時ですね。お電話番号を入力してください（例: 090-1234-5678）。",
            ["このまま待つ"],
        ),
        (f"100-200時に 09012345678 へお電話いたします。お問い合わせ番号は {number} です。", []),
    ]
    assert desk.booked == [(number, "100-200", "09012345678")]


async def test_going_back_says_that_the_call_is_off(story):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap_label("100-200時")
    await story.say("090-1234-5678")
    await story.tap("back")
    assert (await story.last())[0][1] == (
        "承知しました。自動応答に戻ります。ご質問をお送りください。\n"
        "なお、折り返しのお電話のお約束は取り消しました。"
    )


async def test_what_is_no_phone_number_is_asked_again_with_a_way_out(story, desk):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap("slot:100-200")
    await story.say("明日でもいいですか")
    assert await story.last() == [
        (
            "bot",
            (
                "恐れ入りますが、お電話番号を読み取れませんでした。"
                "090-1234-5678 のように、数字でお送りください。"
            ),
            ["このまま待つ"],
        )
    ]
    await story.say("やめます")
    assert (await story.last())[0][1] == (
        "承知しました。順番が参りましたら、こちらで担当者がお答えします。"
    )
    assert desk.booked == []


async def test_a_slot_that_is_gone_meanwhile_is_asked_anew(story, desk):
    desk.free = ["100-200", "300-400"]
    await story.say("担当者")
    await story.tap("callback")
    await story.tap("slot:100-200")
    desk.free.remove("100-200")
    await story.say("09012345678")
    assert await story.last() == [
        (
            "bot",
            "申し訳ございません、その時間帯は埋まってしまいました。別の時間をお選びください。",
            ["300-400時", "このまま待つ"],
        )
    ]
    desk.free.clear()
    await story.tap("slot:300-400")
    assert (await story.last())[0][2] == ["伝言を残す"]


@pytest.mark.parametrize("code", ["slot:", "slot:1-2", "slot:100-200:x", "slot"])
async def test_a_slot_that_was_never_offered_is_not_booked(story, desk, code):
    await story.say("担当者")
    await story.tap(code)
    assert (await story.last())[0][2] == ["100-200時", "このまま待つ"]
    assert desk.booked == []


async def test_who_is_called_back_is_told_no_place_in_the_line(story):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap("slot:100-200")
    await story.say("09012345678")
    await story.say("担当者")
    assert (await story.last())[0][1] == HEARD


async def test_waiting_after_all_takes_back_the_call(story, desk):
    await story.say("担当者")
    await story.tap("callback")
    await story.tap("slot:100-200")
    await story.say("09012345678")
    await story.tap("wait")
    assert (await story.last())[0] == ("bot", POSITION.format(1), [*WAYS, BACK])
    assert desk.booked == []
    row = await story.conversation()
    assert (row["state"], row["wait_mode"], row["cause"]) == ("waiting", "queue", "asked")


async def test_a_note_is_taken_whatever_stands_in_it(story):
    await story.say("担当者")
    await story.tap("leave")
    await story.say("担当者の方へ、明日の午後に電話をください")
    number = await reference(story)
    assert await story.transcript(after=3) == [
        ("bot", "担当者へのご伝言をお送りください。", ["このまま待つ"]),
        ("customer", "担当者の方へ、明日の午後に電話をください", []),
        (
            "bot",
            (
                "ご伝言をお預かりしました。担当者からこちらにお返事いたします。"
                f"お問い合わせ番号は {number} です。"
            ),
            [],
        ),
    ]
    assert (await story.conversation())["wait_mode"] == "message"


async def test_a_late_tap_on_solved_ends_the_waiting(story):
    await story.say("返品はいつまでできますか？")
    await story.say("担当者")
    await story.tap("solved")
    row = await story.conversation()
    assert (row["state"], row["waiting_since"]) == ("resolved", None)
    assert [line[1] for line in await story.last(2)] == [
        "解決してよかったです。ご利用ありがとうございました。",
        "今回の対応はいかがでしたか？ 1〜5でお聞かせください。",
    ]


# ── a person has it ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "fields",
    [
        {"text": "返品はいつまでできますか？"},
        {"text": "担当者"},
        {"text": "返金しろ"},
        {"text": "1"},
        {"text": "ありがとう"},
        {"choice": "solved"},
        {"choice": "back"},
        {"choice": "greet"},
        {"choice": "entry:shipping-fee"},
        {"content": ContentKind.STICKER},
        {"kind": EventKind.FOLLOW},
    ],
)
async def test_from_the_claim_on_the_bot_is_silent(story, fields):
    await story.say("担当者")
    await story.claim()
    before = await story.rows("SELECT COUNT(*) AS n FROM message WHERE sender <> 'customer'")
    await story.say(**fields)
    await story.wait(600_000)
    after = await story.rows("SELECT COUNT(*) AS n FROM message WHERE sender <> 'customer'")
    assert (after, (await story.conversation())["state"]) == (before, "assigned")


async def test_a_card_number_written_to_an_agent_is_hidden_with_a_word(story):
    await story.say("担当者")
    await story.claim()
    await story.say("4111111111111111")
    assert (await story.last())[0][:2] == (
        "system",
        "カード番号やマイナンバーと思われる数字は、安全のため伏せて保存しました。",
    )
