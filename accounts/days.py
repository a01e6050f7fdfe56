"""A day as the office writes it: day first."""

import re
from datetime import date

SEPARATED = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})")
TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
CENTURY = 2000


def parse_day(text: str) -> date:
    """Return the day that is written as 03/07/2020, 3/7/20, 3-7-2020, 3.7.2020 or 030720.

    Raises:
        ValueError: it is none.
    """
    found = SEPARATED.fullmatch(text.strip()) or TOGETHER.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    day, month, year = map(int, found.groups())
    return date(year if year > 99 else CENTURY + year, month, day)
