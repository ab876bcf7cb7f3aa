"""What fields of bodies are made of: numbers that are numbers, times that are times.

Pydantic takes true for 1, "0.5" for a half and 0 for the year 1970 unless it is told not to. Whoever sends those has
made a mistake, and an answer built on it would be stored.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

LARGEST_ID = 2**63 - 1


class Body(BaseModel):
    """A misspelt field must never read as a body without it."""

    model_config = ConfigDict(extra="forbid")


def _a_number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("A number is wanted")
    return value


def _written_out(value: Any) -> Any:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d[T ]", value):
        raise ValueError("A time is text such as 2026-08-12T17:42:08Z")
    return value


# Behind a `Field`, whose limits are else no part of the schema.
A_NUMBER = BeforeValidator(_a_number)
Id = Annotated[int, Field(ge=1, le=LARGEST_ID), A_NUMBER]
Count = Annotated[int, Field(ge=0, le=LARGEST_ID), A_NUMBER]
Number = Annotated[float, A_NUMBER]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
