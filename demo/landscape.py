"""What a made-up camera sees: the light of an hour, a sky with clouds, ridges one behind the other."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.texture import Colour, Size, mix, noise, ramp, relief, rough_line, shaded, vertical


@dataclass(frozen=True)
class Light:
    """The colours of one moment; `day` is 1 in full daylight and 0 at night."""

    zenith: Colour
    horizon: Colour
    sunlight: Colour
    day: float


# Local hour in summer: zenith, horizon, light on the ground, day.
HOURS: list[tuple[float, Light]] = [
    (0.0, Light((13, 18, 36), (44, 52, 74), (92, 106, 146), 0.0)),
    (4.6, Light((16, 22, 42), (52, 58, 80), (94, 108, 148), 0.02)),
    (5.7, Light((58, 74, 112), (196, 152, 138), (128, 122, 142), 0.4)),
    (6.8, Light((104, 138, 180), (243, 210, 174), (246, 206, 166), 0.8)),
    (9.0, Light((94, 146, 200), (208, 224, 233), (255, 246, 228), 1.0)),
    (14.0, Light((84, 136, 192), (203, 217, 226), (255, 252, 242), 1.0)),
    (18.0, Light((100, 144, 190), (221, 218, 207), (255, 236, 204), 1.0)),
    (20.0, Light((112, 138, 172), (245, 208, 156), (255, 196, 128), 0.85)),
    (20.9, Light((72, 82, 122), (238, 150, 98), (214, 140, 112), 0.55)),
    (21.8, Light((26, 32, 56), (104, 80, 88), (92, 88, 112), 0.18)),
    (22.6, Light((13, 18, 36), (46, 53, 74), (92, 106, 146), 0.0)),
    (24.0, Light((13, 18, 36), (44, 52, 74), (92, 106, 146), 0.0)),
]


def light_at(hour: float, overcast: float = 0.0) -> Light:
    """The light of a local hour (0 to 24); `overcast` (0 to 1) takes colour and contrast out of it."""
    for (before, one), (after, other) in pairwise(HOURS):
        if before <= hour <= after:
            share = (hour - before) / (after - before)
            day = one.day + (other.day - one.day) * share
            grey = round(40 + 150 * day)
            dull: Colour = (grey, grey + 3, grey + 7)
            return Light(
                zenith=mix(mix(one.zenith, other.zenith, share), shaded(dull, 0.86), overcast * day),
                horizon=mix(mix(one.horizon, other.horizon, share), dull, overcast * day),
                sunlight=mix(mix(one.sunlight, other.sunlight, share), shaded(dull, 1.1), overcast * 0.8),
                day=day,
            )
    raise ValueError(f"{hour} is no hour of the day")


@dataclass(frozen=True)
class Terrain:
    """The lie of the land before one camera.

    `skyline` is where the farthest ridge begins (fraction of the height); `crests` goes from round hills (0) to
    mountains (1) and `relief` from plain (0) to steep; `ground` is the colour of the nearest slopes, `far` of distant
    ones before the haze. `water` is a lake or the sea: the ridge it lies behind, and its upper edge.
    """

    seed: str
    skyline: float = 0.42
    ridges: int = 6
    crests: float = 0.35
    ground: Colour = (72, 80, 46)
    far: Colour = (86, 98, 84)
    dry: Colour = (168, 146, 98)
    trees: int = 26
    lights: int = 110
    relief: float = 1.0
    water: tuple[int, float] | None = None


def draw_sky(random: Random, size: Size, light: Light, skyline: float, clouds: float) -> Image.Image:
    """A sky down to the horizon: gradient, clouds that flatten towards the horizon, stars at night."""
    width, height = size
    down = int(height * (skyline + 0.25))
    middle = mix(light.zenith, light.horizon, 0.55)
    sky = vertical(
        size,
        [(0.0, light.zenith), (skyline * 0.6, middle), (skyline + 0.1, light.horizon), (1.0, light.horizon)],
    )
    if light.day < 0.1:
        pen = ImageDraw.Draw(sky)
        for _ in range(width // 12):
            x, y = random.randrange(width), int(random.random() ** 1.6 * height * skyline)
            pen.point((x, y), mix(light.zenith, (214, 222, 240), random.random() ** 2))
    # Seen from below a flat layer of cloud: the texture is crowded together towards the horizon.
    deep = 3 * down
    texture = noise(random, (width, deep), (4, 11), octaves=7, keep=0.58)
    bent = Image.new("L", (width, down))

    def seen_at(share: float) -> float:
        return deep * (1 / (1.16 - share) - 1 / 1.16) / (1 / 0.16 - 1 / 1.16)

    step = 4
    for top in range(0, down, step):
        bottom = min(down, top + step)
        box = (0, seen_at(top / down), width, seen_at(bottom / down))
        bent.paste(texture.resize((width, bottom - top), Image.Resampling.BILINEAR, box=box), (0, top))
    bent = bent.filter(ImageFilter.GaussianBlur(width / 1400))
    cover = ramp(bent, 0.78 - 0.5 * clouds, 1.02 - 0.35 * clouds, 225)
    cover = ImageChops.multiply(
        cover, vertical((width, down), [(0, (255,) * 3), (0.55, (220,) * 3), (1.0, (70,) * 3)]).convert("L")
    )
    lit = mix(light.horizon, light.sunlight, 0.6 * light.day)
    white = Image.new("RGB", (width, down), shaded(lit, 1.0 + 0.06 * light.day))
    shade = Image.new("RGB", (width, down), mix(light.zenith, light.horizon, 0.72))
    sky.paste(Image.composite(white, shade, ramp(relief(bent, (6, 9), 3.0), 0.3, 0.7)), (0, 0), cover)
    return sky


@functools.lru_cache(maxsize=64)
def ridge_mask(terrain: Terrain, size: Size, index: int) -> Image.Image:
    """Where one ridge (0 is the farthest) and what lies before it is land: an "L" mask with smooth edges."""
    width, height = size
    nearness = index / max(1, terrain.ridges - 1)
    random = Random(f"{terrain.seed} ridge {index}")
    line = rough_line(
        random,
        width,
        cells=2 + round(3 * (1 - nearness)),
        octaves=8,
        keep=0.5 - 0.05 * nearness,
        sharp=terrain.crests * (1 - 0.6 * nearness),
    )
    top = height * (terrain.skyline + (0.99 - terrain.skyline) * nearness**1.45 * 0.86)
    swing = height * (0.075 + 0.12 * nearness) * (0.75 + 0.7 * terrain.crests) * terrain.relief
    if nearness > 0.5:  # woods make the near lines bristle
        bristle = [random.random() ** 3 * height * 0.012 * nearness for _ in range(width)]
        line = [value + bristle[x] / swing for x, value in enumerate(line)]
    mask = Image.new("L", (width, height * 2), 0)
    outline = [(float(x), 2 * (top - value * swing)) for x, value in enumerate(line)]
    ImageDraw.Draw(mask).polygon([(-1.0, height * 2.0), *outline, (float(width), height * 2.0)], fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def draw_water(terrain: Terrain, size: Size, light: Light) -> tuple[Image.Image, int]:
    """A strip of still water down to the lower edge of the frame, and the row it begins in."""
    assert terrain.water is not None
    top = round(size[1] * terrain.water[1])
    strip = (size[0], size[1] - top)
    near = mix(mix(light.horizon, light.zenith, 0.55), (52, 74, 84), 0.25 + 0.3 * light.day)
    water = vertical(strip, [(0.0, mix(light.horizon, near, 0.2)), (0.3, near), (1.0, shaded(near, 0.82))])
    ripples = noise(Random(f"{terrain.seed} water"), strip, (4, 80), octaves=4, keep=0.8)
    shine = ramp(ripples, 0.5, 1.0, 70)
    water.paste(mix(light.horizon, light.sunlight, 0.4), (0, 0, *strip), shine)
    return water, top


def ridge_top(mask: Image.Image, x: int) -> int:
    """The row in which a ridge begins at column x."""
    column = mask.crop((x, 0, x + 1, mask.height))
    box = column.point(lambda value: 255 if value > 127 else 0).getbbox()
    return box[1] if box else mask.height


@functools.lru_cache(maxsize=16)
def _slopes(terrain: Terrain, size: Size, index: int) -> tuple[Image.Image, Image.Image]:
    """Folds lit from the side, and where the slope is dry."""
    nearness = index / max(1, terrain.ridges - 1)
    random = Random(f"{terrain.seed} slope {index}")
    width = size[0]
    # Spurs and gullies run down the slope; trees and rocks lie on them as grain, coarser when near.
    spurs = noise(
        random, size, (9 + round(12 * (1 - nearness)), 4 + round(8 * (1 - nearness))), octaves=6, keep=0.52
    )
    folds = relief(spurs, (round(width / 150), round(width / 500)), 1.9).filter(
        ImageFilter.GaussianBlur(width / 900)
    )
    fineness = 90 - round(40 * nearness)
    grain = noise(random, size, (fineness * 2, fineness), octaves=3, keep=0.9)
    grain = relief(grain, (2, -2), 0.5 + 0.3 * nearness).filter(ImageFilter.GaussianBlur(width / 2000))
    both = ImageChops.add(folds, grain, scale=1, offset=-128)
    return both, ramp(noise(random, size, (5, 9), octaves=7, keep=0.62), 0.6, 0.88)


def draw_ridge(terrain: Terrain, size: Size, index: int, light: Light, haze: float) -> Image.Image:
    """The colours of one ridge over the whole frame, hazier the farther it is and towards its foot."""
    width, height = size
    distance = 1 - index / max(1, terrain.ridges - 1)
    folds, dry = _slopes(terrain, size, index)
    base = mix(terrain.ground, terrain.far, distance**0.8)
    lit = tuple(round(part * sun / 255) for part, sun in zip(base, light.sunlight, strict=True))
    dim = 0.16 + 0.84 * light.day
    land = Image.new("RGB", size, shaded((lit[0], lit[1], lit[2]), dim))
    bare = tuple(round(part * sun / 255) for part, sun in zip(terrain.dry, light.sunlight, strict=True))
    land.paste(
        shaded((bare[0], bare[1], bare[2]), dim * 0.95),
        (0, 0, width, height),
        dry.point(lambda value: value * 0.7),
    )
    contrast = (0.9 - 0.45 * distance) * (0.25 + 0.75 * light.day)
    folds = folds.point([round(128 + (value - 128) * contrast) for value in range(256)])
    land = ImageChops.multiply(land, Image.merge("RGB", [folds] * 3))
    land = ImageChops.add(land, land, scale=1.0)  # multiplied by 128 means halved: back again
    air = mix(light.horizon, light.zenith, 0.18 + 0.14 * (1 - distance))
    veil = min(0.96, haze * (0.04 + 0.9 * distance**0.75))
    land = Image.blend(land, Image.new("RGB", size, air), veil)
    # The air lies thickest in the valley between a ridge and the next one before it.
    mask = ridge_mask(terrain, size, index)
    box = mask.getbbox() or (0, 0, width, height)
    below = max(1, int(height * (0.1 + 0.16 * (1 - distance))))
    foot = vertical(
        (width, below), [(0.0, (0,) * 3), (1.0, (round(200 * haze * (0.25 + 0.75 * distance)),) * 3)]
    ).convert("L")
    veiled = Image.new("L", size, foot.getpixel((0, below - 1)))
    veiled.paste(0, (0, 0, width, box[1]))
    veiled.paste(foot, (0, box[1]))
    if index == terrain.ridges - 1:
        veiled = veiled.point(lambda value: value * 0.25)
    land.paste(air, (0, 0, width, height), veiled)
    return land


@functools.lru_cache(maxsize=8)
def tree_mask(terrain: Terrain, size: Size) -> Image.Image:
    """Conifers along the lower edge, near the camera: an "L" mask."""
    width, height = size
    random = Random(f"{terrain.seed} trees")
    mask = Image.new("L", (width * 2, height * 2), 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(terrain.trees):
        x = random.uniform(-0.02, 1.02) * width * 2
        # Higher towards the edges, so that the middle stays open.
        tall = height * 2 * random.uniform(0.07, 0.17) * (0.75 + 1.5 * abs(x / width - 1) ** 1.5)
        foot = height * 2 * random.uniform(1.0, 1.04)
        top = foot - tall
        spread = tall * random.uniform(0.17, 0.24)
        pen.polygon(
            [(x - tall * 0.008, foot), (x - 1, top), (x + 1, top), (x + tall * 0.008, foot)], fill=255
        )
        y = top
        while y < foot:
            reach = spread * ((y - top) / tall) ** 0.9 * random.uniform(0.45, 1.1) + 1
            droop = reach * random.uniform(0.2, 0.55)
            thick = tall * 0.016 + reach * 0.08
            for side in (-1, 1):
                tip = (x + side * reach * random.uniform(0.8, 1.1), y + droop)
                pen.polygon(
                    [(x, y - thick), tip, (x + side * reach * 0.35, y + thick * 1.4), (x, y + thick)],
                    fill=255,
                )
            y += tall * random.uniform(0.018, 0.03)
    return mask.resize(size, Image.Resampling.BOX)


def draw_lights(random: Random, size: Size, land: Image.Image, count: int, top: float) -> Image.Image:
    """The lamps of a valley at night as light to be added: points in clusters, each with its glow."""
    width, height = size
    lamps = Image.new("RGB", size, 0)
    pen = ImageDraw.Draw(lamps)
    for _ in range(max(1, count // 10)):
        centre_x, centre_y = random.uniform(0.05, 0.95) * width, (top + random.random() ** 2 * 0.3) * height
        for _ in range(12):
            x = int(random.gauss(centre_x, width * 0.035))
            y = int(random.gauss(centre_y, height * 0.009))
            if 0 <= x < width and 0 <= y < height and land.getpixel((x, y)) == 255:
                colour = random.choice([(255, 190, 110), (255, 214, 150), (255, 168, 84), (214, 228, 255)])
                bright = random.uniform(0.35, 1.0)
                radius = random.choice((0, 0, 0, 1))
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shaded(colour, bright))
    glow = lamps.filter(ImageFilter.GaussianBlur(width / 320))
    wide = lamps.filter(ImageFilter.GaussianBlur(width / 90))
    return ImageChops.add(
        ImageChops.add(lamps, glow.point(lambda value: min(255, value * 3))),
        wide.point(lambda value: min(255, value * 2)),
    )
