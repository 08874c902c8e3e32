"""How it went: numbers, the surveys behind them, and a file that no spreadsheet runs."""

import csv
import io
import threading

import pytest

from bot.clock import DAY_MS
from faq.csvcell import csv_cell, csv_text
from handoff.access import Agent, Role
from handoff.errors import NotAllowed
from handoff.results import SurveyWanted, Tally
from tests.handoff.people_world import MORNING, World, add_survey


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+81 90", "'+81 90"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("﹦1", "'﹦1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM", "'＠SUM"),
        ("  =1", "'  =1"),
        ("\u3000=1", "'\u3000=1"),
        ("\u200b=1", "'\u200b=1"),
        ("\ufeff =1", "'\ufeff =1"),
        ("\t=1", "'\t=1"),
        ("\tno formula", "'\tno formula"),
        ("\ufeff\tno formula", "'\ufeff\tno formula"),
        ("\r=1", "\n'=1"),
        ("ok\n=1", "ok\n'=1"),
        ("ok\r\n -1", "ok\n' -1"),
        ("ok\u2028=1", "ok\n'=1"),
        ("ok\x0b@x", "ok\n'@x"),
        ("ok\x85=x", "ok\n'=x"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("ありがとう。5-1", "ありがとう。5-1"),
        ("", ""),
        ("\x00=1", "\ufffd=1"),
    ],
)
def test_a_text_that_could_be_a_formula_is_quoted(text: str, cell: str):
    assert csv_cell(text) == cell


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert [csv_cell(value) for value in (-5, 0.5, None)] == ["-5", "0.5", ""]


def test_a_file_can_be_read_back_cell_by_cell():
    rows = [["a,b", 'say "x"', "two\nlines", 3], ["=cmd|' /C calc'!A0", None, "", -1]]
    text = csv_text(["w", "x", "y", "z"], rows)
    assert text.startswith("\ufeffw,x,y,z\r\n")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:] == [
        ["a,b", 'say "x"', "two\nlines", "3"],
        ["'=cmd|' /C calc'!A0", "", "", "-1"],
    ]


@pytest.fixture
async def boss(world: World) -> Agent:
    """Agents 1 and 2; five surveys by agents, four by the bot, of two days."""
    sato = await world.agent("佐藤")
    suzuki = await world.agent("鈴木")
    boss = await world.agent("責任者", Role.SUPERVISOR)
    given = [
        {"agent_id": sato.id, "state": "answered", "score": 5, "comment": "早かった"},
        {"agent_id": sato.id, "state": "answered", "score": 1, "comment": "=HYPERLINK(1)"},
        {"agent_id": suzuki.id, "state": "answered", "score": 4, "channel": "line"},
        {"agent_id": suzuki.id, "state": "lapsed", "channel": "line"},
        {"agent_id": suzuki.id, "state": "undeliverable", "channel": "line"},
        {"handled_by": "bot", "entry_id": "returns", "state": "answered", "score": 3},
        {"handled_by": "bot", "entry_id": "returns", "state": "answered", "score": 2},
        {"handled_by": "bot", "entry_id": "hours", "state": "asked", "at": MORNING + DAY_MS},
        {"handled_by": "bot", "state": "lapsed", "at": MORNING + DAY_MS},
    ]
    for columns in given:
        asked = await world.open()
        await world.store.write(add_survey, asked.id, **columns)
    await world.run("UPDATE conversation SET review = 1 WHERE id IN (2, 7)")
    return boss


async def test_silence_is_neither_good_nor_bad_and_the_rate_stands_beside(
    world: World, boss: Agent
):
    page = await world.results.get_page(boss, SurveyWanted())
    assert page.total == Tally(asked=8, answered=5, scores=(1, 1, 1, 1, 1), undeliverable=1)
    assert (page.total.response_rate, page.total.satisfaction, page.total.mean) == (
        5 / 8,
        2 / 5,
        3.0,
    )
    assert page.by_handling == {
        "agent": Tally(asked=4, answered=3, scores=(1, 0, 0, 1, 1), undeliverable=1),
        "bot": Tally(asked=4, answered=2, scores=(0, 1, 1, 0, 0), undeliverable=0),
    }
    assert {name: one.asked for name, one in page.by_agent.items()} == {"佐藤": 2, "鈴木": 2}
    assert {name: one.asked for name, one in page.by_entry.items()} == {"returns": 2, "hours": 1}
    assert {name: one.asked for name, one in page.by_channel.items()} == {"web": 6, "line": 2}
    assert [row.conversation_id for row in page.rows] == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert page.more is False


async def test_nobody_asked_gives_no_number_rather_than_zero(world: World, boss: Agent):
    total = (await world.results.get_page(boss, SurveyWanted(channel="phone"))).total
    assert (total.response_rate, total.satisfaction, total.mean) == (None, None, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (SurveyWanted(from_at=MORNING + 1), [9, 8]),
        (SurveyWanted(until_at=MORNING + DAY_MS, handled_by="bot"), [7, 6]),
        (SurveyWanted(channel="line"), [5, 4, 3]),
        (SurveyWanted(agent_id=1), [2, 1]),
        (SurveyWanted(entry_id="returns"), [7, 6]),
        (SurveyWanted(only_answered=True, score_up_to=2), [7, 2]),
    ],
)
async def test_each_filter_opens_the_conversations_behind_its_number(
    world: World, boss: Agent, wanted: SurveyWanted, expected: list[int]
):
    page = await world.results.get_page(boss, wanted)
    assert [row.conversation_id for row in page.rows] == expected
    assert page.total.asked + page.total.undeliverable == len(expected)


async def test_an_agent_sees_own_results_only_whatever_is_asked_for(world: World, boss: Agent):
    sato = await world.agent("田中")
    await world.run("UPDATE survey SET agent_id = :id WHERE id = 3", id=sato.id)
    page = await world.results.get_page(sato, SurveyWanted(agent_id=1, handled_by="bot"))
    assert [row.conversation_id for row in page.rows] == [3]
    for refused in (
        world.results.export(sato, SurveyWanted()),
        world.results.list_for_review(sato),
    ):
        with pytest.raises(NotAllowed):
            await refused


async def test_low_scores_wait_for_a_supervisor_the_lowest_first(world: World, boss: Agent):
    listed = await world.results.list_for_review(boss)
    assert [(row.conversation_id, row.score) for row in listed] == [(2, 1), (7, 2)]
    await world.desk.review_done(boss, 2)
    listed = await world.results.list_for_review(boss)
    assert [row.conversation_id for row in listed] == [7]


async def test_the_export_is_quoted_in_local_time_and_audited(world: World, boss: Agent):
    text = await world.results.export(boss, SurveyWanted(agent_id=1, score_up_to=1))
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:] == [
        [
            "M-7KQ2",
            "web",
            "agent",
            "佐藤",
            "",
            "answered",
            "1",
            "'=HYPERLINK(1)",
            "2026-11-24 10:00:00",
            "",
        ]
    ]
    assert (await world.audited())[-1] == (boss.id, "export_results", None)


async def test_the_file_is_written_beside_the_loop(
    world: World, boss: Agent, monkeypatch: pytest.MonkeyPatch
):
    threads = []

    def write(*_: object) -> str:
        threads.append(threading.current_thread())
        return ""

    monkeypatch.setattr("handoff.results.csv_text", write)
    await world.results.export(boss, SurveyWanted())
    assert threads != []
    assert threading.main_thread() not in threads
