"""Shapes on pictures that a camera took lying on its side: some tools measure them as they are stored, some upright.

Which of both a file did, the size tells that it says: where both are the same nobody can know, and shapes stay as they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Size = tuple[int, int]

STORED = "Its shapes were measured on the picture as it is stored, lying on its side: they were turned upright with it."
OTHER_SIZE = "The file says that the picture has another size than it has here."

# Where a point of the stored picture is once it stands upright, by the EXIF orientation; both are fractions.
_UPRIGHT: dict[int, Callable[[float, float], tuple[float, float]]] = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}


def why_other_size(said: Size, upright: Size, orientation: int) -> str | None:
    """What there is to say of a size that a file states; None where it is that of the upright picture."""
    if said == upright:
        return None
    return STORED if orientation >= 5 and said == upright[::-1] else OTHER_SIZE


def turned_upright(answer: Mapping[str, Any], orientation: int) -> dict[str, Any]:
    """An answer as an entry keeps it, its shapes turned with the stored picture."""
    return {**answer, "shapes": [_turned(shape, orientation) for shape in answer["shapes"]]}


def _turned(shape: Mapping[str, Any], orientation: int) -> dict[str, Any]:
    turn = _UPRIGHT[orientation]
    x_min, y_min, x_max, y_max = shape["box"]
    across, down = zip(turn(x_min, y_min), turn(x_max, y_max), strict=True)
    turned = {**shape, "box": [min(across), min(down), max(across), max(down)]}
    if shape.get("points") is not None:
        turned["points"] = [list(turn(x, y)) for x, y in shape["points"]]
    return turned
