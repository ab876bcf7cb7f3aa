"""Which entry has a picture that several of them mean: pictures of one name lie in many folders, and not all are sent.

An entry whose folders agree with those of its picture has it at once. All others wait on the disk until every entry
was read: a better claim may come last, and a name alone says nothing where several entries have it.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from curation.imports.found import FoundMedia
from curation.imports.readers.names import Agreement, Claimant, ClaimedName, folded, spellings, without_ending
from curation.imports.readers.reading import Reading

TWICE = "A picture is named twice: only what came first was read."
CLAIMED = (
    "The one picture of this name that was sent lies in another folder, which another entry names: this one has no "
    "picture."
)
SEVERAL_CLAIM = (
    "Several entries of different folders are called like the one picture that was sent: nobody can tell which of them "
    "is about it."
)
SHARED_NAME = (
    "Entries of different folders have this name, so no media here is taken for one of them by it alone."
)

_Identity = tuple[str, str | None, int | None]


def settled(reading: Reading, media: Iterator[FoundMedia]) -> Iterator[FoundMedia]:
    """The media of a reading, each picture with one of them."""
    claims = _Claims()
    # Of ourselves, and without a name: nobody else writes into it.
    with tempfile.TemporaryFile() as waiting:
        number = 0
        for found in media:
            if claims.is_sure(found):
                yield from claims.once(reading, found)
            else:
                pickle.dump(found, waiting, pickle.HIGHEST_PROTOCOL)
                number += 1
        waiting.seek(0)
        for _ in range(number):
            yield from claims.once(reading, claims.decide(pickle.load(waiting)))


@dataclass
class _Best:
    """The best claim to a picture, and whether others are as good."""

    agreement: Agreement
    by: Claimant
    shared: bool = False

    def hear(self, agreement: Agreement, by: Claimant) -> None:
        if agreement > self.agreement:
            self.agreement, self.by, self.shared = agreement, by, False
        elif agreement == self.agreement and by != self.by:
            self.shared = True


@dataclass
class _Claims:
    met: set[_Identity] = field(default_factory=set)
    had: set[str] = field(default_factory=set)  # pictures that an entry agrees with in every folder
    best: dict[str, _Best] = field(default_factory=dict)  # of the others
    named: dict[str, int | None] = field(default_factory=dict)  # who has a name alone, None for several

    def is_sure(self, found: FoundMedia) -> bool:
        """Hear what an entry claims. Whether nothing that comes later can change what it has."""
        name = found.name
        # Formats leave the ending away or do not; folders count where a picture did not come along.
        if isinstance(name, ClaimedName):
            said, by, place = name.said, name.by, "" if name.agreement else name.by.folder
        else:
            said, by, place = name, Claimant("", "", folded(name)), ""
        identity = hash((place, by.part, folded(without_ending(said)), found.sha256, found.media_id))
        for bare in _bare(said):
            if self.named.setdefault(bare, identity) != identity:
                self.named[bare] = None
        if not isinstance(name, ClaimedName) or name.agreement is None:
            # What says its content is never looked for by its name.
            return found.sha256 is not None
        # Where parts have pictures of the same names, no path says for certain whose a picture is.
        if name.agreement.exact and not by.part:
            self.had.add(str(name))
            return True
        self.best.setdefault(str(name), _Best(name.agreement, name.by)).hear(name.agreement, name.by)
        return False

    def decide(self, found: FoundMedia) -> FoundMedia:
        """An entry with the picture that it has, now that all of them were heard."""
        name = found.name
        if not isinstance(name, ClaimedName) or name.agreement is None:
            said = name.said if isinstance(name, ClaimedName) else name
            shared = any(self.named[bare] is None for bare in _bare(said))
            return replace(found, name=said, unclear=SHARED_NAME) if shared else found
        best = self.best[str(name)]
        if str(name) in self.had or name.agreement < best.agreement:
            return replace(found, name=name.said, unclear=CLAIMED)
        return replace(found, name=name.said, unclear=SEVERAL_CLAIM) if best.shared else found

    def once(self, reading: Reading, found: FoundMedia) -> Iterator[FoundMedia]:
        """Two answers for one picture would be one too many: which of them is right, nobody here can know."""
        name = str(found.name)
        identity = name, found.sha256, found.media_id
        # What nobody may have is about no picture: another one of its name is not a second answer for any.
        if found.unclear is None and identity in self.met:
            reading.remark(name, TWICE, fatal=True)
            return
        if found.unclear is None:
            self.met.add(identity)
        yield replace(found, name=name) if isinstance(found.name, ClaimedName) else found


def _bare(said: str) -> list[str]:
    """What an entry is called without its folders, in each way that media here are looked for by."""
    return [folded(without_ending(spelt)) for spelt in spellings(said)]
