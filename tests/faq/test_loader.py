"""Knowledge folders, friendly and hostile."""

import subprocess
import sys
from datetime import date

import pytest

from faq.entry import Button, Entry, Translation
from faq.loader import load_folder
from tests.faq.knowledge_files import SHOP, write_folder

FULL = """\
# a comment
lang: ja
category: 返品・交換
entries:
  - id: return-deadline
    question: 返品はいつまでできますか？
    variants:
      - 返品期限
      - 何日以内なら返せますか
      - 返品期限
    answer: |
      商品到着後**8日以内**でしたら返品できます。
      [返品の手引き](https://shop.example/returns)
    buttons:
      - {label: 返品を申し込む, url: "https://shop.example/returns"}
      - {label: 電話する, tel: "+81-120-000-000"}
    next: [return-how, refund-when]
    escalate: returns
    category: 返品
    priority: -3
    threshold: 80
    channels: [line, web]
    valid: {from: 2026-04-01, until: 2026-12-31}
    translations:
      en: {question: "How long?", variants: [return window], answer: 8 days., category: Returns}
    expect: [返品したいけどいつまで？]
    reject: [返金はいつ入りますか]
    owner: 受注チーム
    reviewed: 2026-10-01
"""

ENTRY = "lang: ja\nentries:\n  - id: shipping\n    question: 送料\n    answer: 500円\n"


def told(path) -> list[str]:
    return [str(problem) for problem in load_folder(path).problems]


def test_every_key_is_read(tmp_path):
    result = load_folder(write_folder(tmp_path / "k", kb=FULL))
    assert result.problems == ()
    assert result.knowledge.order == (
        Entry(
            id="return-deadline",
            lang="ja",
            question="返品はいつまでできますか？",
            variants=("返品期限", "何日以内なら返せますか"),
            answer=(
                "商品到着後**8日以内**でしたら返品できます。\n"
                "[返品の手引き](https://shop.example/returns)"
            ),
            buttons=(
                Button(label="返品を申し込む", url="https://shop.example/returns"),
                Button(label="電話する", tel="+81-120-000-000"),
            ),
            next_ids=("return-how", "refund-when"),
            escalate="returns",
            category="返品",
            priority=-3,
            threshold=80,
            channels=("line", "web"),
            valid_from=date(2026, 4, 1),
            valid_until=date(2026, 12, 31),
            translations={
                "en": Translation(
                    question="How long?",
                    variants=("return window",),
                    answer="8 days.",
                    category="Returns",
                )
            },
            expect=("返品したいけどいつまで？",),
            reject=("返金はいつ入りますか",),
            owner="受注チーム",
            reviewed=date(2026, 10, 1),
        ),
    )


def test_texts_stay_the_texts_they_are(tmp_path):
    rows = ["no", "on", "12:30:00", "0120444444", "1e3", "2026-01-01", "0x1F", "null", "NO", "~1"]
    listed = "\n".join(f"      - {row}" for row in rows)
    kb = f"entries:\n  - id: no\n    question: yes\n    answer: on\n    variants:\n{listed}\n"
    entry = load_folder(write_folder(tmp_path / "k", kb=kb)).knowledge.entries["no"]
    assert (entry.question, entry.answer) == ("yes", "on")
    assert entry.variants == tuple(row for row in rows if row != "null")


@pytest.mark.parametrize(
    ("written", "read"),
    [("true", True), ("false", False), ('"true"', "true"), ("returns", "returns"), ("", None)],
)
def test_escalate_is_a_team_or_yes(tmp_path, written, read):
    known = load_folder(write_folder(tmp_path / "k", kb=f"{ENTRY}    escalate: {written}\n"))
    assert known.problems == ()
    assert known.knowledge.entries["shipping"].escalate == read


def test_files_add_up_in_a_fixed_order_and_hidden_ones_do_not_count(tmp_path):
    folder = write_folder(tmp_path / "k", b=ENTRY, a=SHOP)
    write_folder(folder / "sub", c=ENTRY.replace("shipping", "sub"))
    write_folder(folder / ".git", d="][")
    (folder / "notes.txt").write_text("][", "utf-8")
    result = load_folder(folder)
    assert result.problems == ()
    ids = ["return-deadline", "return-how", "delivery-fee", "shipping", "sub"]
    assert [entry.id for entry in result.knowledge.order] == ids


def test_language_and_category_come_from_the_head_of_the_file(tmp_path):
    kb = ENTRY.replace("lang: ja", "category: 配送")
    known = load_folder(write_folder(tmp_path / "k", kb=kb), default_lang="en").knowledge
    assert (known.entries["shipping"].lang, known.entries["shipping"].category) == ("en", "配送")
    assert known.default_lang == "en"


def test_synonyms_are_read(tmp_path):
    folder = write_folder(
        tmp_path / "k", kb=ENTRY, synonyms="synonyms:\n  - [送料, 配送料]\n  - [a]\n"
    )
    assert told(folder) == [
        "synonyms.yaml:3:5: a synonym needs at least two words; add what it stands for"
    ]
    matcher = load_folder(folder).knowledge.matcher
    assert matcher.reader.synonyms.apply("配送料") == "送料"


