"""The opening hours of every team and of the phone line, from the settings."""

from collections.abc import Mapping

from pydantic import ValidationError

from handoff.hours import Hours
from handoff.hours_settings import HoursSettings
from handoff.queue import DEFAULT_TEAM
from handoff.settings import PeopleSettings, TeamSettings


class Doors:
    """Whose hours are which. Raises ValueError for settings that name unknown hours."""

    def __init__(self, settings: PeopleSettings) -> None:
        self._hours = {
            name: _build(settings, name, value) for name, value in settings.hours.items()
        }
        self._teams: Mapping[str, TeamSettings] = settings.teams
        if DEFAULT_TEAM not in settings.teams:
            raise ValueError(f"people.teams needs a team named {DEFAULT_TEAM}")
        for name, team in settings.teams.items():
            if team.hours not in self._hours:
                raise ValueError(f"people.teams.{name}.hours: there are no hours {team.hours}")
        self._phone = settings.phone.hours if settings.phone.hours in self._hours else None
        if settings.phone.number and self._phone is None:
            raise ValueError(f"people.phone.hours: there are no hours {settings.phone.hours}")

    def team_name(self, team: str | None) -> str:
        """This team, or the default one where it is not in the settings any more."""
        return team if team in self._teams and team is not None else DEFAULT_TEAM

    def of_team(self, team: str | None) -> Hours:
        """When a team answers."""
        return self._hours[self._teams[self.team_name(team)].hours]

    def of_phone(self, team: str | None) -> Hours:
        """When somebody calls; a team's own hours where the phone has none."""
        return self.of_team(team) if self._phone is None else self._hours[self._phone]


def _build(settings: PeopleSettings, name: str, value: dict[str, object]) -> Hours:
    """Hours as the settings write them: `weekly` is the longer name of `week`."""
    renamed = {("week" if part == "weekly" else part): spans for part, spans in value.items()}
    try:
        return HoursSettings.model_validate({"zone": settings.timezone, **renamed}).hours
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(["people.hours", name, *map(str, first["loc"])])
        raise ValueError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error
