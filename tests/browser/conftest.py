"""A browser for every test in this folder, and the whole product before it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect
from stage import Stage, find_chromium, open_stage

# what comes late on a slow machine still comes
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    chromium = find_chromium()
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if chromium is None:
                reason = "no Chromium here: sudo apt install chromium fonts-noto-cjk"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=find_chromium())
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def hall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One house for all tests of a module; each comes with people of its own."""
    async with open_stage(browser, tmp_path_factory.mktemp("hall")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def scene(hall: Stage) -> AsyncIterator[Stage]:
    """The module's house for one test: whoever came leaves, and nothing was complained about."""
    yield hall
    complaints = hall.complaints.copy()
    hall.complaints.clear()
    while hall.contexts:
        await hall.contexts.pop().close()
    assert complaints == []
    assert hall.platform.violations == []


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(browser, tmp_path) as opened:
        yield opened
        assert opened.complaints == []
        assert opened.platform.violations == []
