"""Made-up camera frames: drawn, dated, placed, and with the answer a curator would give.

`draw_frame` is repeatable: the same camera, moment and happenings give the same bytes on the same machine.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from datetime import datetime
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from demo.landscape import (
    Light,
    Terrain,
    draw_lights,
    draw_ridge,
    draw_sky,
    draw_water,
    light_at,
    ridge_mask,
    ridge_top,
    tree_mask,
)
from demo.smoke import Plume, draw_low_cloud, draw_plume, fire_glow, outline, veil_colour
from demo.texture import Colour, Size, mix, shaded


@dataclass(frozen=True)
class Camera:
    """One made-up camera: where it stands, where it looks, and the land before it."""

    name: str
    place: str
    lat: float
    lon: float
    azimuth: int
    size: Size
    terrain: Terrain
    mast: bool = False
    flare_hour: float | None = None  # when the sun looks into the lens


@dataclass(frozen=True)
class Weather:
    """The air of one moment, each from 0 to 1."""

    haze: float = 0.7
    clouds: float = 0.4
    overcast: float = 0.0
    fog: float = 0.0


@dataclass(frozen=True)
class TrueShape:
    """What really is there: label class key, box, and polygon points, all fractions of the frame."""

    label_class: str
    box: tuple[float, float, float, float]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Frame:
    """One drawn frame: a JPEG with EXIF, and what is to be found on it."""

    camera: Camera
    captured_at: datetime
    file_name: str
    content: bytes
    shapes: tuple[TrueShape, ...]


def draw_frame(
    camera: Camera,
    captured_at: datetime,
    weather: Weather = Weather(),
    plumes: tuple[Plume, ...] = (),
    quality: int = 86,
) -> Frame:
    """Draw what the camera saw at a moment; `captured_at` carries the zone of the camera's clock."""
    picture, shapes = _draw(camera, captured_at, weather, plumes)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=quality, exif=_exif(camera, captured_at), optimize=True)
    stamp = captured_at.strftime("%Y%m%d_%H%M%S")
    return Frame(
        camera, captured_at, f"{camera.name}_{camera.azimuth:03d}_{stamp}.jpg", content.getvalue(), shapes
    )


def draw_picture(
    camera: Camera, captured_at: datetime, weather: Weather = Weather(), plumes: tuple[Plume, ...] = ()
) -> Image.Image:
    """The same as pixels, for films."""
    return _draw(camera, captured_at, weather, plumes)[0]


def _draw(
    camera: Camera, captured_at: datetime, weather: Weather, plumes: tuple[Plume, ...]
) -> tuple[Image.Image, tuple[TrueShape, ...]]:
    if captured_at.tzinfo is None:
        raise ValueError("captured_at needs a zone")
    hour = captured_at.hour + captured_at.minute / 60 + captured_at.second / 3600
    light = light_at(hour, weather.overcast)
    random = Random(f"{camera.name} {captured_at.isoformat()}")
    picture, shapes = _draw_scene(camera, captured_at, light, weather, plumes)
    picture = _through_the_lens(picture, random, camera, hour, light)
    _burn_in(picture, camera, captured_at)
    return picture, shapes


