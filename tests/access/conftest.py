"""Fixtures of the access tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.access.access_house import AccessHouse, add_cast, open_access
from tests.access.strict_house import StrictHouse, open_strict


@pytest.fixture
async def empty_access(tmp_path: Path, empty_database: Path) -> AsyncIterator[AccessHouse]:
    """The application and nobody in it."""
    async with open_access(tmp_path, empty_database) as access:
        yield access


@pytest.fixture
async def access(empty_access: AccessHouse) -> AccessHouse:
    """The application and everybody of CAST before it."""
    await add_cast(empty_access)
    return empty_access


@pytest.fixture
async def strict(tmp_path: Path, empty_database: Path) -> AsyncIterator[StrictHouse]:
    """The application with second factors and a provider, and everybody of STRICT_CAST."""
    async with open_strict(tmp_path, empty_database) as access:
        yield access
