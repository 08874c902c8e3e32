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


@pytest.mark.promise("P39")
@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("owing", [False, True])
def test_one_life_that_is_erased_and_begins_anew(*, owing: bool) -> None:
    """A life that chance may leave out: with an answer under way, with an agent, and after it."""
    talks = Talks()
    who = talks.come()
    talks.send(who=who, number=1)
    talks.erase(who=who, login="anna", owing=owing)
    talks.redeliver(who=who, copies=2)
    talks.send(who=who, number=2)
    talks.redeliver_from_before(number=0)
    talks.ask_for_a_person(who=who)
    talks.claim(who=who, login="ben")
    talks.reply(who=who, login="ben", twice=True)
    talks.erase(who=who, login="anna", owing=owing)
    talks.restart()
    talks.reply(who=who, login="ben", twice=False)
    talks.redeliver_from_before(number=0)
    talks.send(who=who, number=3)
    talks.teardown()


@pytest.mark.promise("P02", "P39")
@pytest.mark.usefixtures("world")
def test_customers_and_agents_get_what_the_model_says() -> None:
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
