"""Thumbnails in one component, and one media large: what Browse shows of pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from components.bundle import mount_bundle
from curation.geometry import Box, crop_window
from curation.media_view import MediaView, ShapeView
from curation.neighbours import Neighbour
from curation.prediction_view import PredictedShapeView
from curation.states import STATE_NAMES
from language import _, current

Size = Literal["S", "M", "L"]
SIZES: tuple[Size, ...] = ("S", "M", "L")
FALLBACK_COLOUR = "#808080"  # of a label class that is gone; shapes are never drawn invisible


@dataclass(frozen=True)
class Selection:
    """Ids selected within one filter. Python raises `version` when it changes them itself."""

    scope: str = ""
    ids: tuple[int, ...] = ()
    version: int = 0


def media_grid(
    items: Sequence[MediaView],
    shapes: Mapping[int, Sequence[ShapeView]],
    colours: Mapping[str, str],
    *,
    page: str,
    size: Size,
    crops: bool,
    with_shapes: bool,
    selection: Selection,
    focus: int | None,
    on_open: Callable[[int], None],
    on_select: Callable[[str, tuple[int, ...]], None],
    key: str = "media_grid",
) -> None:
    """Show a page of thumbnails; `on_open` gets the media that was opened, `on_select` a scope and its ids.

    `shapes` by media id are drawn over the pictures `with_shapes`; `colours` by label class key. With `crops` the
    smallest shape stands magnified in place of its frame, where there is one.
    `page` tells one page of the list from another, so that a new one begins at its top.
    """
    data = {
        "view": "grid",
        "items": [
            _tile(item, shapes.get(item.id, ()) if with_shapes else (), colours)
            | {"crop": _smallest_crop(item, shapes.get(item.id, ())) if crops else None}
            for item in items
        ],
        "crops": crops,
        "page": page,
        "size": size,
        "scope": selection.scope,
        "selected": list(selection.ids),
        "selection_version": selection.version,
        "focus": focus,
    }

    def opened() -> None:
        if (media_id := _number(st.session_state[key].get("open"))) is not None:
            on_open(media_id)

    def selected() -> None:
        told = st.session_state[key].get("selected")
        if isinstance(told, dict) and isinstance(told.get("ids"), list):
            numbers = (_number(value) for value in told["ids"])
            on_select(str(told.get("scope", "")), tuple(number for number in numbers if number is not None))

    _mount(data, key, on_open_change=opened, on_selected_change=selected)


def media_view(
    media: MediaView,
    shapes: Sequence[ShapeView],
    colours: Mapping[str, str],
    names: Mapping[str, str],
    *,
    predicted: Sequence[tuple[PredictedShapeView, str]] = (),
    previous: MediaView | None,
    following: MediaView | None,
    neighbours: Sequence[Neighbour],
    on_open: Callable[[int], None],
    on_close: Callable[[], None],
    key: str = "media_view",
) -> None:
    """Show one media large with shapes and the frames around it; arrow keys step, Escape closes.

    What is `predicted`, each with the name it bears, is drawn dashed, and can be hidden apart from the shapes.
    """
    data = {
        "view": "media",
        "media": _tile(media, (), colours),
        "shapes": [
            _shape(shape, colours) | {"name": names.get(shape.label_class), "crop": _crop(media, shape)}
            for shape in shapes
        ],
        "predicted": [
            _shape(shape, colours) | {"name": name, "predicted": True} for shape, name in predicted
        ],
        "previous": _tile(previous, (), colours) if previous else None,
        "next": _tile(following, (), colours) if following else None,
        "neighbours": [
            {
                "id": frame.id,
                "captured_at": frame.captured_at.isoformat() if frame.captured_at else None,
                "state_name": _state_name(frame.state),
                "shapes": len(frame.shapes),
            }
            for frame in neighbours
        ],
    }

    def opened() -> None:
        if (media_id := _number(st.session_state[key].get("open"))) is not None:
            on_open(media_id)

    _mount(data, key, on_open_change=opened, on_close_change=on_close)


def _mount(data: dict[str, Any], key: str, **callbacks: Callable[[], None]) -> None:
    mount_bundle("media_grid")(data=data | {"language": current().value}, key=key, **callbacks)


def _tile(item: MediaView, shapes: Sequence[ShapeView], colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": item.id,
        "file_name": item.file_name or _("media {id}", id=str(item.id)),
        "state": item.state,
        "state_name": _state_name(item.state),
        # Without content there is no size yet; any format will do for an empty tile.
        "width": item.width or 16,
        "height": item.height or 9,
        "source": item.source,
        "captured_at": item.captured_at.isoformat() if item.captured_at else None,
        "captured_at_assumed": item.captured_at_assumed,
        "type": item.type,
        "duration": item.duration,
        "playable": item.playable,
        "frame_rate": getattr(item, "frame_rate", None),
        "bucket_key": getattr(item, "bucket_key", None),
        "sized": item.width is not None,
        "gone": _("Content deleted") if item.purged_at is not None else None,
        "shapes": [_shape(shape, colours) for shape in shapes],
    }


def _shape(shape: ShapeView | PredictedShapeView, colours: Mapping[str, str]) -> dict[str, Any]:
    # Five digits are a hundredth of a pixel on any screen.
    return {
        "box": [round(number, 5) for number in shape.box],
        "points": [[round(x, 5), round(y, 5)] for x, y in shape.points] if shape.points else None,
        "colour": colours.get(shape.label_class, FALLBACK_COLOUR),
    }


def _smallest_crop(item: MediaView, shapes: Sequence[ShapeView]) -> dict[str, Any] | None:
    return _crop(item, min(shapes, key=_area)) if shapes else None


def _crop(item: MediaView, shape: ShapeView) -> dict[str, Any] | None:
    """What to ask for to see a shape magnified, and which part of the picture that will show."""
    if not item.width or not item.height:
        return None
    window = crop_window(Box(*shape.box), item.width, item.height).to_fractions(item.width, item.height)
    return {
        "box": ",".join(str(number) for number in shape.box),
        "window": [round(number, 5) for number in window],
    }


def _area(shape: ShapeView) -> float:
    return Box(*shape.box).area


def _state_name(state: str) -> str:
    return _({known.value: name for known, name in STATE_NAMES.items()}.get(state, state))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
