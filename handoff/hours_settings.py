"""The settings of opening hours, checked: every mistake says how to mend it."""

from datetime import date
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from handoff.hours import Hours, SpecialDay
from handoff.hours_parse import HoursError, parse_days, parse_spans, parse_weekdays

_USUAL = {"as usual", "usual", "平常", "通常", "通常どおり"}


def _read_spans(value: object) -> object:
    """Allow a list of spans, and the `false` that YAML 1.1 makes of `off`."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "closed"
    return "closed" if value is False or value is None else value


def _read_days(value: object) -> object:
    """Allow a mapping, or a list of "day: spans"; YAML may have read a day as a date."""
    if isinstance(value, list):
        pairs: list[tuple[Any, Any]] = []
        for one in value:
            if isinstance(one, dict):
                pairs.extend(one.items())
            else:
                day, _, spans = str(one).partition(":")
                pairs.append((day, spans))
        value = _mapping(pairs)
    if not isinstance(value, dict):
        return value
    return _mapping([(_day_text(day), spans) for day, spans in value.items()])


def _mapping(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for day, spans in pairs:
        if day in made:
            raise HoursError(f'"{day}" is written twice; keep one of them')
        made[day] = spans
    return made


def _day_text(day: object) -> str:
    return day.isoformat() if isinstance(day, date) else str(day).strip()


SpansText = Annotated[str, BeforeValidator(_read_spans)]


class HoursSettings(BaseModel):
    """Opening hours of one door as they stand in the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str = Field("Asia/Tokyo", description="time zone, such as Asia/Tokyo")
    week: dict[str, SpansText] = Field(
        default={"weekdays": "9:00-17:30"}, description="spans by day; a day left out is closed"
    )
    holidays: SpansText = Field(
        "closed", description='Japanese public holidays: closed, "as usual", or spans'
    )
    days: Annotated[dict[str, SpansText], BeforeValidator(_read_days)] = Field(
        default={}, max_length=1_000, description="company days by date, range or month-day"
    )

    _hours: Hours = PrivateAttr()

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._hours = _build(self)
        return self

    @property
    def hours(self) -> Hours:
        """The hours themselves, ready to be asked."""
        return self._hours


def _build(settings: HoursSettings) -> Hours:
    usual = settings.holidays.strip().lower() in _USUAL
    return Hours(
        zone=_zone(settings.zone),
        week=_week(settings.week),
        holidays=None if usual else _told("holidays", settings.holidays),
        days=_special_days(settings.days),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise HoursError(
            f'"{name}" is not a time zone; use a name such as Asia/Tokyo or America/New_York'
        ) from error


def _week(texts: dict[str, str]) -> tuple[tuple[Any, ...], ...]:
    found: dict[int, tuple[Any, ...]] = {}
    for name, text in texts.items():
        spans = _told(f"week: {name}", text)
        for day in parse_weekdays(name):
            if day in found:
                raise HoursError(f'week: "{name}" sets a day that another line sets too')
            found[day] = spans
    return tuple(found.get(day, ()) for day in range(7))


def _special_days(texts: dict[str, str]) -> tuple[SpecialDay, ...]:
    made: list[SpecialDay] = []
    for name, text in texts.items():
        first, last, yearly = parse_days(name)
        made.append(
            SpecialDay(first=first, last=last, yearly=yearly, spans=_told(f"days: {name}", text))
        )
    # of two rules of one width neither is the exception, so the day would hang on their order
    for number, one in enumerate(made):
        for other in made[:number]:
            alike = (one.yearly, one.length) == (other.yearly, other.length)
            if alike and (one.covers(other.first) or other.covers(one.first)):
                raise HoursError(
                    f'days: "{other.first}" and "{one.first}" begin ranges of the same length'
                    " that overlap; keep one, or make one of them shorter"
                )
    return tuple(made)


def _told(where: str, text: str) -> tuple[Any, ...]:
    try:
        return parse_spans(text)
    except HoursError as error:
        raise HoursError(f"{where}: {error}") from error
