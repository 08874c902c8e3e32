"""Carrying knowledge in and out, as the command does it."""

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from faq.loader import load_folder
from server import app
from tests.faq.knowledge_files import SHOP, write_folder

EXAMPLE = Path(__file__).parents[2] / "faq" / "example"
TABLE = (
    "質問,言い換え,回答,カテゴリ\r\n"
    '店舗の駐車場はありますか？,"駐車場\n車で行ける",はい、20台分ございます。,店舗\r\n'
    "返品の手続きを教えてください,,新しい手順です。,\r\n"
    ",,答えだけ,\r\n"
)
IMPORTED = """\
lang: ja
entries:
  - id: tenpo-no-chuusha-jou
    question: 店舗の駐車場はありますか？
    variants:
      - 駐車場
      - 車で行ける
    answer: はい、20台分ございます。
    category: 店舗
"""


def run(*args):
    done = CliRunner().invoke(app, ["knowledge", *map(str, args)])
    return done.exit_code, done.stdout, done.stderr


def shop(tmp_path):
    return write_folder(tmp_path / "kb", shop=SHOP)


def files(folder):
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def as_written(text):
    """Ids depend on whether a dictionary is installed; everything else does not."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not line.lstrip(" -").startswith("id:"))


def test_a_dry_run_tells_everything_and_writes_nothing(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "faq.csv"
    table.write_bytes(TABLE.encode("cp932"))
    code, out, _ = run("import", table, "--knowledge", folder, "--json")
    told = json.loads(out)
    assert (code, told["counts"], told["written"]) == (
        1,
        {"new": 1, "changed": 1, "same": 0, "skipped": 0, "refused": 1},
        {},
    )
    assert [(row["row"], row["outcome"], row["changes"]) for row in told["rows"]] == [
        (2, "new", []),
        (3, "changed", ["answer"]),
        (4, "refused", []),
    ]
    assert told["rows"][2]["problems"] == [
        "faq.csv:4:1: the entry has no `question`; add `question: …`",
    ]
    assert files(folder) == {"shop.yaml": SHOP}
    assert run("import", table, "--knowledge", folder)[1].splitlines()[-1] == (
        "Nothing was written. Run it again with --write."
    )


def test_new_entries_come_into_a_file_of_their_own(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "お店.csv"
    table.write_text(TABLE)
    code, out, told = run("import", table, "--knowledge", folder, "--write")
    # one more waits for --update
    assert (code, told.splitlines()[-1]) == (0, "Warning: 1 row was left out.")
    assert "imported-お店.yaml: 1 entries" in out
    assert "Add --update to change them." in out
    written = files(folder)
    assert written.pop("shop.yaml") == SHOP
    assert {name: as_written(text) for name, text in written.items()} == {
        "imported-お店.yaml": as_written(IMPORTED)
    }


def test_rows_left_out_are_counted_where_all_others_went_in(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "faq.csv"
    table.write_text(TABLE)
    code, _, told = run("import", table, "--knowledge", folder, "--write", "--update")
    left_out = "Warning: 1 row was left out, the others went in."
    assert (code, told.splitlines()[-1]) == (0, left_out)


def test_rows_of_which_none_can_go_in_are_an_error(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "t.csv"
    table.write_text("id,question,answer\nparking,駐車場はありますか,\n,,はい\n")
    code, out, told = run("import", table, "--knowledge", folder, "--write")
    assert (code, out.splitlines()[0], "Warning" in told) == (
        1,
        "0 new, 0 changed, 0 same, 0 skipped, 2 refused",
        False,
    )
    assert files(folder) == {"shop.yaml": SHOP}


def test_changes_touch_only_what_differs(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "t.csv"
    table.write_text(
        "id,answer,question\nreturn-how,新しい手順です。,返品の手続きを教えてください\n"
    )
    assert run("import", table, "--knowledge", folder, "--write", "--update")[0] == 0
    assert files(folder) == {
        "shop.yaml": SHOP.replace(
            "マイページの注文履歴からお申し込みください。", "新しい手順です。"
        )
    }


def test_translations_keep_what_a_table_cannot_carry(tmp_path):
    folder, table = tmp_path / "kb", tmp_path / "t.csv"
    text = SHOP.replace(
        "category: Returns}", 'category: Returns, buttons: [{label: x, tel: "110"}]}'
    )
    write_folder(folder, shop=text)
    table.write_text("id,answer(en)\nreturn-deadline,Within 9 days.\n")
    assert run("import", table, "--knowledge", folder, "--write", "--update")[0] == 0
    (entry, *_) = load_folder(folder).knowledge.order
    english = entry.translations["en"]
    assert (english.answer, english.question, english.category, len(english.buttons)) == (
        "Within 9 days.",
        "How long can I return an item?",
        "Returns",
        1,
    )


def test_a_folder_goes_out_and_comes_back_whole(tmp_path):
    folder, empty = tmp_path / "kb", tmp_path / "new"
    shutil.copytree(EXAMPLE, folder)
    empty.mkdir()
    out = tmp_path / "all.json"
    assert run("export", "--knowledge", folder, "--format", "json", "--out", out)[0] == 0
    assert run("import", out, "--knowledge", empty, "--write")[0] == 0
    assert load_folder(empty).problems == ()
    old, new = load_folder(folder).knowledge, load_folder(empty).knowledge
    assert {entry.id: entry for entry in new.order} == {entry.id: entry for entry in old.order}


def test_the_table_goes_to_standard_output(tmp_path):
    args = ["knowledge", "export", "--knowledge", str(shop(tmp_path)), "--lang", "en"]
    done = CliRunner().invoke(app, args)
    lines = done.stdout_bytes.decode().split("\r\n")
    assert (done.exit_code, lines[0][:45]) == (
        0,
        "\ufeffid,category,question,variants,answer,lang,ne",
    )
    assert [line.partition(",")[0] for line in lines[1:]] == [
        "return-deadline",
        "return-how",
        "delivery-fee",
        "",
    ]


def test_two_languages_come_into_two_files(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "articles.csv"
    table.write_text("title,body,locale\nParking,<p>Yes.</p>,en-us\n駐車場,<p>あります。</p>,ja\n")
    assert run("import", table, "--knowledge", folder, "--write", "--into", "help")[0] == 0
    assert sorted(files(folder)) == ["help-en.yaml", "help.yaml", "shop.yaml"]


def test_what_cannot_be_done_says_why_and_changes_nothing(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "t.csv"
    table.write_text("question,answer\na question,an answer\n")
    for args, told in (
        (("--into", "shop"), "shop.yaml exists; name another file with --into"),
        (("--into", "../shop"), "name the new file with letters, digits, - and _ only"),
    ):
        code, _, err = run("import", table, "--knowledge", folder, "--write", *args)
        assert (code, told in err) == (2, True)
    assert run("import", tmp_path / "no.csv", "--knowledge", folder)[0] == 2
    assert run("import", table, "--knowledge", folder, "--profile", "articles")[0] == 2
    assert run("export", "--knowledge", tmp_path / "none")[0] == 2
    assert files(folder) == {"shop.yaml": SHOP}


def test_an_import_never_breaks_the_folder(tmp_path):
    folder, table = shop(tmp_path), tmp_path / "t.json"
    (folder / "other.yaml").write_text("entries:\n  - {id: mine, question: q, answer: a}\n")
    values = [{"id": "new-one", "question": "x?", "answer": "y", "next": ["nobody"], "valid": 3}]
    table.write_text(json.dumps(values))
    code, out, _ = run("import", table, "--knowledge", folder, "--write", "--json")
    assert (code, json.loads(out)["counts"]["refused"]) == (1, 1)
    assert sorted(files(folder)) == ["other.yaml", "shop.yaml"]
