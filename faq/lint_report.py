"""Findings written for people, programs, code hosts and build logs."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from faq.lint_finding import Advice, Severity
from faq.lint_rules import RULES

DOCUMENT = "docs/reference/check.md"
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_RANKS = tuple(Severity)
#: A terminal or a log must not take orders from a file's name or text.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding with its place and its words."""

    #: relative to the knowledge folder
    file: str
    #: both from 1; the column counts characters
    line: int
    column: int
    rule: str
    severity: Severity
    entry_id: str = ""
    ja: Advice
    en: Advice

    def told(self, lang: str) -> Advice:
        """In Japanese, or else in English."""
        return self.ja if lang == "ja" else self.en

    def sentence(self, lang: str) -> str:
        """What is wrong and how to mend it, on one line."""
        told = self.told(lang)
        between = "。" if lang == "ja" else "; "
        return _CONTROL.sub(" ", f"{told.what}{between}{told.how}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found, and how to put it."""

    #: what is told, and everything, told or only counted
    findings: Sequence[Placed]
    all: Sequence[Placed]
    entries: int
    #: the folder as it was named, for those who look from outside it
    folder: str
    lang: str
    announcements: int = 0

    def count(self, severity: Severity) -> int:
        """How many findings are so severe."""
        return sum(each.severity is severity for each in self.all)

    def outside(self, file: str) -> str:
        """A file as it is reached from where the check was started."""
        folder = self.folder.strip()
        return file if folder in ("", ".") else f"{folder.rstrip('/')}/{file}"


def at_least(findings: Sequence[Placed], severity: Severity) -> list[Placed]:
    """The findings that are so severe or more."""
    most = _RANKS.index(severity)
    return [each for each in findings if _RANKS.index(each.severity) <= most]


def write_text(report: Report) -> str:
    """One line a finding, as editors and compilers have it."""
    return "".join(
        f"{_CONTROL.sub(' ', each.file)}:{each.line}:{each.column}: {each.severity}: "
        f"{each.sentence(report.lang)} [{each.rule}]\n"
        for each in report.findings
    )


def summary(report: Report) -> str:
    """The counts in one sentence."""
    errors, warnings, remarks = (report.count(each) for each in _RANKS)
    hidden = remarks and not any(each.severity is Severity.INFO for each in report.findings)
    if report.lang == "ja":
        more = "（`--level info` で表示）" if hidden else ""
        also = f"、お知らせ{report.announcements}件" if report.announcements else ""
        told = f"誤り{errors}件、警告{warnings}件、参考{remarks}件{more}"
        return f"{report.entries}項目{also}: {told}。"
    more = " (see them with `--level info`)" if hidden else ""
    told = f"{errors} errors, {warnings} warnings, {remarks} remarks{more}"
    also = f", {report.announcements} announcement(s)" if report.announcements else ""
    return f"{report.entries} entries{also}: {told}."


def write_json(report: Report) -> str:
    """For programs."""
    rows = [
        {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "severity": each.severity.value,
            "rule": each.rule,
            "entry": each.entry_id or None,
            "what": each.told(report.lang).what,
            "how": each.told(report.lang).how,
        }
        for each in report.findings
    ]
    counts = {severity.value: report.count(severity) for severity in _RANKS}
    sizes = {"entries": report.entries, "announcements": report.announcements}
    return _dump({**sizes, "counts": counts, "findings": rows})


def write_github(report: Report) -> str:
    """Workflow commands, shown as annotations beside the changed lines."""
    lines = []
    for each in report.findings:
        file = _escape_property(report.outside(each.file))
        place = f"file={file},line={each.line},col={each.column},title={each.rule}"
        level = _GITHUB_LEVELS[each.severity]
        lines.append(f"::{level} {place}::{_escape(each.sentence(report.lang))}\n")
    return "".join(lines)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def write_sarif(report: Report) -> str:
    """SARIF 2.1.0, which code hosts and editors read."""
    used = list(dict.fromkeys(each.rule for each in report.findings))
    driver = {
        "name": "madoguchi check",
        "rules": [_sarif_rule(name, report.lang) for name in used],
    }
    results = [_sarif_result(each, report, used.index(each.rule)) for each in report.findings]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return _dump({"$schema": _SARIF, "version": "2.1.0", "runs": [run]})


def _sarif_rule(name: str, lang: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": name.replace("-", " ")},
        "help": {"text": f"{rule.advice(lang).how or name} ({DOCUMENT}#{name})"},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _sarif_result(each: Placed, report: Report, place: int) -> dict[str, Any]:
    uri = quote(report.outside(each.file))
    region = {"startLine": each.line, "startColumn": each.column}
    return {
        "ruleId": each.rule,
        "ruleIndex": place,
        "level": _SARIF_LEVELS[each.severity],
        "message": {"text": each.sentence(report.lang)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


WRITERS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"text": write_text, "json": write_json, "sarif": write_sarif, "github": write_github}
)