def _draw_scene(
    camera: Camera, captured_at: datetime, light: Light, weather: Weather, plumes: tuple[Plume, ...]
) -> tuple[Image.Image, tuple[TrueShape, ...]]:
    terrain, size = camera.terrain, camera.size
    width, height = size
    # Clouds belong to the hour, so that the frames of one hour look alike and the camera seems to stand still.
    picture = _sky(camera, light, captured_at.strftime("%Y%m%d%H"), weather.clouds, captured_at.minute)
    densities: list[tuple[str, Image.Image]] = []
    for index in range(terrain.ridges):
        far = 1 - index / max(1, terrain.ridges - 1)
        mask = ridge_mask(terrain, size, index)
        if terrain.water is not None and terrain.water[0] == index:
            water, top = _water(terrain, size, light)
            picture.paste(water, (0, top))
        picture.paste(_ridge(camera, index, light, weather.haze), (0, 0), mask)
        # What lies before earlier smoke hides it, from the eye and from the answer.
        densities = [(name, ImageChops.subtract(density, mask)) for name, density in densities]
        for plume in plumes:
            if plume.ridge != index or plume.minutes <= 0:
                continue
            x = round(plume.x * width)
            foot = (x, ridge_top(mask, x) + round(height * (0.012 + plume.below)))
            if plume.chimney:
                foot = _draw_chimney(picture, foot, far, light)
            colours, density = draw_plume(plume, size, foot, far)
            if light.day < 0.2:
                picture = ImageChops.add(
                    picture, fire_glow(size, foot, height * 0.035 * plume.strength * (1.2 - far))
                )
            tint = Image.new("RGB", size, veil_colour(light.horizon, light.sunlight, far))
            colours = ImageChops.multiply(colours, tint).point(_dimmed(0.5 + 0.5 * light.day))
            if light.day < 0.2:  # lit from below by what burns
                colours = ImageChops.add(
                    colours, fire_glow(size, foot, height * 0.16 * plume.strength * (1.2 - far))
                )
            picture.paste(colours, (0, 0), density)
            densities.append((plume.label_class, density))
        if weather.fog and 1 <= index <= terrain.ridges - 3:
            bank, colour = _fog_bank(camera, captured_at, index, light, weather.fog)
            picture.paste(colour, (0, 0, width, height), bank)
            if index == terrain.ridges - 3:
                densities.append(("low_cloud", bank))
    if light.day < 0.3:
        lamps = _lamps(camera)
        picture = ImageChops.add(picture, lamps.point(_dimmed(1 - light.day / 0.3)))
    if terrain.trees:
        trees = tree_mask(terrain, size)
        dark = shaded((34, 42, 24), 0.25 + 0.75 * light.day)
        picture.paste(dark, (0, 0, width, height), trees)
        densities = [(name, ImageChops.subtract(density, trees)) for name, density in densities]
    if camera.mast:
        _draw_mast(picture, light)
    shapes = []
    for name, density in densities:
        found = outline(density, least=70 if name == "low_cloud" else 34)
        if found is not None:
            shapes.append(TrueShape(name, found[0], tuple(found[1])))
    return picture, tuple(shapes)


def _sky(camera: Camera, light: Light, seed: str, clouds: float, minute: int) -> Image.Image:
    """The sky of an hour, drifted by the minutes, over the whole frame."""
    width = camera.size[0]
    sky = Image.new("RGB", camera.size, light.horizon)
    drawn = _drawn_sky(camera.name, camera.size, camera.terrain.skyline, light, seed, clouds)
    drift = minute * width // 700
    sky.paste(drawn.crop((drift, 0, drift + width, drawn.height)), (0, 0))
    return sky


