"""Thumbnails, screen sizes and crops with Pillow: upright, sRGB, without transparency and without metadata.

Runs inside the decoding child.
"""

from __future__ import annotations

import io

from PIL import Image, ImageCms

from curation.geometry import CropWindow

JPEG_QUALITY = {"thumb": 80, "screen": 85, "crop": 85}
# Around a crop that reaches outside its picture.
GROUND = (32, 34, 32)
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
    return _as_jpeg(_upright(_on_white(_in_srgb(small, profile)), orientation), quality)


def draw_crop(
    image: Image.Image, window: CropWindow, longest: int, quality: int, orientation: int, comment: str
) -> bytes:
    """A window of the upright picture as a JPEG of `longest` pixels a side, magnified where it has fewer.

    `comment` goes into the file.
    """
    profile = image.info.get("icc_profile")
    width, height = upright_size(image.size, orientation)
    left, top = max(0, window.left), max(0, window.top)
    right, bottom = min(width, window.left + window.side), min(height, window.top + window.side)
    scale = longest / window.side
    if scale < 1:
        image.draft(None, fitted_size(image.size, round(max(image.size) * scale)))
    image = _resizable(image)
    # What is drawn lies in the stored picture as the camera held it, and may have been decoded at a fraction.
    x_min, y_min, x_max, y_max = _stored_part(
        (left / width, top / height, right / width, bottom / height), orientation
    )
    across, down = image.size
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    piece = image.resize(
        upright_size(size, orientation),
        Image.Resampling.LANCZOS,
        box=(x_min * across, y_min * down, x_max * across, y_max * down),
        reducing_gap=REDUCING_GAP,
    )
    piece = _upright(_on_white(_in_srgb(piece, profile)), orientation)
    if size != (longest, longest):
        ground = Image.new("RGB", (longest, longest), GROUND)
        ground.paste(piece, (round((left - window.left) * scale), round((top - window.top) * scale)))
        piece = ground
    return _as_jpeg(piece, quality, comment)


def _stored_part(
    part: tuple[float, float, float, float], orientation: int
) -> tuple[float, float, float, float]:
    """A part of the upright picture, two corners as fractions, in the picture as it is stored."""
    across, down = (part[0], part[2]), (part[1], part[3])
    if orientation >= 5:
        across, down = down, across
    if orientation in (2, 3, 7, 8):
        across = (1 - across[1], 1 - across[0])
    if orientation in (3, 4, 6, 7):
        down = (1 - down[1], 1 - down[0])
    return across[0], down[0], across[1], down[1]


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def _as_jpeg(image: Image.Image, quality: int, comment: str | None = None) -> bytes:
    image.info = {}  # Pillow would write the comment of the original into the new file
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **({"comment": comment} if comment else {}))
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
