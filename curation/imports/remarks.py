"""Remarks as they are counted: by what they say, with the first places of each, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from curation.imports.found import Remark

MOST_SENTENCES = 200
PLACES_SHOWN = 5
LONGEST_PLACE = 300
AND_MORE = "There is more to remark than is shown here."


@dataclass
class _Said:
    count: int = 0
    fatal: bool = False
    where: list[str] = field(default_factory=list)


class RemarkBook:
    """What was noticed; memory stays the same however often it was."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}

    def note(self, remark: Remark) -> None:
        """Count a remark by its sentence."""
        room = len(self._said) < MOST_SENTENCES or remark.sentence in self._said
        said = self._said.setdefault(remark.sentence if room else AND_MORE, _Said())
        said.count += remark.count
        said.fatal |= remark.fatal
        if len(said.where) < PLACES_SHOWN:
            said.where.append(remark.where[:LONGEST_PLACE])

    def __iter__(self) -> Iterator[Remark]:
        """Each sentence with its first places; the last of them stands for all that came after it too."""
        for sentence, said in self._said.items():
            *first, last = said.where
            for where in first:
                yield Remark(where, sentence, said.fatal)
            yield Remark(last, sentence, said.fatal, said.count - len(first))

    def to_payload(self) -> list[dict[str, Any]]:
        """As JSON, what was noticed most often first."""
        return [
            {"sentence": sentence, "count": said.count, "fatal": said.fatal, "where": said.where}
            for sentence, said in sorted(self._said.items(), key=lambda one: -one[1].count)
        ]
