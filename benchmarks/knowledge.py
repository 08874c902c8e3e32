"""Makes a synthetic knowledge folder of any size, the same every time, and questions for it."""

import json
import random
from pathlib import Path

#: Entries in one file.
A_FILE = 1_000
THINGS = [
    "注文",
    "配送",
    "返品",
    "交換",
    "領収書",
    "ポイント",
    "会員証",
    "パスワード",
    "商品",
    "支払い",
    "予約",
    "在庫",
    "保証書",
    "修理",
    "部品",
    "説明書",
    "包装",
    "のし",
    "住所",
    "電話番号",
]
KINDS = ["通常", "特別", "海外", "法人", "定期", "冷凍", "大型", "中古", "限定", "店頭"]
ACTS = [
    "方法",
    "期限",
    "料金",
    "変更",
    "取り消し",
    "確認",
    "再発行",
    "条件",
    "時間",
    "問い合わせ先",
]


def entries(count: int) -> list[dict[str, object]]:
    """That many entries with three variants each."""
    made = []
    for number in range(count):
        thing = THINGS[number % len(THINGS)]
        kind = KINDS[number // len(THINGS) % len(KINDS)]
        act = ACTS[number // (len(THINGS) * len(KINDS)) % len(ACTS)]
        mark = f"{number:05d}"
        made.append(
            {
                "id": f"e{mark}",
                "question": f"{kind}{thing}の{act}を教えてください（{mark}番）",
                "variants": [
                    f"{kind}の{thing} {act} {mark}",
                    f"{thing}{act} {kind} {mark}番",
                    f"{mark}の{kind}{thing}はどうやって{act}",
                ],
                "answer": f"{kind}{thing}の{act}は、マイページからご確認いただけます。",
            }
        )
    return made


def write_knowledge(folder: Path, count: int) -> None:
    """JSON is YAML, and quicker to write; files as large as people keep them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = entries(count)
    for start in range(0, count, A_FILE):
        rows = {"lang": "ja", "entries": made[start : start + A_FILE]}
        text = json.dumps(rows, ensure_ascii=False)
        (folder / f"part-{start // A_FILE:03d}.yaml").write_text(text, encoding="utf-8")


def questions(count: int, most: int, *, seed: int = 1) -> list[str]:
    """What customers write: variants with a little noise."""
    rng = random.Random(seed)
    known = entries(count)
    made = []
    for _ in range(most):
        entry = rng.choice(known)
        variant = rng.choice([entry["question"], *entry["variants"]])  # type: ignore[misc]  # plain lists
        made.append(f"{variant}です" if rng.random() < 0.3 else str(variant))
    return made
