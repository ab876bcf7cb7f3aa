"""What a picture looks like in a few bits: near ones differ in few of them, however they were stored.

A difference hash says of neighbouring places of a small grey picture which one is brighter. The coarse one (8 by 8)
finds what looks alike anywhere; the fine one (16 by 16) tells a picture that stands still from a calm view: of a
fixed camera even the noise of the next frame turns some of its bits, and a burnt-in clock turns hardly any.
"""

from __future__ import annotations

from dataclasses import dataclass

# Bits that differ. The same picture at half its size or heavily compressed: at most 3 and 11. Two views: 16 and more.
# With 3 at most one of four bands of 16 bits is always the same, so that an index finds them.
COARSE_ALIKE = 3
FINE_ALIKE = 20
# Of a frozen camera: its clock goes on and each frame is compressed anew. Noise alone turns up to 8, wind and light 16.
FINE_STILL = 1

# Of frames that say no time, one after the other: a clip with smoke in it that goes on for ten frames at a time turns
# up to 43, one that shakes more than two views differ in, which is 92 and more.
FINE_NEIGHBOURS = 48

BANDS = 4
BAND_DIGITS = 4


@dataclass(frozen=True)
class PictureHashes:
    """Hexadecimal digits: 64 bits, and 256 bits."""

    coarse: str
    fine: str

    @property
    def bands(self) -> list[int]:
        """The coarse one in four parts of 16 bits."""
        parts = (
            self.coarse[start : start + BAND_DIGITS] for start in range(0, len(self.coarse), BAND_DIGITS)
        )
        return [int(part, 16) for part in parts]


def distance(one: str, other: str) -> int:
    """How many bits of two hashes of the same kind differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
