"""The layers: faq below bot below handoff, and the rings inside each; see .importlinter."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the linter of this environment
        [LINT_IMPORTS, "--config", config, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_imports_upwards_and_every_module_has_its_place():
    told = lint(ROOT, ROOT / ".importlinter")
    assert (told.returncode, told.stdout[-3000:] if told.returncode else "") == (0, "")


def test_a_step_upwards_would_be_found(tmp_path):
    """The same contracts over three small packages, one of which imports upwards."""
    for package, line in (("faq", "import bot.talk"), ("bot", ""), ("handoff", "")):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "talk.py").write_text(line)
    contract = (ROOT / ".importlinter").read_text().split("[importlinter:contract:server")[0]
    (tmp_path / "rules").write_text(contract)
    told = lint(tmp_path, tmp_path / "rules")
    assert (told.returncode, "faq.talk -> bot.talk" in told.stdout) == (1, True)
