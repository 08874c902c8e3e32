"""The documents tell everything that can be set, typed, asked and said, and nothing else."""

import asyncio
import json
import re
import subprocess
import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from typer.main import get_command

import server
from bot.phrase_table import TABLE
from faq.checking import check_folder
from handoff.composition import open_house
from handoff.configuration import PREFIX, Settings, load_settings
from handoff.doctor import check_settings

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
EXAMPLE = ROOT / "faq" / "example"
#: made by `./dev shots`
PICTURES = ROOT / "docs" / "pictures"


def list_files(*endings: str) -> list[Path]:
    """What is, or is about to be, in the repository."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - as every developer has it
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    # a release unpacked from an archive knows no git
    names = told.stdout.split("\0") if told.returncode == 0 else map(str, walk_tree())
    paths = sorted(ROOT / name for name in names if name.endswith(endings))
    return [path for path in paths if path.is_file()]


def walk_tree() -> Iterator[Path]:
    for path in ROOT.rglob("*"):
        name = path.relative_to(ROOT)
        if not any(part.startswith(".") or part == "__pycache__" for part in name.parts):
            yield name


def read_rows(text: str) -> list[list[str]]:
    """Cells of every table row that begins with code."""
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


# --- settings


def inner_model(annotation: object) -> tuple[type[BaseModel] | None, str]:
    """The group behind a setting, and how a name of its settings goes on."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    kind, inside = typing.get_origin(annotation), typing.get_args(annotation)
    model = inside[-1] if kind in (dict, list) and isinstance(inside[-1], type) else None
    if model is None or not issubclass(model, BaseModel):
        return None, ""
    return model, ".NAME" if kind is dict else "[]"


def list_settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, setting in model.model_fields.items():
        inner, suffix = inner_model(setting.annotation)
        if inner is None or suffix:
            yield prefix + name, setting
        if inner is not None:
            yield from list_settings(inner, f"{prefix}{name}{suffix}.")


def render_default(setting: FieldInfo) -> str:
    if setting.is_required():
        return "required"
    value = setting.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value:g}`"
    if isinstance(value, str | Path):
        return f"`{value}`" if str(value) else "empty"
    return "built in" if value else "none"


def variable(name: str) -> str:
    inside = "NAME" in name or "[]" in name
    return "–" if inside else f"`{PREFIX}{name.upper().replace('.', '__')}`"


def test_every_setting_is_documented_with_its_variable_and_default():
    rows = read_rows((REFERENCE / "settings.md").read_text(encoding="utf-8"))
    documented = [(row[0].strip("`"), row[1], row[2]) for row in rows]
    assert documented == [
        (name, variable(name), render_default(setting))
        for name, setting in list_settings(Settings)
    ]
    assert [row[0] for row in rows if len(row[3]) < 10] == []


# --- command line


def list_commands(command, path: str = "madoguchi") -> Iterator[tuple[str, set[str]]]:
    """Each command with what can be typed after it."""
    options = {
        max(option.opts, key=len) for option in command.params if option.opts[0].startswith("-")
    }
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, options - {"--help"}
        return
    if options - {"--help"}:
        yield path, options
    for name, inner in subcommands.items():
        yield from list_commands(inner, f"{path} {name}")


def test_every_command_and_option_is_documented():
    text = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    sections = re.split(r"^## `(madoguchi[a-z -]*?)(?: [A-Z\[].*)?`$", text, flags=re.MULTILINE)
    documented = {
        heading: {row[0].strip("`") for row in read_rows(body)} - {"--help"}
        for heading, body in zip(sections[1::2], sections[2::2], strict=True)
    }
    assert documented == {
        path: options - {"--help"} for path, options in list_commands(get_command(server.app))
    }


# --- HTTP


async def test_every_address_is_documented(tmp_path):
    settings = await asyncio.to_thread(load_settings, data_dir=tmp_path, knowledge=EXAMPLE)
    async with open_house(settings) as house:
        routes = {
            (route.method, route.resource.canonical)
            for route in house.app.router.routes()
            if route.resource is not None and route.method != "HEAD"
        }
    rows = read_rows((REFERENCE / "http.md").read_text(encoding="utf-8"))
    told = [(row[0].strip("`"), row[1].strip("`")) for row in rows if len(row) == 4]
    assert sorted(told) == sorted(routes)


# --- phrases, failpoints


def test_every_phrase_is_documented_with_its_names():
    documented = {}
    for row in read_rows((REFERENCE / "phrases.md").read_text(encoding="utf-8")):
        names = set(re.findall(r"`([a-z_]+)`", row[2]) if len(row) > 2 else ())
        for key in re.findall(r"`([a-z0-9_]+)`", row[0]):
            documented[key] = names
    assert documented == {
        key: set(re.findall(r"\{([a-z_]+)\}", "".join(texts.values())))
        for key, texts in TABLE.items()
    }


