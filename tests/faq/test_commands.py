"""The commands as they are typed: what they print and how they exit."""

import json

import pytest
from typer.testing import CliRunner

from faq.__main__ import app
from faq.commands import check
from tests.faq.knowledge_files import SHOP, TODAY, write_folder


@pytest.fixture
def shop(tmp_path):
    return write_folder(tmp_path / "knowledge", kb=SHOP)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_check_of_a_good_folder(shop):
    done = run("check", shop)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "3 entries, 0 problems, 0 warnings.\n"


def test_check_names_places_and_exits_with_one(shop, capsys):
    (shop / "more.yaml").write_text(
        "entries:\n"
        "  - {id: sale, question: セール, answer: x, valid: {until: 2026-06-02}, nxt: []}\n",
        "utf-8",
    )
    assert check(shop, today=TODAY) == 1
    assert capsys.readouterr().out.splitlines() == [
        "more.yaml:2:70: unknown key `nxt`; did you mean `next`?",
        (
            "more.yaml:2:49: warning: sale: served until 2026-06-02 only; "
            "set a later `until` if it stays true"
        ),
    ]


def test_check_of_nothing_exits_with_two(tmp_path):
    done = run("check", tmp_path)
    assert (done.exit_code, done.stderr) == (2, "Nothing in this folder can be served.\n")
    assert done.stdout == (
        ".:1:1: the folder holds no entries; write a file with `entries:` and one entry under it\n"
    )


def test_ask_prints_the_decision_and_the_answer(shop):
    done = run("ask", "返品期限", "--knowledge", shop)
    lines = done.stdout.splitlines()
    assert (done.exit_code, lines[0][:17], lines[-1]) == (
        0,
        "answer (margin 99",
        "商品到着後8日以内でしたら返品できます。",
    )
    assert lines[1] == " 99.0  return-deadline: 返品期限"


def test_ask_in_json(shop):
    row = json.loads(run("ask", "返品期限", "--knowledge", shop, "--json").stdout)
    best = row["candidates"][0]
    assert (row["text"], row["kind"], best["id"], best["confidence"], best["why"]["literal"]) == (
        "返品期限",
        "answer",
        "return-deadline",
        99.0,
        True,
    )


def test_eval_writes_figures_and_predictions(shop, tmp_path):
    queries, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    queries.write_text(
        '{"text": "送料はいくらですか", "expect": ["delivery-fee"]}\n\n'
        '{"text": "富士山の高さ", "expect": [], "style": "far"}\n',
        "utf-8",
    )
    words = ("eval", "--knowledge", shop, "--queries", queries)
    done = run(*words, "--predictions", out, "--json")
    figures = json.loads(done.stdout)
    assert (done.exit_code, figures["top1"], figures["rejected"]) == (0, 1.0, 1.0)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(row["text"], row["decision"]) for row in rows] == [
        ("送料はいくらですか", "answer"),
        ("富士山の高さ", "fallback"),
    ]
    assert rows[0]["candidates"][0] == {"id": "delivery-fee", "confidence": 99.0}
    assert run(*words).stdout.splitlines()[:2] == [
        "2 questions, 1 answerable, 1 out of scope",
        "right entry first      100.0%",
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"expect": []}', "no `text`"),
        ('{"text": "x", "expect": "a"}', "`expect` is no list of ids"),
        ("[]", "no `text`"),
    ],
    ids=["half", "deep", "no text", "no list", "list"],
)
def test_eval_names_the_line_that_is_wrong(shop, tmp_path, line, what):
    queries = tmp_path / "q.jsonl"
    queries.write_text('{"text": "x", "expect": []}\n' + line + "\n", "utf-8")
    done = run("eval", "--knowledge", shop, "--queries", queries)
    wanted = f'{queries}:2:1: {what}; write {{"text": "…", "expect": ["id", …]}}\n'
    assert (done.exit_code, done.stderr) == (2, wanted)


def test_schema_knows_every_key():
    schema = json.loads(run("schema").stdout)
    assert sorted(schema["properties"]) == ["category", "entries", "lang", "synonyms"]
