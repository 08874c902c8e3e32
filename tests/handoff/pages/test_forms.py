"""What becomes of a form that is none."""

import pytest

from handoff.access import Role
from tests.handoff.pages.house import Browser


@pytest.mark.parametrize("path", ["/account/password", "/staff", "/staff/1", "/callbacks/1/done"])
async def test_a_form_of_another_type_is_refused(browsers: dict[Role, Browser], path: str) -> None:
    answer = await browsers[Role.ADMIN].send(path, outcome="reached")
    assert answer.status == 415
