"""Smoke and what is taken for it: plumes that grow and drift, chimneys, low cloud, dust."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.texture import Colour, Size, mix, noise, ramp, relief


@dataclass(frozen=True)
class Plume:
    """One plume at one moment.

    `x` is where it rises (fraction of the width), `ridge` the ridge it stands on and `below` how far down its slope
    (fraction of the height); `minutes` since it began, `strength` 1 for a usual fire, `wind` -1 to 1 across the
    frame; `label_class` is the answer a curator would give.
    """

    x: float
    ridge: int
    minutes: float
    below: float = 0.0
    strength: float = 1.0
    wind: float = 0.4
    colour: Colour = (226, 224, 222)
    shade: Colour = (126, 122, 120)
    label_class: str = "wildfire"
    seed: str = "plume"
    chimney: bool = False


@functools.lru_cache(maxsize=12)
def _puff(kind: int) -> Image.Image:
    """One soft ragged ball of smoke, 160 pixels wide."""
    side = 160
    random = Random(f"puff {kind}")
    ball = (
        Image.radial_gradient("L")
        .resize((side, side))
        .point([max(0, 255 - round(value * 1.42)) for value in range(256)])
    )
    ragged = ramp(noise(random, (side, side), (3, 3), octaves=6, keep=0.62), 0.0, 0.62)
    return ImageChops.multiply(ramp(ball, 0.0, 0.9), ragged)


def draw_plume(
    plume: Plume, size: Size, foot: tuple[int, int], far: float
) -> tuple[Image.Image, Image.Image]:
    """Colours and density (an "L" mask) of a plume over the whole frame.

    `foot` is the pixel it rises from; `far` (0 near, 1 at the skyline) makes it smaller and paler.
    """
    height = size[1]
    random = Random(f"{plume.seed} {plume.x} {plume.ridge}")
    scale = (1.15 - 0.8 * far) * plume.strength
    reach = 1 - math.exp(-plume.minutes / 14)
    tall = height * (0.05 + 0.5 * reach) * scale
    puffs = int(70 + 190 * reach)
    density = Image.new("L", size, 0)
    for number in range(puffs):
        # Each puff was let go at some moment and has risen since; old ones have gone further with the wind.
        age = (number + random.random()) / puffs
        drift_now = plume.minutes * 0.045
        sway = math.sin(age * 6 + drift_now) * 0.03
        rise = tall * (age**0.82) * (1 - 0.3 * abs(plume.wind) * age)
        aside = tall * (plume.wind * age**1.5 * 1.25 + sway * (0.3 + age))
        broad = tall * (0.03 + 0.4 * age**0.9) * random.uniform(0.6, 1.2)
        x = foot[0] + aside + random.gauss(0, broad * 0.3)
        y = foot[1] - rise + random.gauss(0, broad * 0.22)
        side = max(3, int(broad))
        sprite = (
            _puff(random.randrange(12))
            .rotate(random.uniform(0, 360) + plume.minutes * 6)
            .resize((side, side), Image.Resampling.BILINEAR)
        )
        thin = (1 - age) ** 0.8 * 0.4 + 0.05
        sprite = sprite.point([round(value * thin) for value in range(256)])
        corner = (int(x - side / 2), int(y - side / 2))
        white = Image.new("L", sprite.size, 255)
        density.paste(white, corner, sprite)
    soft = density.filter(ImageFilter.GaussianBlur(max(0.6, tall / 160)))
    step = max(1, round(tall / 26))
    lit = relief(soft.filter(ImageFilter.GaussianBlur(max(0.6, tall / 80))), (-step, step), 1.3)
    colours = Image.composite(
        Image.new("RGB", size, plume.colour), Image.new("RGB", size, plume.shade), ramp(lit, 0.22, 0.66)
    )
    return colours, soft.point([round(value * (0.94 - 0.3 * far)) for value in range(256)])


def draw_low_cloud(random: Random, size: Size, centre: tuple[int, int], broad: int, tall: int) -> Image.Image:
    """A bank of fog lying in a valley: an "L" mask."""
    density = Image.new("L", size, 0)
    pen = ImageDraw.Draw(density)
    for _ in range(26):
        x, y = random.gauss(centre[0], broad * 0.22), random.gauss(centre[1], tall * 0.14)
        half, up = broad * random.uniform(0.08, 0.26), tall * random.uniform(0.1, 0.3)
        pen.ellipse((x - half, y - up, x + half, y + up), fill=random.randrange(150, 250))
    density = density.filter(ImageFilter.GaussianBlur(tall * 0.16))
    wisps = ramp(noise(random, size, (10, 26), octaves=5, keep=0.6), 0.12, 0.62)
    return ImageChops.multiply(density, wisps)


def outline(
    density: Image.Image, least: int = 30
) -> tuple[tuple[float, float, float, float], list[tuple[float, float]]] | None:
    """Box and polygon (fractions of the frame) around what is dense enough to be seen; None when nothing is."""
    width, height = density.size
    seen = density.point([255 if value >= least else 0 for value in range(256)])
    box = seen.getbbox()
    if box is None or box[2] - box[0] < 4 or box[3] - box[1] < 4:
        return None
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    rows = 7
    for number in range(rows):
        top = box[1] + (box[3] - box[1]) * number // rows
        bottom = max(top + 1, box[1] + (box[3] - box[1]) * (number + 1) // rows)
        strip = seen.crop((0, top, width, bottom)).getbbox()
        if strip is not None:
            # The ends reach up to the box, the rows between stand for their middle.
            y = top if number == 0 else bottom if number == rows - 1 else (top + bottom) / 2
            left.append((strip[0] / width, y / height))
            right.append((strip[2] / width, y / height))
    return (box[0] / width, box[1] / height, box[2] / width, box[3] / height), [*left, *reversed(right)]


def fire_glow(size: Size, foot: tuple[int, int], radius: float) -> Image.Image:
    """The light of flames at night, to be added."""
    light = Image.new("RGB", size, 0)
    pen = ImageDraw.Draw(light)
    for share, colour in ((1.0, (70, 22, 4)), (0.5, (150, 58, 10)), (0.2, (255, 170, 60))):
        half = radius * share
        pen.ellipse(
            (foot[0] - half * 1.5, foot[1] - half * 0.7, foot[0] + half * 1.5, foot[1] + half * 0.5),
            fill=colour,
        )
    return light.filter(ImageFilter.GaussianBlur(radius * 0.28))


def veil_colour(horizon: Colour, colour: Colour, far: float) -> Colour:
    """The colour of smoke seen through the air between."""
    return mix(colour, horizon, 0.15 + 0.45 * far)
