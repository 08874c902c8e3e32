"""A harness that no longer catches these bugs is broken; and it finds nothing where nothing is."""

from functools import partial

import pytest
import pytest_asyncio

from tests.crash.lives import Nursery
from tests.crash.mutants import list_mutants
from tests.crash.scenes import CATCHES, PUSHED, SCENES, play
from tests.crash.world import open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nursery():
    async with Nursery() as nursery:
        yield nursery


@pytest.fixture
def world(tmp_path, nursery, empty_database):
    return partial(open_world, tmp_path / "world", nursery, seed=1, empty_database=empty_database)


async def test_every_mutant_has_a_scene():
    assert sorted(CATCHES) == list_mutants()


@pytest.mark.parametrize("name", list_mutants())
async def test_each_mutant_is_caught(world, name):
    delivery = "exactly_once" if name in PUSHED else "free_first"
    async with world(mutant=name, delivery=delivery) as mutated:
        assert await play(mutated, CATCHES[name]) != []


@pytest.mark.parametrize("number", range(len(SCENES)), ids=list(SCENES))
async def test_each_scene_breaks_nothing_of_ours(world, number):
    async with world(delivery=("free_first", "exactly_once")[number % 2]) as sane:
        await play(sane, list(SCENES.values())[number])
        assert sane.history.violations == []