@functools.lru_cache(maxsize=4)
def _drawn_sky(name: str, size: Size, skyline: float, light: Light, seed: str, clouds: float) -> Image.Image:
    broad = (size[0] + 60 * size[0] // 700 + 1, size[1])
    return draw_sky(Random(f"{name} sky {seed}"), broad, light, skyline, clouds)


@functools.lru_cache(maxsize=16)
def _ridge(camera: Camera, index: int, light: Light, haze: float) -> Image.Image:
    return draw_ridge(camera.terrain, camera.size, index, light, haze)


@functools.lru_cache(maxsize=4)
def _water(terrain: Terrain, size: Size, light: Light) -> tuple[Image.Image, int]:
    return draw_water(terrain, size, light)


@functools.lru_cache(maxsize=4)
def _lamps(camera: Camera) -> Image.Image:
    random = Random(f"{camera.name} lamps")
    land = ridge_mask(camera.terrain, camera.size, 1)
    return draw_lights(random, camera.size, land, camera.terrain.lights, camera.terrain.skyline + 0.14)


def _fog_bank(
    camera: Camera, captured_at: datetime, index: int, light: Light, fog: float
) -> tuple[Image.Image, Colour]:
    width, height = camera.size
    random = Random(f"{camera.name} fog {captured_at:%Y%m%d} {index}")
    below = ridge_mask(camera.terrain, camera.size, index + 1)
    x = round(width * random.uniform(0.2, 0.8)) + captured_at.minute * width // 500
    y = ridge_top(below, min(max(x, 0), width - 1)) - round(height * 0.012)
    bank = draw_low_cloud(
        random, camera.size, (x, y), round(width * random.uniform(0.3, 0.55)), round(height * 0.09)
    )
    bank = bank.point([round(value * min(1.0, 0.35 + fog)) for value in range(256)])
    # It lies before this ridge and behind the next.
    return ImageChops.subtract(bank, below), shaded(light.horizon, 1.04)


def _draw_chimney(picture: Image.Image, foot: tuple[int, int], far: float, light: Light) -> tuple[int, int]:
    """Stacks and a hall, hazy with distance; returns the mouth of the taller stack."""
    unit = picture.height * (1.2 - far) / 100
    pen = ImageDraw.Draw(picture)
    colour = mix(shaded((150, 146, 142), 0.25 + 0.75 * light.day), light.horizon, 0.15 + 0.5 * far)
    x, y = foot
    pen.rectangle((x - unit * 0.5, y - unit * 7, x + unit * 0.5, y + unit), fill=colour)
    pen.rectangle((x + unit * 2, y - unit * 5, x + unit * 2.8, y + unit), fill=shaded(colour, 0.94))
    pen.rectangle((x - unit * 5, y - unit * 1.6, x + unit * 6, y + unit), fill=shaded(colour, 1.06))
    pen.rectangle(
        (x - unit * 0.5, y - unit * 6.6, x + unit * 0.5, y - unit * 6), fill=mix(colour, (186, 60, 48), 0.6)
    )
    return x, round(y - unit * 7)


def _draw_mast(picture: Image.Image, light: Light) -> None:
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    x, top, foot = round(width * 0.872), round(height * 0.13), height
    dark = shaded((64, 66, 70), 0.3 + 0.7 * light.day)
    half_top, half_foot = width * 0.003, width * 0.014
    thick = max(1, width // 900)
    pen.line([(x - half_top, top), (x - half_foot, foot)], fill=dark, width=thick + 1)
    pen.line([(x + half_top, top), (x + half_foot, foot)], fill=dark, width=thick + 1)
    steps = 26
    for step in range(steps):
        y, below = top + (foot - top) * step / steps, top + (foot - top) * (step + 1) / steps
        half, half_below = (half_top + (half_foot - half_top) * at / steps for at in (step, step + 1))
        side = 1 if step % 2 else -1
        pen.line([(x - side * half, y), (x + side * half_below, below)], fill=dark, width=thick)
    pen.line([(x, top), (x, top - height * 0.06)], fill=dark, width=thick)
    for share, radius in ((0.09, 0.011), (0.16, 0.014)):
        y, side = top + (foot - top) * share, round(width * radius)
        pen.ellipse(
            (x - side * 2, y - side, x - side * 0.3, y + side),
            fill=shaded((206, 208, 208), 0.2 + 0.8 * light.day),
        )
    if light.day < 0.3:
        pen.ellipse((x - 2, top - height * 0.06 - 2, x + 2, top - height * 0.06 + 2), fill=(240, 60, 50))


def _through_the_lens(
    picture: Image.Image, random: Random, camera: Camera, hour: float, light: Light
) -> Image.Image:
    """What glass and sensor add: flare, darker corners, softness, noise."""
    width, height = picture.size
    if camera.flare_hour is not None and abs(hour - camera.flare_hour) < 0.9:
        picture = ImageChops.screen(picture, _flare(camera, 1 - abs(hour - camera.flare_hour) / 0.9))
    picture = ImageChops.multiply(picture, _corners(picture.size))
    picture = picture.filter(ImageFilter.UnsharpMask(radius=1.4, percent=70, threshold=2))
    grain = Image.frombytes("L", picture.size, random.randbytes(width * height)).filter(
        ImageFilter.GaussianBlur(0.5)
    )
    strength = 0.035 + 0.045 * (1 - light.day)
    grain = grain.point([round(128 + (value - 128) * strength) for value in range(256)])
    return ImageChops.add(picture, Image.merge("RGB", [grain] * 3), scale=1, offset=-128)


@functools.lru_cache(maxsize=4)
def _corners(size: Size) -> Image.Image:
    disc = Image.radial_gradient("L").resize(size, Image.Resampling.BICUBIC)
    dark = disc.point([255 - round(max(0, value - 110) ** 1.25 * 0.055) for value in range(256)])
    return Image.merge("RGB", [dark] * 3)


def _flare(camera: Camera, strength: float) -> Image.Image:
    width, height = camera.size
    small = (width // 4, height // 4)
    light = Image.new("RGB", small, 0)
    pen = ImageDraw.Draw(light)
    sun = (small[0] * 0.71, small[1] * camera.terrain.skyline * 0.42)
    middle = (small[0] / 2, small[1] / 2)

    def disc(at: tuple[float, float], radius: float, colour: Colour) -> None:
        shade = shaded(colour, strength)
        pen.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=shade)

    disc(sun, small[1] * 0.34, (70, 48, 26))
    disc(sun, small[1] * 0.16, (130, 98, 60))
    disc(sun, small[1] * 0.055, (255, 244, 214))
    light = light.filter(ImageFilter.GaussianBlur(small[1] * 0.06))
    ghosts = Image.new("RGB", small, 0)
    pen = ImageDraw.Draw(ghosts)
    for share, radius, colour in (
        (0.75, 0.03, (52, 40, 20)),
        (1.35, 0.07, (22, 44, 34)),
        (1.7, 0.045, (48, 22, 34)),
        (2.0, 0.1, (18, 26, 44)),
    ):
        at = (sun[0] + (middle[0] - sun[0]) * share, sun[1] + (middle[1] - sun[1]) * share)
        disc(at, small[1] * radius, colour)
    light = ImageChops.add(light, ghosts.filter(ImageFilter.GaussianBlur(1.6)))
    core = Image.new("RGB", small, 0)
    pen = ImageDraw.Draw(core)
    disc(sun, small[1] * 0.028, (255, 255, 244))
    light = ImageChops.add(light, core.filter(ImageFilter.GaussianBlur(2)))
    return light.resize(camera.size, Image.Resampling.BICUBIC)


def _burn_in(picture: Image.Image, camera: Camera, captured_at: datetime) -> None:
    """The line of text that cameras write into their pictures."""
    width, height = picture.size
    font = ImageFont.load_default(round(height / 42))
    pen = ImageDraw.Draw(picture)
    zone = captured_at.strftime("%z")
    texts = [
        ((0.012, 0.018), f"{camera.name.upper()}  {camera.azimuth:03d}°", "la"),
        ((0.988, 0.018), f"{captured_at:%Y-%m-%d  %H:%M:%S} {zone[:3]}:{zone[3:]}", "ra"),
    ]
    for (x, y), text, anchor in texts:
        place = (width * x, height * y)
        pen.text(
            place,
            text,
            font=font,
            fill=(246, 246, 240),
            anchor=anchor,
            stroke_width=max(1, height // 540),
            stroke_fill=(20, 22, 24),
        )


def _exif(camera: Camera, captured_at: datetime) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Vigie"  # Make
    exif[0x0110] = "Made-up camera"  # Model
    exif[0x0131] = "demo/frames.py"  # Software
    exif[0x0112] = 1  # Orientation: upright
    zone = captured_at.strftime("%z")
    exif.get_ifd(0x8769).update(
        {0x9003: captured_at.strftime("%Y:%m:%d %H:%M:%S"), 0x9011: f"{zone[:3]}:{zone[3:]}"}
    )
    exif.get_ifd(0x8825).update(
        {
            1: "N" if camera.lat >= 0 else "S",
            2: _degrees(abs(camera.lat)),
            3: "E" if camera.lon >= 0 else "W",
            4: _degrees(abs(camera.lon)),
        }
    )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return (float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 2))


def _dimmed(factor: float) -> list[int]:
    return [round(min(1.0, factor) * value) for value in range(256)] * 3
