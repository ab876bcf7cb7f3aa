"""Hashes of pictures with Pillow, from their thumbnails. Runs inside the decoding child."""

from __future__ import annotations

import io

from PIL import Image

from curation.picture_hashes import PictureHashes

COARSE_SIDE, FINE_SIDE = 8, 16
# Grey levels between neighbours, on average: with less the bits are noise. Views of tower cameras in haze have 5.
FLAT_BELOW = 2.0


def hash_picture(thumbnail: bytes) -> PictureHashes | None:
    """The hashes of a picture by its thumbnail, which is upright already; None where it shows next to nothing."""
    with Image.open(io.BytesIO(thumbnail), formats=("JPEG",)) as image:
        grey = image.convert("L")
    coarse, contrast = _differences(grey, COARSE_SIDE)
    if contrast < FLAT_BELOW:
        return None
    return PictureHashes(coarse, _differences(grey, FINE_SIDE)[0])


def _differences(grey: Image.Image, side: int) -> tuple[str, float]:
    """A bit for each place, row by row, whether it gets brighter to the right; and by how much neighbours differ."""
    values = grey.resize((side + 1, side), Image.Resampling.BOX).tobytes()
    bits, total = 0, 0
    for row in range(side):
        for column in range(side):
            at = row * (side + 1) + column
            step = values[at + 1] - values[at]
            bits = bits << 1 | (step > 0)
            total += abs(step)
    return f"{bits:0{side * side // 4}x}", total / side**2