def test_every_failpoint_is_documented():
    sources = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handoff").rglob("*.py")]
    found = {
        name
        for path in sources
        for name in re.findall(r"\bhit\(\s*f?\"([^\"]+)\"", path.read_text(encoding="utf-8"))
    }
    rows = read_rows((REFERENCE / "failpoints.md").read_text(encoding="utf-8"))
    assert sorted(row[0].strip("`") for row in rows) == sorted(found)


# --- examples


def list_snippets(language: str) -> list[tuple[str, str]]:
    """Where each fenced example stands, and its text."""
    fence = re.compile(rf"^( *)```{language}\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
    return [
        (f"{path.name}:{text.count(chr(10), 0, found.start()) + 1}", dedent(found[2]))
        for path in list_files(".md")
        for text in [path.read_text(encoding="utf-8")]
        for found in fence.finditer(text)
    ]


def test_examples_of_knowledge_load_and_pass_their_own_tests(tmp_path):
    wrong, count = [], 0
    for place, text in list_snippets("yaml"):
        if not re.search(r"^(?:entries|synonyms):", text, re.MULTILINE):
            continue
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        # an entry may name others of the folder that the example has no room for
        names = re.findall(r"next: \[([^\]]*)\]", text)
        others = {name.strip() for found in names for name in found.split(",")}
        rest = "".join(f"  - {{id: {n}, question: {n} とは, answer: {n}}}\n" for n in others)
        (folder / "rest.yaml").write_text(
            f"entries:\n  - {{id: zz, question: 営業日は？, answer: 平日です。}}\n{rest}", "utf-8"
        )
        (folder / "example.yaml").write_text(text, encoding="utf-8")
        checked = check_folder(folder, date(2026, 11, 1))
        wrong += [f"{place}: {each}" for each in checked.problems if each.file == "example.yaml"]
    assert (wrong, count > 3) == ([], True)


def test_examples_of_settings_can_be_used(tmp_path):
    count = 0
    for place, text in list_snippets("yaml"):
        given = yaml.safe_load(text)
        if not isinstance(given, dict) or not set(given) <= set(Settings.model_fields):
            continue
        count += 1
        path = tmp_path / "madoguchi.yaml"
        path.write_text(text, encoding="utf-8")
        settings = load_settings(path)
        assert check_settings(settings).bad is False, place
    assert count > 3


def test_examples_of_code_are_code():
    for place, text in [*list_snippets("python"), *list_snippets("py")]:
        compile(text, place, "exec")
    for _place, text in list_snippets("json"):
        json.loads(text)


# --- links


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def is_alive(path: Path, target: str) -> bool:
    """Whether a relative link leads to a file, and to a heading of it."""
    name, _, anchor = target.partition("#")
    goal = (path.parent / name).resolve() if name else path
    if goal.parent == PICTURES:
        return goal.suffix == ".png"
    if not goal.exists():
        return False
    if not anchor:
        return True
    headings = re.findall(r"^#+ (.+)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in map(slug, headings)


def test_no_relative_link_is_dead():
    fences = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
    links = [
        (path, target)
        for path in list_files(".md")
        for target in re.findall(r"\]\(([^)\s]+)\)", fences.sub("", path.read_text("utf-8")))
        if not re.match(r"[a-z]+:", target)
    ]
    assert len(links) > 20
    dead = [(str(path.relative_to(ROOT)), to) for path, to in links if not is_alive(path, to)]
    assert dead == []


def test_documents_that_the_code_names_exist():
    named = [
        (str(path.relative_to(ROOT)), name)
        for path in list_files(".py", ".html", ".yaml")
        for name in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text(encoding="utf-8"))
    ]
    assert [(path, name) for path, name in named if not (ROOT / name).is_file()] == []


def test_every_document_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md" or not path.is_file():
            continue
        reached.add(path)
        targets = re.findall(r"\]\(([^)\s#]+)", path.read_text(encoding="utf-8"))
        waiting += [(path.parent / name).resolve() for name in targets if ":" not in name]
    documents = {path for path in list_files(".md") if (ROOT / "docs") in path.parents}
    assert sorted(path.name for path in documents - reached) == []


# --- words that have no place here

# written so that this file does not hold them itself
FORBIDDEN = {
    "a machine's path": r"/(?:home|Users|root|work)/\w",
    "an issue's number": r"\b[\w.-]+/?[\w.-]*#\d{2,}\b|\b(?:issue|pull request|PR) ?#?\d{2,}\b",
    "somebody's own notes": r"\.\./shar"
    r"ed|\b(?:DESIGN|PROMISES|USERS|MATCHING|STYLE)\.m"
    r"d\b",
    "who wrote it": r"(?i)\b(?:claude|anthropic|chatgpt|openai|copilot|llm[- ]generated)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_repository_speaks_of_the_product_alone(what):
    found = []
    for path in list_files(".py", ".md", ".toml", ".yaml", ".js", ".css", ".html", "dev", "run"):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(FORBIDDEN[what], line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []
