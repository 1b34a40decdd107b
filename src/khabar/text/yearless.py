"""A day that is told without its year, once its clause says whether it is past or to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from rdflib import Literal

from khabar.model import Period
from khabar.vocab import XSD

_SOON: Final = 60  # days: one speaks in the present of what is near ("the forum takes place on 4 May")


def turned(period: Period, published: date | None, *, planned: bool) -> Period:
    """The period in the year before or after the nearest, where that cannot be meant.

    "The forum was held on 4 May", printed in December, was held half a year ago and not to be held; what is
    PLANNED for 20 December in January is almost a year away.
    """
    first, last = period.earliest, period.latest
    if not period.nearest or published is None or first is None or last is None:
        return period
    if planned and last < published:
        years = 1
    elif not planned and (first - published).days > _SOON:
        years = -1
    else:
        return period
    try:
        first, last = (day.replace(year=day.year + years) for day in (first, last))
    except ValueError:  # 29 February
        return period
    when = Literal(first.isoformat(), datatype=XSD.date) if period.when is not None else None
    return replace(period, when=when, earliest=first, latest=last)
