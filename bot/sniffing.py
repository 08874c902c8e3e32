"""Tells what a file is by its first bytes: names and headers are the sender's to choose."""

from typing import Final

#: How many bytes are needed to tell.
HEAD: Final = 16
UNKNOWN: Final = "application/octet-stream"

#: Types that a page may show; everything else is for download only.
SHOWN: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "video/mp4",
        "audio/mp4",
        "audio/mpeg",
    }
)

_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    # a frame of layer III: without and with checksum, MPEG 1, 2 and 2.5
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xfa", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xe3", "audio/mpeg"),
)
#: brands of the ISO container that are neither sound nor film for a browser
_PICTURE_BRANDS: Final = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")


def sniff(head: bytes) -> str:
    """The type of a file that begins with these bytes."""
    for start, content_type in _STARTS:
        if head.startswith(start):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _container(head[8:12])
    return UNKNOWN


def _container(brand: bytes) -> str:
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return UNKNOWN if brand in _PICTURE_BRANDS else "video/mp4"
