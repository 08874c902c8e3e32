"""The wheel: what people install, built here and run from elsewhere."""

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "faq", "handoff")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from the working tree with what is installed; needs no network."""
    folder = tmp_path_factory.mktemp("wheel")
    made = subprocess.run(  # noqa: S603 - the build tool of this environment
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_everything_of_the_packages_is_in_the_wheel(wheel):
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in names_in(wheel) if ".dist-info/" not in name}
    assert packed == ours | {"server.py"}


@pytest.mark.parametrize(
    "pattern",
    [
        "bot/templates/*.html",
        "bot/static/tokens.css",
        "bot/static/chat/*.js",
        "bot/standin/static/*",
        "bot/demo/templates/*.html",
        "bot/migrations/versions/*.py",
        "handoff/templates/*.html",
        "handoff/static/*.js",
        "handoff/page_texts/*.json",
        "faq/example/*.yaml",
        "faq/readings.txt",
    ],
)
def test_what_is_no_code_is_there_too(wheel, pattern):
    assert [name for name in names_in(wheel) if Path(name).match(pattern)] != []


def test_the_command_and_the_licence_are_declared(unpacked):
    [info] = unpacked.glob("*.dist-info")
    points = ConfigParser()
    points.read(info / "entry_points.txt")
    assert dict(points["console_scripts"]) == {"madoguchi": "server:main"}
    assert (info / "licenses" / "LICENSE").read_text().startswith("MIT License")


def test_the_wheel_works_from_anywhere(unpacked, tmp_path):
    """`init` and `check` need templates of settings, the example and the matcher's tables."""
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import server, faq.commands;"
        "print(server.__file__, faq.commands.__file__, sep='\\n'); server.main()"
    )

    def run(*words: object, cwd: Path) -> tuple[int, str, str]:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-c", code, unpacked, *words],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    code_init, told, _ = run("init", "shop", cwd=tmp_path)
    assert (code_init, told.splitlines()[:2]) == (
        0,
        [str(unpacked / "server.py"), str(unpacked / "faq" / "commands.py")],
    )
    code_ask, told, errors = run("ask", "返品はいつまでできますか？", cwd=tmp_path / "shop")
    assert (code_ask, errors) == (0, "")
    assert "return-deadline" in told
    assert run("db", "upgrade", cwd=tmp_path / "shop")[0] == 0
