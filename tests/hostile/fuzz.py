"""Fuzzes what reads and writes texts, in process: no exception but the documented, no hang.

python -m tests.hostile.fuzz --count 1000000 --seed 7 [--part yaml]
"""

# ruff: noqa: PT017 - an error is one of two right outcomes
# ruff: noqa: S311 - repeatable on purpose
# ruff: noqa: S603 - against ourselves
# ruff: noqa: T201 - a command that prints

import argparse
import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from bot.answer_html import render_answer, to_summary
from bot.channels.line.plaintext import to_plain
from bot.channels.line.reading import keep_unreadable, read_call
from bot.cleaning import clean_text
from bot.digit_runs import digits_of, find_runs
from bot.errors import BadInput
from bot.lengths import graphemes, utf16_length
from bot.masking import mask_phones, mask_text
from bot.splitting import split_text
from faq.csvcell import csv_text
from faq.exchange_commands import load_rows
from faq.exchange_html import to_markdown
from faq.exchange_rows import ImportUnreadable
from faq.normalize import CUT_BEFORE_FOLDING, fold, strip_padding
from faq.parting import part_questions
from faq.writer import Unwritable, cut_entries, delete_entry, insert_entry, replace_entry
from faq.writing_values import write_values
from faq.yamltree import MOST_BYTES, Unreadable, parse_tree
from tests.hang import no_hang
from tests.hostile.mutators import mutate_bytes, mutate_json, mutate_text
from tests.hostile.texts import ALL, as_shown
from tests.hostile.yaml_files import BAD, FINE, GOOD

_LINE_UNITS = 5_000
#: So many digits with nothing but separators between them are no number of anybody's.
_DESERT = 24
_FOLDER = Path(__file__).parents[1] / "payloads" / "line"
_TWO = GOOD.decode() + GOOD.decode().split("entries:\n")[1].replace("extra", "second")


def _text(chance: Random) -> str:
    return mutate_text(chance.choice(ALL).text[:6_000], chance)


def fuzz_webhook(chance: Random) -> None:
    """Read, or refused as a whole; every event has a key that can be stored."""
    raw = chance.choice(_payloads())
    if chance.random() < 0.5:
        tree = mutate_json(json.loads(raw), chance, spice=(_text(chance), "\x00", "\ud83d"))
        raw = json.dumps(tree).encode()
    else:
        raw = mutate_bytes(raw, chance)
    try:
        events = read_call(raw, now=1).events
    except BadInput as error:
        events = (keep_unreadable(raw, str(error), now=1),)
    for event in events:
        stored = (event.event_key, event.text, event.choice, event.source_key, *event.detail)
        "".join(map(str, stored)).encode()
        assert 1 <= len(event.event_key) <= 100
        assert "\x00" not in event.text


def _payloads(found: list[bytes] = []) -> list[bytes]:  # noqa: B006 - read once
    if not found:
        found += [path.read_bytes() for path in sorted(_FOLDER.glob("*.json"))]
    return found


def fuzz_folding(chance: Random) -> None:
    """A folded text is bounded, and folding it again changes its size no more than once."""
    text = _text(chance)
    folded = fold(text)
    assert len(folded) <= CUT_BEFORE_FOLDING
    folded.encode()
    strip_padding(folded[:500])
    for part in part_questions(text[:2_000]):
        assert part.text


def fuzz_masking(chance: Random) -> None:
    """No card stays readable; masking again shows nothing and hides no more of real texts."""
    text = as_shown(_text(chance))
    if chance.random() < 0.5:
        card = chance.choice(("4111111111111111", "4111 1111 1111 1111", "123456789018"))
        place = chance.randrange(len(text) + 1)
        text = f"{text[:place]} あ {card} あ {text[place:]}"
        # without its blanks it may stand in a long run of digits, where it is nobody's card
        assert f" {card} " not in mask_text(text).text
    once = mask_text(text).text
    again = mask_text(once).text
    assert len(digits_of(again)) <= len(digits_of(once))
    # in a desert of digits another number may show up beside the one that is hidden
    assert again == once or any(len(run.digits) > _DESERT for run in find_runs(text, _DESERT))
    mask_phones(text)


def fuzz_cleaning(chance: Random) -> None:
    """Cleaned, a text can be written anywhere; what was writable is as it was."""
    text = _text(chance)
    cleaned = clean_text(text).text
    assert cleaned == as_shown(text)[:20_000]
    cleaned.encode()


def fuzz_yaml(chance: Random) -> None:
    """A tree or a problem with its place."""
    raw = mutate_bytes(chance.choice(_files())[:20_000], chance)
    try:
        parse_tree(raw[: MOST_BYTES + 1], "kb.yaml")
    except Unreadable as error:
        assert error.problem.line >= 1
        assert error.problem.column >= 1


def _files() -> list[bytes]:
    return [*BAD.values(), *FINE.values(), GOOD, GOOD * 3]


def fuzz_rendering(chance: Random) -> None:
    """Nothing of a text becomes a tag or an address that is not http(s), tel or mailto."""
    text = as_shown(_text(chance)[:2_000])
    shown = render_answer(text)
    bare = shown
    for tag in ("p", "ul", "li", "strong", "br"):
        bare = type(shown)(str(bare).replace(f"<{tag}>", "").replace(f"</{tag}>", ""))
    for piece in str(bare).replace("</ol>", "").replace("</a>", "").split("<")[1:]:
        assert piece.startswith(
            ('a href="http', 'a href="tel:', 'a href="mailto:', "ol start=", "ol>")
        ), piece[:80]
        assert "on" + "error" not in piece.split(">")[0].split('"')[0::2][-1], piece
    to_summary(text, 150)
    to_plain(text)


