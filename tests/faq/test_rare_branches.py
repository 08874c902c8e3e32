"""Folders and files at their limits, and files that cannot be read at all."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faq.__main__ import app
from faq.loader import load_folder
from tests.faq.knowledge_files import SHOP, write_folder

ENTRY = "lang: ja\nentries:\n  - id: shipping\n    question: 送料\n    answer: 500円\n"


def told(path: Path) -> list[str]:
    return [str(problem) for problem in load_folder(path).problems]


@pytest.mark.parametrize(
    ("kb", "problem"),
    [
        (
            ENTRY + "    variants: [[x]]\n",
            "kb.yaml:6:16: `variants` must be a text; write it on one line, or after `|`",
        ),
        (
            ENTRY + "    next: [a, b, c, d, e, f, g, h, i, j, k]\n",
            "kb.yaml:6:11: `next` has more than 10 items; keep the most telling ones",
        ),
        (
            ENTRY + "    buttons: [x]\n",
            (
                "kb.yaml:6:15: `buttons` must hold keys and values; "
                "write `key: value` lines under `buttons`"
            ),
        ),
        (
            ENTRY + f"    buttons: [{{label: x, url: 'https://a.example/{'a' * 990}'}}]\n",
            "kb.yaml:6:31: `url` is longer than 1000 characters; shorten it",
        ),
        (
            ENTRY + "    translations: en\n",
            "kb.yaml:6:19: `translations` must hold languages; write `en: {question: …}`",
        ),
        (
            ENTRY + "    translations: {en: x}\n",
            (
                "kb.yaml:6:24: `translations` must hold keys and values; "
                "write `key: value` lines under `translations`"
            ),
        ),
        (
            ENTRY + "    an-swer：: x\n",
            (
                "kb.yaml:6:5: unknown key `an-swer：`; "
                "write `: ` with the half-width colon, not the full-width colon `：`"
            ),
        ),
        (
            "- a\n",
            (
                "kb.yaml:1:1: `entries` must hold keys and values; "
                "write `key: value` lines under `entries`"
            ),
        ),
        (
            "lang: Japanese\n" + ENTRY.removeprefix("lang: ja\n"),
            "kb.yaml:1:7: `lang` cannot be `Japanese`; write a language such as ja",
        ),
    ],
)
def test_values_of_the_wrong_kind(tmp_path, kb, problem):
    assert told(write_folder(tmp_path / "k", kb=kb)) == [problem]


def test_too_many_values_in_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr("faq.yamltree.MOST_NODES", 5)
    folder = write_folder(tmp_path / "k", kb=ENTRY)
    assert told(folder) == ["kb.yaml:3:5: more than 5 values in one file; split the file"]


def test_too_many_files_and_entries(tmp_path, monkeypatch):
    monkeypatch.setattr("faq.loader._MOST_FILES", 1)
    monkeypatch.setattr("faq.loader.MOST_ENTRIES", 2)
    result = load_folder(write_folder(tmp_path / "k", a=SHOP, b=ENTRY))
    assert [problem.what for problem in result.problems] == [
        "more than 1 files",
        "more than 2 entries",
    ]
    assert list(result.knowledge.entries) == ["return-deadline", "return-how"]


def test_a_file_that_cannot_be_opened(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "k", kb=ENTRY)

    def refuse(self, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert told(folder) == [
        "kb.yaml:1:1: cannot be read (Permission denied); mend its permissions"
    ]


def test_a_folder_that_ends_in_yaml_is_no_file(tmp_path):
    folder = write_folder(tmp_path / "k", kb=ENTRY)
    (folder / "old.yaml").mkdir()
    assert told(folder) == []


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_commands_without_a_knowledge_exit_with_two(tmp_path):
    empty = write_folder(tmp_path / "k")
    assert run("ask", "x", "--knowledge", empty).exit_code == 2
    assert run("eval", "--knowledge", empty, "--queries", tmp_path / "q").exit_code == 2


def test_commands_with_files_that_cannot_be_read_or_written(tmp_path):
    shop = write_folder(tmp_path / "k", kb=SHOP)
    queries = tmp_path / "q.jsonl"
    assert run("eval", "--knowledge", shop, "--queries", queries).exit_code == 2
    queries.write_text(json.dumps({"text": "送料", "expect": []}), "utf-8")
    done = run("eval", "--knowledge", shop, "--queries", queries, "--predictions", tmp_path)
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (
        2,
        f"{tmp_path}: Is a directory; choose another file",
    )


def test_ask_without_an_answer_ends_with_the_candidates(tmp_path):
    done = run("ask", "富士山", "--knowledge", write_folder(tmp_path / "k", kb=SHOP))
    assert (done.exit_code, done.stdout[:8]) == (0, "fallback")
