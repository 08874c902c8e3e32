"""Every hostile case on every door of the real server, and some mutations of them."""

from tests.hostile.run import run

#: A command makes as many as one likes; here they must fit into a commit's checks.
MUTANTS = 150


async def test_no_door_falls_to_hostile_input(tmp_path):
    report = await run(tmp_path / "arena", count=MUTANTS, seed=20261122, thorough=False)
    assert report.complaints == []
    assert report.requests > 3_000
