"""Camera frames as they come: JPEGs of 1920 x 1080 and about 470 KB, drawn by code, no two alike."""

from __future__ import annotations

import functools
import io

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1920, 1080)
VARIANTS = 6


@functools.cache
def _drawn(variant: int) -> bytes:
    """Sky over hills with grain: what makes a camera's JPEG large is its noise."""
    picture = Image.new("RGB", SIZE, (150, 175, 205))
    draw = ImageDraw.Draw(picture)
    for hill in range(4):
        crest = [
            (x, 480 + 130 * hill + (x * (7 + variant + hill) // 40) % 90) for x in range(0, SIZE[0] + 96, 96)
        ]
        shade = 110 - 22 * hill
        draw.polygon([*crest, (SIZE[0], SIZE[1]), (0, SIZE[1])], fill=(shade, shade + 14, shade - 8))
    draw.ellipse((900 + 40 * variant, 380, 960 + 40 * variant, 470), fill=(215, 215, 218))
    picture = picture.filter(ImageFilter.GaussianBlur(2))
    grain = Image.effect_noise(SIZE, 14)
    picture = ImageChops.add(picture, Image.merge("RGB", [grain] * 3), scale=1, offset=-128)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=72)
    return content.getvalue()


def jpeg(number: int) -> bytes:
    """One of six pictures with the number in a comment: other bytes, the same work."""
    content = _drawn(number % VARIANTS)
    comment = f"frame {number}".encode()
    # Behind the start mark; its length counts the two bytes of the length (ISO 10918-1, B.2.4.5).
    return content[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + content[2:]
