"""The commands as they are typed: what they print and how they exit."""

import json
from pathlib import Path

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
    done = run("check", shop, "--lang", "en")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == (
        "3 entries: 0 errors, 0 warnings, 5 remarks (see them with `--level info`).\n"
    )
    done = run("check", shop)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "3項目: 誤り0件、警告0件、参考5件（`--level info` で表示）。\n"


SALE = (
    "entries:\n  - {id: sale, question: セール, answer: x, valid: {until: 2026-06-02}, nxt: []}\n"
)
SOON = "  - {id: sale, question: セール, answer: x, valid: {until: 2026-06-02}}\n"


def test_check_names_places_and_exits_with_one(shop, capsys):
    (shop / "more.yaml").write_text(SALE, "utf-8")
    assert check(shop, today=TODAY, lang="en") == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "more.yaml:2:49: warning: sale: served until 2026-06-02 only; "
            "set a later `until` if it stays true [expires-soon]"
        ),
        "more.yaml:2:70: error: unknown key `nxt`; did you mean `next`? [unknown-key]",
    ]
    assert check(shop, today=TODAY) == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "more.yaml:2:49: warning: sale: 2026-06-02 までしか案内されません。"
            "続くものでしたら `until` を延ばしてください [expires-soon]"
        ),
        (
            "more.yaml:2:70: error: 「nxt」というキーはありません。"
            "「next」のことでしょうか [unknown-key]"
        ),
    ]


def test_a_warning_fails_the_check_only_when_it_is_strict(shop, capsys):
    (shop / "more.yaml").write_text(f"entries:\n{SOON}", "utf-8")
    codes = [check(shop, today=TODAY, strict=strict) for strict in (False, True)]
    assert codes == [0, 1]
    # what is not told still counts
    capsys.readouterr()
    assert check(shop, today=TODAY, strict=True, least="error") == 1
    assert capsys.readouterr().out == ""


def test_check_tells_remarks_when_asked(shop, capsys):
    assert check(shop, today=TODAY, lang="en", least="info") == 0
    told = capsys.readouterr()
    assert [line.rsplit(" ", 1)[1] for line in told.out.splitlines()] == [
        "[no-owner]",
        "[missing-translation]",
        "[no-owner]",
        "[missing-translation]",
        "[no-owner]",
    ]
    assert told.err == "3 entries: 0 errors, 0 warnings, 5 remarks.\n"


def test_check_of_nothing_exits_with_two(tmp_path):
    done = run("check", tmp_path, "--lang", "en")
    assert (done.exit_code, done.stderr) == (2, "Nothing in this folder can be served.\n")
    assert done.stdout == (
        ".:1:1: error: the folder holds no entries; "
        "write a file with `entries:` and one entry under it [schema]\n"
    )
    assert run("check", tmp_path).stderr == "案内できる項目がありません。\n"


def test_check_in_json(shop, capsys):
    (shop / "more.yaml").write_text(f"entries:\n{SOON}", "utf-8")
    assert check(shop, today=TODAY, lang="en", form="json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "entries": 4,
        "announcements": 0,
        "counts": {"error": 0, "warning": 1, "info": 8},
        "findings": [
            {
                "file": "more.yaml",
                "line": 2,
                "column": 49,
                "severity": "warning",
                "rule": "expires-soon",
                "entry": "sale",
                "what": "sale: served until 2026-06-02 only",
                "how": "set a later `until` if it stays true",
            }
        ],
    }


def test_check_for_a_code_host(tmp_path, monkeypatch, capsys):
    write_folder(tmp_path / "a,b", kb=SHOP, more=SALE)
    monkeypatch.chdir(tmp_path)
    assert check(Path("a,b"), today=TODAY, lang="en", form="github") == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "::warning file=a%2Cb/more.yaml,line=2,col=49,title=expires-soon::"
            "sale: served until 2026-06-02 only; set a later `until` if it stays true"
        ),
        (
            "::error file=a%2Cb/more.yaml,line=2,col=70,title=unknown-key::"
            "unknown key `nxt`; did you mean `next`?"
        ),
    ]


def test_check_in_sarif(tmp_path, monkeypatch, capsys):
    write_folder(tmp_path / "知識", kb=SHOP, more=SALE)
    monkeypatch.chdir(tmp_path)
    assert check(Path("知識"), today=TODAY, lang="en", form="sarif", least="error") == 1
    log = json.loads(capsys.readouterr().out)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run_ = log["runs"][0]
    assert run_["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run_["tool"]["driver"]["rules"]] == ["unknown-key"]
    assert run_["results"] == [
        {
            "ruleId": "unknown-key",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "unknown key `nxt`; did you mean `next`?"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "%E7%9F%A5%E8%AD%98/more.yaml"},
                        "region": {"startLine": 2, "startColumn": 70},
                    }
                }
            ],
        }
    ]


def test_a_text_gives_the_log_no_orders(tmp_path, capsys):
    kb = 'entries:\n  - {id: a, question: x, answer: y, "k\\n::error::gone\\e[2J": 1}\n'
    write_folder(tmp_path / "k", kb=kb)
    for form in ("text", "github"):
        assert check(tmp_path / "k", today=TODAY, lang="en", form=form) == 1
        lines = capsys.readouterr().out.splitlines()
        assert [len(lines), any("\x1b" in line for line in lines)] == [1, False]
        assert not lines[0].startswith("::error::")


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
    assert (row["text"], row["kind"], best) == (
        "返品期限",
        "answer",
        {"id": "return-deadline", "confidence": 99.0, "variant": "返品期限"},
    )
    told = row["explanation"]
    assert (told["outcome"], told["candidates"][0]["literal"], told["sentences"][0]) == (
        "literal",
        True,
        "「返品期限」という言い方がそのまま登録されているため、回答しました。",
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


TWO = "返品期限は？あと送料も教えてください"


def test_ask_tells_every_question_of_a_message(shop):
    lines = run("ask", TWO, "--knowledge", shop).stdout.splitlines()
    place = lines.index("also asked:")
    assert lines[place + 1].split()[1] == "delivery-fee:"
    assert "  ほかのご質問には、次の項目を案内しました: 送料はいくらですか" in lines
    row = json.loads(run("ask", TWO, "--knowledge", shop, "--json").stdout)
    assert (row["candidates"][0]["id"], row["explanation"]["alone"]) == (
        "return-deadline",
        True,
    )
    assert [each["id"] for each in row["also"]] == ["delivery-fee"]


def test_ask_tells_what_nobody_answers(shop):
    done = run("ask", "返品期限は？あと領収書の宛名は変更できますか？", "--knowledge", shop)
    assert done.stdout.splitlines()[-1] == "no answer for: 領収書の宛名は変更できますか？"


def test_ask_tells_why_in_the_language_asked_for(shop):
    told = run("ask", "ﾍﾝﾋﾟﾝ期限を教えて", "--knowledge", shop, "--lang", "en").stdout
    assert "  Written alike before comparing: ﾍﾝﾋﾟﾝ → ヘンピン" in told.splitlines()
    assert "  Left out as polite words: を教えて" in told.splitlines()


def test_ask_answers_in_the_language_of_the_question(tmp_path):
    kb = """\
entries:
  - id: hours
    question: 営業時間を教えてください
    answer: 10時からです。
    translations:
      en: {question: What are your opening hours?, answer: From 10.}
"""
    folder = write_folder(tmp_path / "k", kb=kb)
    asked = ("What are your opening hours?", "opening hours", "営業時間")
    told = [run("ask", text, "--knowledge", folder).stdout.splitlines()[-1] for text in asked]
    assert told == ["From 10.", "From 10.", "10時からです。"]
