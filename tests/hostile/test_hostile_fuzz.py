"""Ten thousand seeded inputs for what reads and writes texts; a command makes a million."""

# ruff: noqa: PT017 - an error is one of two right outcomes

import pytest

from faq.loader import load_folder
from handoff.configuration import BadSettings, load_settings
from tests.hostile.fuzz import PARTS, fuzz, fuzz_in_child
from tests.hostile.texts import ALL, as_shown
from tests.hostile.yaml_files import BAD, FINE, GOOD

SEED = 20261122
INPUTS = dict.fromkeys(PARTS, 970) | {"splicing": 300}
IN_PROCESS = [name for name in PARTS if name != "yaml"]


@pytest.mark.parametrize("name", IN_PROCESS)
def test_nothing_breaks_what_works_on_texts(name):
    assert fuzz(name, INPUTS[name], SEED) == []


def test_no_mutated_file_ends_the_process():
    assert fuzz_in_child("yaml", INPUTS["yaml"], SEED) == []


def test_the_fuzzer_tells_what_it_finds(monkeypatch):
    def falls(chance):
        raise LookupError("three")

    monkeypatch.setitem(PARTS, "webhook", falls)
    assert fuzz("webhook", 1, 1) == ["1:webhook:0 LookupError: three"]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_with_its_place_and_the_rest_stays(tmp_path, name):
    (tmp_path / "good.yaml").write_bytes(GOOD.replace(b"extra", b"price-0"))
    (tmp_path / "bad.yaml").write_bytes(BAD[name])
    found = load_folder(tmp_path)
    assert "price-0" in found.knowledge.entries
    if name not in {"deep", "quotes", "half", "long answer", "json lines"}:
        assert [one.file for one in found.problems][:1] in (["bad.yaml"], ["good.yaml"])
    assert all(one.line >= 1 and one.column >= 1 for one in found.problems)


@pytest.mark.parametrize("name", FINE)
def test_an_odd_but_harmless_file_is_served(tmp_path, name):
    (tmp_path / "kb.yaml").write_bytes(FINE[name])
    found = load_folder(tmp_path)
    assert found.problems == ()
    answers = {"words": "no", "time": "10:00", "octal": "0120123456"}
    answer = found.knowledge.entries["extra"].answer
    assert answer.rstrip() == answers.get(name, "桃は200円です。")


@pytest.mark.parametrize("key", ["host", "public_url", "log_level", "talk", "chat", "people"])
def test_settings_are_taken_or_refused_by_name(tmp_path, key):
    for case in ALL[::8]:
        text = as_shown(case.text)[:3_000]
        for written in (f"{key}: {text}\n", f"{key}:\n  {text}: {text}\n", f"{text}: 1\n"):
            path = tmp_path / "madoguchi.yaml"
            path.write_text(written, encoding="utf-8")
            try:
                load_settings(path)
            except BadSettings as error:
                assert str(error)
