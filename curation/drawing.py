"""Thumbnails and screen sizes with Pillow: upright, sRGB, without transparency and without metadata.

Runs inside the decoding child.
"""

from __future__ import annotations

import io

from PIL import Image, ImageCms

JPEG_QUALITY = {"thumb": 80, "screen": 85}
# Averaging whole blocks first down to 1.5 times the size costs a third of filtering every pixel, and looks the same.
REDUCING_GAP = 1.5
Transpose = Image.Transpose

# What makes a picture upright, by its EXIF orientation.
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Width and height once the picture stands upright."""
    return (size[1], size[0]) if orientation >= 5 else size


def fitted_size(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size that fits a square of `longest` pixels, never enlarged, never thinner than one pixel."""
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def draw_small(image: Image.Image, longest: int, quality: int, orientation: int) -> bytes:
    """A JPEG of at most `longest` pixels a side.

    An image that is not decoded yet is decoded at a fraction of its size where the format allows (JPEG `draft`).
    """
    profile = image.info.get("icc_profile")
    target = fitted_size(image.size, longest)
    image.draft(None, target)  # does nothing once decoded, and nothing but for JPEG
    small = _shrunk(image, target)
    small = _on_white(_in_srgb(small, profile))
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    small.info = {}  # Pillow would write the comment of the original into the new file
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _shrunk(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    image = _resizable(image)
    if image.size == target:
        return image
    return image.resize(target, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)


def _resizable(image: Image.Image) -> Image.Image:
    """The image in a mode whose values can be averaged: palettes and single bits cannot, 16 bits become 8."""
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        # Pillow clips when it converts 16 bits to 8, which turns a picture white; the upper byte is what is meant.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    has_clear_colour = "transparency" in image.info
    if image.mode in ("P", "PA", "1") or has_clear_colour:
        return image.convert(
            "RGBA" if has_clear_colour or image.mode == "PA" else "L" if image.mode == "1" else "RGB"
        )
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as a browser shows them that honours the profile; a profile that makes no sense is ignored."""
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            converted.info.pop("icc_profile", None)
            return converted
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "La", "RGBa"):
        clear = image.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return image if image.mode in ("RGB", "L") else image.convert("RGB")
