"""Views of cameras, drawn by code: hills and sky, the noise of a sensor, a clock burnt in."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

SIZE = (640, 480)


def a_view(
    scene: int = 1,
    *,
    noise: int | None = None,
    clock: str | None = None,
    size: tuple[int, int] = SIZE,
    quality: int = 90,
    orientation: int | None = None,
) -> bytes:
    """A JPEG of a scene; `noise` is the seed of one exposure's, and the same bytes come out each time."""
    drawn = np.random.default_rng(scene).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    picture = Image.fromarray(drawn).resize(SIZE, Image.Resampling.BICUBIC)
    if noise is not None:
        # Lights drift with the clouds, and every pixel has a noise of its own.
        rng = np.random.default_rng(noise)
        clouds = Image.fromarray(rng.integers(118, 138, (9, 12), dtype=np.uint8))
        drift = np.asarray(clouds.resize(SIZE, Image.Resampling.BICUBIC), dtype=float)[..., None] - 128
        exposed = np.asarray(picture, dtype=float) + drift + rng.normal(0, 3, (SIZE[1], SIZE[0], 3))
        picture = Image.fromarray(np.clip(exposed, 0, 255).astype(np.uint8))
    if clock is not None:
        ImageDraw.Draw(picture).text((12, 8), clock, fill="white", font_size=12)
    picture = picture.resize(size) if size != SIZE else picture
    exif = Image.Exif()
    if orientation == 6:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = 6
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=quality, exif=exif)
    return content.getvalue()
