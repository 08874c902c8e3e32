"""Knowledge files as editors, merges, mistakes and attackers leave them."""

_HEAD = "lang: ja\ncategory: 値段\nentries:\n"
_ENTRY = "  - id: extra\n    question: 桃はいくらですか\n    answer: 桃は200円です。\n"
GOOD = (_HEAD + _ENTRY).encode()


def _bomb() -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines) + "\nentries: *a9\n"


#: By name; none of them may be served, and none may end the process.
BAD: dict[str, bytes] = {
    name: text if isinstance(text, bytes) else text.encode()
    for name, text in {
        "tab": _HEAD + "\t- id: extra\n",
        "open quote": _HEAD + '  - id: "extra\n    question: x\n',
        "open list": _HEAD + "  - [\n",
        "wide colon": _HEAD + "  - id： extra\n    question： 桃\n    answer： 200円\n",
        "wide indent": _HEAD + "　　- id: extra\n",
        "keys twice": _HEAD + _ENTRY + "    answer: 別の答え\n",
        "ids twice": _HEAD + _ENTRY + _ENTRY,
        "id of another": _HEAD + _ENTRY.replace("extra", "price-0"),
        "aliases": _bomb(),
        "self alias": "entries: &a\n  - *a\n",
        "merge key": "x: &x {id: extra}\nentries:\n  - <<: *x\n",
        "brackets": "[" * 100_000,
        "braces": "{" * 100_000,
        "dashes": "- " * 100_000,
        "questions": "? " * 50_000,
        "deep": "".join(" " * n + "a:\n" for n in range(3_000)),
        "quotes": "'" * 100_001,
        "anchors": "&a " * 50_000,
        "tags": "! " * 50_000,
        "python tag": "entries: !!python/object/apply:os.system [id]\n",
        "python name": "entries: !!python/name:os.system\n",
        "binary tag": "entries: !!binary aGVsbG8=\n",
        "set tag": "entries: !!set {a, b}\n",
        "directive": "%YAML 9.9\n---\nentries: []\n",
        "tag directive": "%TAG ! tag:elsewhere.invalid,2000:\n---\nentries: !x []\n",
        "two documents": _HEAD + _ENTRY + "---\nentries: []\n",
        "conflict": _HEAD + "<<<<<<< HEAD\n" + _ENTRY + "=======\n>>>>>>> other\n",
        "not utf-8": _HEAD.encode() + b"  - id: \xff\xfe\n",
        "shift_jis": (_HEAD + _ENTRY).encode("cp932"),
        "utf-16": (_HEAD + _ENTRY).encode("utf-16"),
        "utf-32": (_HEAD + _ENTRY).encode("utf-32"),
        "nul": _HEAD + "  - id: ex\x00tra\n",
        "control": _HEAD + "  - id: extra\n    question: 桃\x08\n    answer: x\n",
        "escape": _HEAD + '  - id: extra\n    question: "\\x00\\uD83D"\n    answer: x\n',
        "line separator": _HEAD + "  - id: extra\u2028    question: x\n",
        "include": _HEAD + "  - !include ../../../etc/passwd\n",
        "unknown key": _HEAD + _ENTRY + "    include: ../../etc/passwd\n",
        "list for text": _HEAD + _ENTRY + "    variants: {a: b}\n",
        "script link": _HEAD + _ENTRY + "    buttons: [{label: x, url: 'javascript:alert(1)'}]\n",
        "http link": _HEAD + _ENTRY + "    buttons: [{label: x, url: 'file:///etc/passwd'}]\n",
        "long answer": _HEAD + _ENTRY.replace("200", "2" * 30_000),
        "long id": _HEAD + _ENTRY.replace("extra", "e" * 5_000),
        "path id": _HEAD + _ENTRY.replace("extra", "../../x"),
        "odd date": _HEAD + _ENTRY + "    valid: {from: 2026-02-30, until: 0000-00-00}\n",
        "number": _HEAD + _ENTRY + "    priority: " + "9" * 5_000 + "\n",
        "nan": _HEAD + _ENTRY + "    threshold: .nan\n",
        "half": (_HEAD + _ENTRY)[: len(_HEAD) + 30],
        "half letter": (_HEAD + _ENTRY).encode()[:-6],
        "scalar": "こんにちは\n",
        "number alone": "42\n",
        "list": "- a\n- b\n",
        "markup": "<!doctype html><html></html>\n",
        "json lines": '{"entries": []}\n{"entries": []}\n',
        "many keys": "\n".join(f"k{n}: {n}" for n in range(60_000)),
        "many values": "entries: [" + "1," * 320_000 + "]\n",
        "large": "# " + "x" * 2_100_000 + "\n",
        "long line": "entries: " + "x" * 1_900_000 + "\n",
        "zip": b"PK\x03\x04" + bytes(range(256)) * 50,
        "gzip": b"\x1f\x8b\x08\x00" + bytes(range(256)) * 50,
    }.items()
}

#: Odd and harmless: these are served.
FINE: dict[str, bytes] = {
    "words": (_HEAD + _ENTRY.replace("桃は200円です。", "no")).encode(),
    "time": (_HEAD + _ENTRY.replace("桃は200円です。", "10:00")).encode(),
    "octal": (_HEAD + _ENTRY.replace("桃は200円です。", "0120123456")).encode(),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "crlf": GOOD.replace(b"\n", b"\r\n"),
    "no end": GOOD.rstrip(b"\n"),
    "comments": GOOD.replace(b"\n", b" # \xe3\x81\x82\n"),
}