def fuzz_markdown(chance: Random) -> None:
    """HTML of other programs, made into Markdown: rendered it has no tag of its own."""
    said = render_answer(to_markdown(as_shown(_text(chance)[:2_000])))
    assert "<script" not in said.lower()
    assert 'href="javascript' not in said.lower()


def fuzz_import(chance: Random) -> None:
    """Rows, or a sentence about the file."""
    text = as_shown(_text(chance))
    table = csv_text(["question", "answer"], [[text, text], ["送料", text]]).encode()
    listed = json.dumps([{"question": text, "answer": [text]}]).encode()
    raw, is_json = chance.choice(((table, False), (listed, True)))
    if chance.random() < 0.8:
        raw = mutate_bytes(raw, chance)
    try:
        load_rows(raw, is_json=is_json)
    except ImportUnreadable:
        return


def fuzz_cells(chance: Random) -> None:
    """A cell comes back as it was told, and begins nothing that a spreadsheet would run."""
    text = as_shown(_text(chance)[:3_000])
    written = csv_text(["a"], [[text], ["x"]]).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert len(rows) == 3
    for line in rows[1][0].splitlines() if rows[1] else []:
        assert line.strip(" \u3000\u200b\ufeff")[:1] not in {*"=+-@\t＝＋－＠"}, line[:80]


def fuzz_splitting(chance: Random) -> None:
    """Parts are short enough for LINE and, put together, the text; no character is torn."""
    text = as_shown(_text(chance)) or "x"
    limit = chance.choice((20, 160, _LINE_UNITS))
    parts = split_text(text, limit, 5)
    assert len(parts) <= 5
    assert all(utf16_length(part) <= limit for part in parts)
    assert all("".join(graphemes(part)) == part for part in parts)


def fuzz_splicing(chance: Random) -> None:
    """A changed entry stands in its file and its neighbour as before; or the file is refused."""
    text = as_shown(_text(chance)[:1_500])
    file = (
        _TWO
        if chance.random() < 0.6
        else mutate_bytes(_TWO.encode(), chance).decode("utf-8", "replace")
    )
    values: dict[str, Any] = {"id": "extra", "question": text or "x", "answer": text or "x"}
    if chance.random() < 0.3:
        values = mutate_json(values, chance, spice=(text, "\u2028"))
    try:
        cuts = {cut.entry_id: cut.text for cut in cut_entries(file, "kb.yaml")}
        snippet = write_values(values) if isinstance(values, dict) else text
        snippet = snippet if chance.random() < 0.7 else text
        changed = chance.choice((replace_entry, _insert, _delete))(
            file, "kb.yaml", "extra", snippet
        )
    except (Unwritable, Unreadable, KeyError, BadInput, ValueError):
        return
    after = {cut.entry_id: cut.text for cut in cut_entries(changed, "kb.yaml")}
    assert after.get("second") == cuts.get("second")


def _insert(file: str, name: str, after: str, snippet: str) -> str:
    return insert_entry(file, name, snippet, after_id=after)


def _delete(file: str, name: str, entry: str, _: str) -> str:
    return delete_entry(file, name, entry)


PARTS: dict[str, Callable[[Random], None]] = {
    "webhook": fuzz_webhook,
    "folding": fuzz_folding,
    "masking": fuzz_masking,
    "cleaning": fuzz_cleaning,
    "rendering": fuzz_rendering,
    "markdown": fuzz_markdown,
    "import": fuzz_import,
    "cells": fuzz_cells,
    "splitting": fuzz_splitting,
    "splicing": fuzz_splicing,
    "yaml": fuzz_yaml,
}


def fuzz(name: str, count: int, seed: int, *, every: int = 0) -> list[str]:
    """What went wrong, with the seed that repeats it; at most ten of a kind."""
    part, wrong = PARTS[name], []
    for number in range(count):
        one = f"{seed}:{name}:{number}"
        try:
            with no_hang():
                part(Random(one))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            wrong.append(f"{one} {type(error).__name__}: {str(error)[:200]}")
            if len(wrong) >= 10:
                break
        if every and number % every == every - 1:
            print(
                f"{name}: {number + 1} of {count}, {len(wrong)} wrong", file=sys.stderr, flush=True
            )
    return wrong


def fuzz_in_child(name: str, count: int, seed: int) -> list[str]:
    """The same in a process of its own: what reads YAML is C, and could end ours."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.hostile.fuzz", "--part", name, "--count", str(count),
         "--seed", str(seed)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    if child.returncode not in {0, 1}:
        return [f"{seed}:{name} the process ended with {child.returncode}: {child.stderr[-300:]}"]
    return list(json.loads(child.stdout)["wrong"])


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="inputs over all parts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=[*PARTS], action="append")
    given = parser.parse_args()
    parts, began = given.part or list(PARTS), time.monotonic()
    each = -(-given.count // len(parts))
    wrong = [one for name in parts for one in fuzz(name, each, given.seed, every=5_000)]
    report = {"seed": given.seed, "inputs": each * len(parts), "wrong": wrong,
              "seconds": round(time.monotonic() - began, 1)}  # fmt: skip
    print(json.dumps(report, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
