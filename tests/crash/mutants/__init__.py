"""Bugs put in on purpose: a harness that no longer catches them is broken."""

import importlib
from pathlib import Path


def list_mutants() -> list[str]:
    """Their names; each is a file here."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def apply_mutant(name: str) -> None:
    """Put this bug into the server of this process."""
    importlib.import_module(f"tests.crash.mutants.{name}").apply()
