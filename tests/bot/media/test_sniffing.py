"""A file is what its first bytes say, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sniffing import HEAD, SHOWN, UNKNOWN, sniff


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"GIF87a\x01\x00", "image/gif"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", UNKNOWN),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x1cftypM4A \x00\x00", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", UNKNOWN),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"<html><script>", UNKNOWN),
        (b"<svg xmlns=", UNKNOWN),
        (b"PK\x03\x04", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_types_by_their_first_bytes(head, content_type):
    assert sniff(head) == content_type


def test_documents_are_never_shown_in_a_page():
    assert {"application/pdf", "text/html", "image/svg+xml", UNKNOWN}.isdisjoint(SHOWN)


@given(st.binary(max_size=HEAD), st.binary(max_size=40))
def test_what_follows_the_head_changes_nothing(head, rest):
    if len(head) == HEAD:
        assert sniff(head) == sniff(head + rest)
