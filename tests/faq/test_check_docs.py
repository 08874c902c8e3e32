"""Every rule of the check has examples in the reference, and they are what it says."""

import re
from datetime import date
from pathlib import Path
from textwrap import indent

import pytest

from faq.checking import check_folder
from faq.lint_rules import RULES
from tests.faq.knowledge_files import write_folder

PAGE = (Path(__file__).parents[2] / "docs/reference/check.md").read_text("utf-8")
TODAY = date(2026, 11, 2)
#: takes a folder larger than a page; see test_lint_matching.py
WITHOUT_EXAMPLE = {"not-all-tried"}

_SECTION = re.compile(r"^### `([a-z-]+)`\n\n\*(\w+)\.\* (.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```yaml (bad|good)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECTIONS = [(found[1], found[2], found[3]) for found in _SECTION.finditer(PAGE)]
EXAMPLES = [
    pytest.param(rule, kind, text, id=f"{rule}-{kind}-{place // 2 + 1}")
    for rule, _, body in SECTIONS
    for place, (kind, text) in enumerate(_FENCE.findall(body))
]


def rules_found(folder: Path, text: str) -> set[str]:
    whole = text if text.startswith("lang:") else f"entries:\n{indent(text, '  ')}"
    return {each.rule for each in check_folder(write_folder(folder, kb=whole), TODAY).findings}


@pytest.mark.parametrize(("rule", "kind", "text"), EXAMPLES)
def test_examples_are_what_they_say(tmp_path, rule, kind, text):
    assert (rule in rules_found(tmp_path / "k", text)) is (kind == "bad")


def test_good_examples_of_wording_are_good_in_every_respect(tmp_path):
    found = {}
    for place, example in enumerate(EXAMPLES):
        rule, kind, text = example.values
        told = rules_found(tmp_path / str(place), text) if kind == "good" else set()
        severe = {name for name in told if RULES[name].severity != "info"}
        if severe:
            found[rule] = severe
    assert found == {}


def test_every_rule_has_its_section_with_its_severity():
    assert sorted((rule, severity) for rule, severity, _ in SECTIONS) == sorted(
        (rule.name, rule.severity.value) for rule in RULES.values()
    )


def test_every_rule_has_a_bad_and_a_good_example():
    kinds = {rule: [kind for kind, _ in _FENCE.findall(body)] for rule, _, body in SECTIONS}
    pairs = {rule: found for rule, found in kinds.items() if rule not in WITHOUT_EXAMPLE}
    assert {rule: found for rule, found in pairs.items() if found[:2] != ["bad", "good"]} == {}
    assert {rule for rule, found in pairs.items() if len(found) % 2} == set()


def test_the_silence_of_the_page_is_needed_and_enough(tmp_path):
    example = re.search(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]
    silenced = re.search(r"rule: ([a-z-]+)", example)[1]
    loud = example[: example.index("    silence:")]
    assert silenced in rules_found(tmp_path / "loud", loud)
    assert rules_found(tmp_path / "silent", example) & {silenced, "idle-silence"} == set()


def test_the_line_of_the_page_is_one_that_is_printed():
    wording = RULES["no-cushion"].ja
    told = f"{wording.what}。{wording.how}".format(text="できません", other="恐れ入りますが")
    line = f"returns.yaml:18:9: warning: return-how: {told} [no-cushion]"
    assert line in PAGE.splitlines()
