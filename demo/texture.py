"""Repeatable chance for pictures: clouds of grey, rough lines, and mixing of colours. Pillow only.

Everything is made from a `Random`, so that the same seed gives the same picture. Greys are "L" images.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageOps

Colour = tuple[int, int, int]
Size = tuple[int, int]


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """The colour that lies `share` (0 to 1) of the way from one to the other."""
    share = min(max(share, 0.0), 1.0)
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def shaded(colour: Colour, factor: float) -> Colour:
    """The colour made darker (below 1) or lighter (above 1)."""
    return (
        min(255, round(colour[0] * factor)),
        min(255, round(colour[1] * factor)),
        min(255, round(colour[2] * factor)),
    )


def noise(random: Random, size: Size, cells: Size, octaves: int = 5, keep: float = 0.55) -> Image.Image:
    """Fractal grey of the whole range: `cells` lumps across and down, each octave twice as fine and fainter."""
    total = Image.new("L", size, 128)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        across, down = cells[0] << octave, cells[1] << octave
        if across > size[0] or down > size[1]:
            break
        grain = Image.frombytes("L", (across + 2, down + 2), random.randbytes((across + 2) * (down + 2)))
        # The margin hides the flattened border that enlarging leaves.
        layer = grain.resize(size, Image.Resampling.BICUBIC, box=(1, 1, across + 1, down + 1))
        weights += weight
        total = Image.blend(total, layer, weight / weights)
        weight *= keep
    return ImageOps.autocontrast(total, cutoff=(0.5, 0.02))


def ramp(grey: Image.Image, low: float, high: float, top: int = 255) -> Image.Image:
    """Grey stretched smoothly so that `low` (0 to 1) becomes black and `high` becomes `top`."""

    def smooth(value: float) -> int:
        share = min(max((value / 255 - low) / (high - low), 0.0), 1.0)
        return round(share * share * (3 - 2 * share) * top)

    return grey.point([smooth(value) for value in range(256)])


def relief(grey: Image.Image, shift: Size, strength: float = 1.0) -> Image.Image:
    """Grey as a landscape lit from the side: 128 where flat, lighter on slopes that face the light."""
    other = grey.copy()  # not ImageChops.offset: that wraps round and leaves a seam along the edge
    other.paste(grey, shift)
    return ImageChops.subtract(grey, other, scale=1 / strength, offset=128)


def vertical(size: Size, stops: list[tuple[float, Colour]]) -> Image.Image:
    """A gradient from top to bottom through colours at fractions of the height."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        at = y / max(1, size[1] - 1)
        for (start, one), (end, other) in pairwise(stops):
            if at <= end or (end, other) == stops[-1]:
                column.putpixel((0, y), mix(one, other, (at - start) / max(end - start, 1e-6)))
                break
    return column.resize(size)


def rough_line(
    random: Random, width: int, cells: int, octaves: int, keep: float, sharp: float
) -> list[float]:
    """Heights from 0 to 1 along a line: `sharp` 0 gives round hills, 1 gives crests."""
    heights = [0.0] * width
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        count = cells << octave
        if count > width // 2:
            break
        knots = [random.random() for _ in range(count + 2)]
        start = random.random()
        for x in range(width):
            place = x / width * count + start
            index = min(int(place), count)
            share = place - int(place)
            share = share * share * (3 - 2 * share)
            value = knots[index] * (1 - share) + knots[index + 1] * share
            crest = 1 - abs(2 * value - 1)
            heights[x] += weight * (value * (1 - sharp) + crest * sharp)
        weights += weight
        weight *= keep
    low, high = min(heights), max(heights)
    return [(height - low) / (high - low) for height in heights]
