"""What every reader gives back, and the limits that keep a hostile file from filling memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from curation.imports.found import FoundClass, FoundMedia, Remark
from curation.imports.remarks import RemarkBook

# One entry of a JSON file, one line, one XML file: thousands of polygons have less.
LARGEST_ENTRY = 16 * 2**20
# A line of a table: a cell of it has an eighth of that.
LARGEST_ROW = 2**20
# A file that says nothing but what classes are called.
LARGEST_LIST = 2**20
# More than can be spoken of before an import: how many there are is said there.
MOST_CLASSES = 20_000
LONGEST_WORD = 200


@dataclass(frozen=True)
class Guess:
    """What the files look like: a format, how likely it is (0 to 1), the files that hold it, and what gave it away."""

    format: str
    certainty: float
    files: tuple[str, ...]
    why: str


@dataclass
class Reading:
    """A dataset as it is read. Label classes and remarks are complete once the last media was taken.

    Media are those that annotations name; a picture that none of them names is not among them.
    """

    media: Iterator[FoundMedia] = field(default_factory=lambda: iter(()))
    classes: list[FoundClass] = field(default_factory=list)
    remarks: RemarkBook = field(default_factory=RemarkBook)
    _words: set[str] = field(default_factory=set)

    def name_class(
        self, word: str, name: str | None = None, colour: str | None = None, number: int | None = None
    ) -> None:
        """Note a label class the first time that it is met."""
        if len(word) <= LONGEST_WORD and word not in self._words and len(self._words) < MOST_CLASSES:
            self._words.add(word)
            self.classes.append(FoundClass(word, name, colour, number))

    def remark(self, where: str, sentence: str, *, fatal: bool = False) -> None:
        self.remarks.note(Remark(where, sentence, fatal))
