"""`madoguchi init`: a folder that serves with one more command."""

import shutil
from pathlib import Path

from handoff.configuration import CONFIG_FILE, BadSettings
from handoff.demo import EXAMPLE

SETTINGS = """\
# Settings of Madoguchi. Every one of them, with its default: `madoguchi config show`.
# Secrets belong into the environment: MADOGUCHI_LINE__CHANNEL_SECRET and
# MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN, or the same names with _FILE and a path.

knowledge: knowledge
data_dir: data
# public_url: https://chat.shop.example

talk:
  account_name: {ja: お問い合わせ窓口, en: Customer support}
  # privacy_url: https://shop.example/privacy

# chat:
#   sites: [https://shop.example]        # websites that may embed the widget

people:
  hours:
    chat: {week: {mon-fri: "9:00-12:00, 13:00-18:00"}, holidays: closed}
    phone: {week: {mon-fri: "10:00-17:00"}, holidays: closed}
  # phone: {number: 0120-000-000}
"""


def make_project(folder: Path) -> list[str]:
    """Fill a new or empty folder; what to do next, a line each."""
    if folder.exists() and any(folder.iterdir()):
        raise BadSettings(f"{folder} is not empty. Name a new folder, so that nothing is lost.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_text(SETTINGS, encoding="utf-8")
    shutil.copytree(EXAMPLE, folder / "knowledge", ignore=shutil.ignore_patterns("__pycache__"))
    data = folder / "data"
    data.mkdir(mode=0o700)
    return [
        f"Made {folder}: settings, example knowledge, a place for data.",
        f"    cd {folder}",
        "    madoguchi staff add YOUR-LOGIN --role admin",
        "    madoguchi serve",
    ]
