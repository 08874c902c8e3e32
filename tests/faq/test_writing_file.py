"""A file is written whole or not at all, and only over what was seen."""

import os

import pytest

from faq.writing_file import FileMoved, read_file, write_file


def test_a_file_is_replaced_with_its_mark_and_mode(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufefflang: ja\r\n".encode())
    path.chmod(0o640)
    seen = read_file(path)
    assert (seen.text, seen.has_bom) == ("lang: ja\r\n", True)
    write_file(path, "lang: en\r\n", seen=seen)
    assert path.read_bytes() == "\ufefflang: en\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_what_somebody_else_wrote_is_not_written_over(tmp_path):
    path = tmp_path / "a.yaml"
    seen = read_file(path)
    path.write_text("theirs")
    with pytest.raises(FileMoved):
        write_file(path, "mine", seen=seen)
    assert path.read_text() == "theirs"


def test_a_new_file_gets_its_folder(tmp_path):
    path = tmp_path / "new" / "a.yaml"
    write_file(path, "x: 1\n", seen=read_file(path))
    assert path.read_text() == "x: 1\n"


def test_a_link_stays_a_link(tmp_path):
    path, link = tmp_path / "a.yaml", tmp_path / "b.yaml"
    path.write_text("old")
    link.symlink_to("a.yaml")
    write_file(link, "new", seen=read_file(link))
    assert (link.is_symlink(), path.read_text()) == (True, "new")


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("old")
    seen = read_file(path)

    def refuse(_descriptor: int) -> None:
        raise OSError(5, "no")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="no"):
        write_file(path, "new", seen=seen)
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]
    assert path.read_text() == "old"


def test_a_file_too_large_to_be_read_again_is_not_written(tmp_path):
    path = tmp_path / "a.yaml"
    with pytest.raises(OSError, match="large"):
        write_file(path, "x" * 2_000_001, seen=read_file(path))
    assert list(tmp_path.iterdir()) == []
