"""The office's calendar as it was announced, and moments as the office's clock tells them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from workflows.domain import calendars
from workflows.working_days import Calendar, Kind

VN = ZoneInfo("Asia/Ho_Chi_Minh")
ANNOUNCED = {day.date: Kind(day.kind) for day in calendars.announced_days(range(2013, 2029))}
OFFICE = Calendar(ANNOUNCED)
WEEKDAYS_ONLY = Calendar({})


def at(text: str) -> datetime:
    """A local moment: `2020-01-22 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=VN)
