"""Random lives of customers and agents against a small model; a variable makes more of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.hostile.model import WORLD, Talks, World

EXAMPLES = int(os.environ.get("MADOGUCHI_MODEL_EXAMPLES", "8"))
STEPS = int(os.environ.get("MADOGUCHI_MODEL_STEPS", "15"))


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    opened = World(tmp_path, empty_database)
    opened.do(opened.start())
    WORLD.append(opened)
    yield opened
    WORLD.clear()
    opened.do(opened.stop())
    opened.runner.close()


@pytest.mark.promise("P02", "P39")
def test_customers_and_agents_get_what_the_model_says(world: World) -> None:
    run_state_machine_as_test(
        Talks,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert world.erased > 0
