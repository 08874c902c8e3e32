"""No cell of a file that we hand out runs in a spreadsheet, nor tells a telephone number."""

import csv
import io
import itertools
import re
import unicodedata
from typing import Any

import pytest

from faq.csvcell import csv_text
from faq.entry import Entry, Translation
from faq.exchange_out import to_csv
from handoff.access import Agent
from handoff.results import SurveyWanted
from tests.handoff.people_world import World
from tests.privacy.privacy_rows import insert

pytestmark = pytest.mark.promise("P37")

STARTERS = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊"
#: What a spreadsheet skips before it looks for a formula.
BEFORE = ("", " ", "\u3000", "\t", "\u200b", "\ufeff", "\xa0", "\u2060 ", "'\n", "ok\n", "ok\r\n",
    "ok\r", "ok\x0b", "ok\x0c", "ok\u2028", "ok\u2029", "ok\x85",
    'a,"b"\n \t', "\x00")  # fmt: skip
BEHIND = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("https://x.example","y")', "")
PAYLOADS = [
    before + starter + behind
    for before, starter, behind in itertools.product(BEFORE, STARTERS, BEHIND)
]
_LINES = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def runs(cell: str) -> bool:
    """Whether a spreadsheet could take a line of a cell for a formula; judged from outside."""
    for line in _LINES.split(cell):
        kept = [
            char for char in line
            if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc", "Zs")
        ]  # fmt: skip
        first = unicodedata.normalize("NFKC", kept[0])[:1] if kept else ""
        if first in tuple("=+-@") or line[:1] in ("\t", "\r"):
            return True
    return False


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_judge_sees_every_payload() -> None:
    assert [payload for payload in PAYLOADS if not runs(payload)] == []


def test_no_cell_of_a_table_runs() -> None:
    rows = read(csv_text(["text"], [[payload] for payload in PAYLOADS]))
    assert len(rows) == len(PAYLOADS) + 1
    assert [row for row in rows if len(row) != 1 or runs(row[0])] == []


def test_no_cell_of_exported_knowledge_runs() -> None:
    entries = [
        Entry(
            id=f"e-{number}",
            question=payload,
            variants=(payload, payload),
            answer=payload,
            category=payload,
            owner=payload,
            expect=(payload,),
            reject=(payload,),
            translations={"en": Translation(question=payload, answer=payload)},
        )
        for number, payload in enumerate(PAYLOADS)
    ]
    header, *rows = read(to_csv(entries))
    assert len(rows) == len(PAYLOADS)
    assert [cell for row in (header, *rows) for cell in row if runs(cell)] == []


async def test_no_cell_of_the_results_runs_or_tells_a_number(world: World, admin: Agent) -> None:
    comments = [*PAYLOADS, "090-1234-5678 に電話ください"]

    def fill(tx: Any) -> None:
        insert(tx, "customer", id=1, external_hash="h", known="{}")
        for number, text in enumerate(comments, 1):
            insert(tx, "conversation", id=number, reference=f"M-{number}", customer_id=1,
                   state="closed", talk="{}", form="{}")  # fmt: skip
            insert(tx, "survey", conversation_id=number, round=1, state="answered", score=5,
                   comment=text, entry_id=text, channel=text, handled_by="bot")  # fmt: skip

    await world.store.write(fill)
    text = await world.results.export(admin, SurveyWanted())
    header, *rows = read(text)
    assert len(rows) == len(PAYLOADS) + 1
    assert [cell for row in (header, *rows) for cell in row if runs(cell)] == []
    (told,) = [row for row in rows if "電話ください" in ",".join(row)]
    assert "***-****-5678 に電話ください" in told