@pytest.mark.parametrize(
    ("name", "kb", "problems"),
    [
        (
            "unknown key",
            ENTRY + "    anwser: 600円\n",
            ["kb.yaml:6:5: unknown key `anwser`; did you mean `answer`?"],
        ),
        (
            "include",
            ENTRY + "include: ../../etc/passwd\n",
            ["kb.yaml:6:1: unknown key `include`; known are category, entries, lang, synonyms"],
        ),
        (
            "duplicate key",
            ENTRY + "    answer: 無料\n",
            ["kb.yaml:6:5: `answer` stands here and on line 5 already; keep one of the two"],
        ),
        (
            "duplicate id",
            ENTRY + "  - {id: shipping, question: q, answer: a}\n",
            ["kb.yaml:6:5: the id `shipping` is taken by kb.yaml:3; choose another id"],
        ),
        (
            "nothing required",
            "entries:\n  - id:\n    answer: ''\n",
            [
                "kb.yaml:2:5: the entry has no `answer`; add `answer: …`",
                "kb.yaml:2:5: the entry has no `id`; add `id: …`",
                "kb.yaml:2:5: the entry has no `question`; add `question: …`",
            ],
        ),
        (
            "bad id",
            ENTRY.replace("shipping", "送料"),
            [
                (
                    "kb.yaml:3:9: `id` cannot be `送料`; "
                    "use small letters a-z, digits and hyphens, at most 64"
                )
            ],
        ),
        (
            "tab",
            "lang: ja\nentries:\n  - id: a\n    question: q\n\tanswer: b\n",
            [
                (
                    "kb.yaml:5:1: found a tab character that violates indentation; "
                    "indent with spaces, not with tabs"
                )
            ],
        ),
        (
            "open quote",
            'entries:\n  - id: a\n    question: "送料\n    answer: b\n',
            [
                (
                    "kb.yaml:3:15: found unexpected end of stream; check the indentation and the "
                    "quotes around here; quote a text that holds `: ` or ` #`"
                )
            ],
        ),
        (
            "full-width colon",
            "entries:\n  - id：a\n    question：q\n",
            [
                (
                    "kb.yaml:2:5: `entries` must hold keys and values; "
                    "write `: ` (half-width colon and a space) for the full-width colon `：`"
                )
            ],
        ),
        (
            "full-width space",
            "entries:\n  - id: a\n    question: q\n　　answer: b\n",
            [
                "kb.yaml:2:5: the entry has no `answer`; add `answer: …`",
                (
                    "kb.yaml:4:1: unknown key ` answer`; "
                    "indent with ordinary spaces, not with the full-width space"
                ),
            ],
        ),
        (
            "merge conflict",
            "entries:\n<<<<<<< ours\n  - id: a\n=======\n  - id: b\n>>>>>>> theirs\n",
            [
                (
                    "kb.yaml:3:7: could not find expected ':'; "
                    "a merge conflict is left in the file: keep one side and delete the marks"
                )
            ],
        ),
        (
            "alias",
            "a: &a [x]\nentries: [*a]\n",
            ["kb.yaml:1:4: aliases (& and *) are not read; write the text out, or quote it"],
        ),
        (
            "self alias",
            "entries: &e\n  - *e\n",
            ["kb.yaml:1:10: aliases (& and *) are not read; write the text out, or quote it"],
        ),
        (
            "tag",
            "entries: !!python/object/apply:os.system [ls]\n",
            ["kb.yaml:1:10: tags (!) are not read; delete the tag, or quote the text"],
        ),
        (
            "second document",
            ENTRY + "---\nentries: []\n",
            ["kb.yaml:6:1: a second document starts here; one file, one document"],
        ),
        (
            "a key that is a list",
            "? [a]\n: b\n",
            ["kb.yaml:1:3: a key must be a text; write `name: …`"],
        ),
        (
            "nothing",
            "# まだ何もありません\n",
            [
                (
                    "kb.yaml:1:1: the folder holds no entries; "
                    "write a file with `entries:` and one entry under it"
                )
            ],
        ),
        (
            "control character",
            ENTRY.replace("500円", '"5\\0円"'),
            ["kb.yaml:5:13: `answer` holds the control character U+0000; delete it"],
        ),
        (
            "script link",
            ENTRY.replace("500円", "'[x](javascript:alert(1))'"),
            [
                (
                    "kb.yaml:5:13: `answer` holds a link that starts with `javascript:`; "
                    "link to https:, tel: or mailto: only"
                )
            ],
        ),
        (
            "script button",
            ENTRY + '    buttons: [{label: 開く, url: "javascript:alert(1)"}]\n',
            [
                (
                    "kb.yaml:6:32: `url` cannot be `javascript:alert(1)`; "
                    "write a full address that starts with https://"
                )
            ],
        ),
        (
            "button to nowhere",
            ENTRY + "    buttons: [{label: 開く}, {tel: '0120-000-000'}]\n",
            [
                "kb.yaml:6:15: a button leads to one place; give it either `url` or `tel`",
                "kb.yaml:6:28: the button has no `label`; add `label: …`",
            ],
        ),
        (
            "numbers, days, lists",
            ENTRY + "    threshold: 101\n    priority: x\n    variants: 送料\n"
            "    valid: {from: 2026-02-30, until: soon}\n    channels: [fax]\n",
            [
                "kb.yaml:6:16: `threshold` cannot be `101`; write a whole number from 0 to 100",
                "kb.yaml:7:15: `priority` cannot be `x`; write a whole number from -100 to 100",
                "kb.yaml:8:15: `variants` must be a list; put each on its own line after `- `",
                (
                    "kb.yaml:9:19: `from` cannot be `2026-02-30`; "
                    "write a date that exists as 2026-04-01"
                ),
                "kb.yaml:9:38: `until` cannot be `soon`; write a date that exists as 2026-04-01",
                "kb.yaml:10:16: `channels` cannot be `fax`; known are line, web",
            ],
        ),
        (
            "valid backwards",
            ENTRY + "    valid: {from: 2026-02-02, until: 2026-02-01}\n",
            ["kb.yaml:6:12: `valid` ends before it begins; exchange `from` and `until`"],
        ),
        (
            "translations",
            ENTRY + "    translations:\n      ja: {question: q, answer: a}\n      English: {}\n"
            "      en: {question: q}\n",
            [
                "kb.yaml:7:7: the entry itself is in `ja`; delete this translation",
                "kb.yaml:8:7: `English` is no language; write a language such as en",
                "kb.yaml:9:11: the translation has no `answer`; add `answer: …`",
            ],
        ),
        (
            "an answer too long for one call",
            ENTRY.replace("500円", "あ" * 25_001),
            ["kb.yaml:5:13: `answer` is longer than 25000 characters; shorten it"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_a_problem_has_its_place_and_its_remedy(tmp_path, name, kb, problems):
    assert told(write_folder(tmp_path / "k", kb=kb)) == problems


def test_a_bad_entry_leaves_the_others(tmp_path):
    kb = SHOP + "  - id: half\n    question: 途中\n"
    result = load_folder(write_folder(tmp_path / "k", kb=kb))
    assert [entry.id for entry in result.knowledge.order] == [
        "return-deadline",
        "return-how",
        "delivery-fee",
    ]
    assert len(result.problems) == 1


def test_bytes_that_are_no_text(tmp_path):
    folder = write_folder(tmp_path / "k")
    (folder / "kb.yaml").write_bytes("lang: ja\n# 日".encode() + b"\xff\n")
    assert told(folder) == ["kb.yaml:2:4: the text is not UTF-8; save the file as UTF-8"]


def test_characters_that_yaml_forbids(tmp_path):
    assert told(write_folder(tmp_path / "k", kb="lang: ja\nx: \x08\n")) == [
        "kb.yaml:2:4: the character U+0008 is not allowed; delete it"
    ]


def test_a_forbidden_character_behind_japanese_is_told_with_its_place(tmp_path):
    kb = "lang: ja\n# 商品到着後\nx: 返品\x08\n"
    assert told(write_folder(tmp_path / "k", kb=kb)) == [
        "kb.yaml:3:6: the character U+0008 is not allowed; delete it"
    ]


def test_a_byte_order_mark_and_crlf_are_fine(tmp_path):
    folder = write_folder(tmp_path / "k")
    (folder / "kb.yaml").write_bytes(b"\xef\xbb\xbf" + ENTRY.replace("\n", "\r\n").encode())
    result = load_folder(folder)
    assert (result.problems, result.knowledge.entries["shipping"].answer) == ((), "500円")


def test_files_that_are_too_large_or_lead_out(tmp_path):
    folder = write_folder(tmp_path / "k", big="#" * 2_000_001)
    (tmp_path / "secret.yaml").write_text(ENTRY, "utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert told(folder) == [
        "big.yaml:1:1: the file is larger than 2 MB; split it",
        "link.yaml:1:1: the link leads out of the folder; copy the file",
    ]


def test_no_folder(tmp_path):
    problem = load_folder(tmp_path / "none").problems[0]
    assert (problem.what, load_folder(tmp_path / "none").knowledge) == (
        "there is no such folder",
        None,
    )


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "!" * 100_000,
        "a: " * 50_000,
    ],
)
def test_deep_nesting_ends_neither_the_process_nor_in_a_knowledge(tmp_path, content):
    folder = write_folder(tmp_path / "k", kb=content)
    code = (
        "import sys; from pathlib import Path; from faq.loader import load_folder\n"
        "result = load_folder(Path(sys.argv[1]))\n"
        "print(result.knowledge, len(result.problems))"
    )
    done = subprocess.run(  # noqa: S603 — our own interpreter on our own code
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "None 1\n", "")
