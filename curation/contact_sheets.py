"""Contact sheets: what a filter shows, on paper. Each media as its frame, its smallest shape magnified, and a caption.

The pictures are the ones that screens get, placed as they are: no stranger's bytes are decoded here. A page is made
when the one before has been sent, so that a sheet of any length needs the memory of one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial

from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, require_scope
from curation.browse import MAX_PAGE_SIZE, Count, count_matches, list_page
from curation.derived import crop, thumbnail
from curation.errors import ContentMissing, MediaNotFound, Refused
from curation.geometry import Box, crop_window
from curation.label_classes import list_label_classes
from curation.media_filter import MediaFilter
from curation.media_view import AnnotationView, MediaView, ShapeView
from curation.pdf import BOLD, Colour, Document, NotAJpeg, Page
from curation.serving import StoredPicture, get_picture
from curation.states import STATE_NAMES
from db.models import Access, State
from db.types import Sessions
from language import Language, _, day_and_month, number, plural, speaking
from storage import Bucket

MOST_MEDIA = 300

# A4 on its side, in points, with two columns of three.
WIDTH, HEIGHT, MARGIN = 842.0, 595.0, 30.0
COLUMNS, ROWS = 2, 3
TOP, GUTTER = 50.0, 18.0
CELL_WIDTH = (WIDTH - 2 * MARGIN - GUTTER) / COLUMNS
CELL_HEIGHT = (HEIGHT - TOP - MARGIN / 2) / ROWS
CROP_WIDTH = 135.0
FRAME_WIDTH = CELL_WIDTH - CROP_WIDTH - 6
# Eight pixels of a screen: below that nobody sees a shape.
SMALLEST_SHAPE = 6.0
INK, MUTE, GROUND, EDGE = (24, 27, 24), (98, 104, 98), (236, 237, 233), (20, 20, 20)
FALLBACK_COLOUR = "#808080"  # of a label class that is gone

Corners = tuple[float, float, float, float]
# Where the pictures of a page are: missing in the bucket, or None for what may not be seen any more.
LookUp = Callable[[Sequence[MediaView]], Mapping[int, StoredPicture | ContentMissing | None]]
# Told of each media that stands there without its picture, or without what it would show magnified, and of why.
NotDrawn = Callable[[int, ContentMissing], object]


@dataclass(frozen=True)
class SheetContent:
    """What a sheet will show: at most 300 media of all that match, in the filter's order."""

    wanted: MediaFilter
    media: Sequence[MediaView]
    count: Count
    names: Mapping[str, str]
    colours: Mapping[str, str]

    @property
    def said(self) -> str:
        """How many of how many: such as `the first 300 of 1,204 media`."""
        shown = len(self.media)
        if shown == self.count.value:
            return plural(shown, "{n} media", "{n} media")
        total = number(self.count.value) + ("+" if self.count.capped else "")
        return _("the first {n} of {total} media", n=shown, total=total)


def read_sheet(session: Session, access: Access, wanted: MediaFilter) -> SheetContent:
    """Read what a contact sheet of this filter shows. Raises NotAllowed, and Refused when nothing matches."""
    require_scope(access, *PEOPLE)
    media: list[MediaView] = []
    cursor = None
    while len(media) < MOST_MEDIA:
        limit = min(MAX_PAGE_SIZE, MOST_MEDIA - len(media))
        page = list_page(session, access, wanted, cursor, limit, answers=True)
        media.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    if not media:
        raise Refused("No media match these filters, so there is nothing to print. Take a filter away.")
    label_classes = list_label_classes(session, retired=True)
    return SheetContent(
        wanted,
        media,
        count_matches(session, access, wanted),
        {found.key: found.name for found in label_classes},
        {found.key: found.colour for found in label_classes},
    )


def draw_sheet(
    sessions: Sessions, bucket: Bucket, access: Access, content: SheetContent, zone: tzinfo, made_at: datetime
) -> Iterator[bytes]:
    """The sheet as a PDF, a page at a time; times are those of `zone`.

    Each media is looked up once more when its page is drawn: what was withdrawn meanwhile is not shown. Raises what
    the bucket raises when it is away.
    """
    said_of_making = _moment(made_at, zone)
    yield from _drawn(bucket, content, partial(_look_up, sessions, access), zone, said_of_making)


def draw_frozen_sheet(
    bucket: Bucket, content: SheetContent, look_up: LookUp, not_drawn: NotDrawn
) -> Iterator[bytes]:
    """The same of what was frozen before: nobody's language or zone, and no time of making, so that it never changes.

    Raises what the bucket raises when it is away.
    """
    pages = _drawn(bucket, content, look_up, UTC, "", not_drawn)
    while True:
        # Whoever takes the pages may speak another language between them.
        with speaking(Language.ENGLISH):
            page = next(pages, None)
        if page is None:
            return
        yield page


def _drawn(
    bucket: Bucket,
    content: SheetContent,
    look_up: LookUp,
    zone: tzinfo,
    made: str,
    not_drawn: NotDrawn = lambda media_id, missing: None,
) -> Iterator[bytes]:
    document = Document(_("Contact sheet: {what}", what=content.said))
    on_page = COLUMNS * ROWS
    pages = [content.media[start : start + on_page] for start in range(0, len(content.media), on_page)]
    yield document.begin()
    for place_of_page, shown in enumerate(pages, start=1):
        page = Page(WIDTH, HEIGHT)
        which = _("page {n} of {total}", n=place_of_page, total=len(pages))
        _draw_head(page, content, " · ".join(part for part in (made, which) if part))
        stored = look_up(shown)
        for place, media in enumerate(shown):
            left = MARGIN + (place % COLUMNS) * (CELL_WIDTH + GUTTER)
            top = TOP + (place // COLUMNS) * CELL_HEIGHT
            cell = _Cell(page, content, left, top)
            found = stored[media.id]
            if found is None:
                cell.say(_("This media is no longer shown."))
                continue
            problems = [
                cell.draw_frame(media, _thumbnail(bucket, found)),
                cell.draw_crop(media, bucket, found),
            ]
            for missing in problems:
                if missing is not None:
                    not_drawn(media.id, missing)
                    break
            cell.draw_caption(media, zone)
        yield b"".join(document.page(page))
    yield b"".join(document.end())


def _draw_head(page: Page, content: SheetContent, right: str) -> None:
    page.text(_("Contact sheet"), MARGIN, 30, 12, room=120, font=BOLD, colour=INK)
    page.text(content.said, MARGIN + 96, 30, 9, room=300, colour=MUTE)
    page.text(right, WIDTH - MARGIN - 190, 30, 9, room=190, colour=MUTE)
    filters = content.wanted.to_query().items()
    said = " · ".join(f"{name.replace('_', ' ')}: {', '.join(values)}" for name, values in filters)
    page.text(said, MARGIN, 41, 8, room=WIDTH - 2 * MARGIN, colour=MUTE)


def _look_up(
    sessions: Sessions, access: Access, shown: Sequence[MediaView]
) -> dict[int, StoredPicture | ContentMissing | None]:
    """Where the pictures of a page are: what is missing of the bucket is told from what this access may not see."""
    found: dict[int, StoredPicture | ContentMissing | None] = {}
    with sessions(read_only=True) as session:
        for media in shown:
            try:
                found[media.id] = get_picture(session, access, media.id)
            except ContentMissing as missing:
                found[media.id] = missing
            except MediaNotFound:
                found[media.id] = None
    return found


def _thumbnail(bucket: Bucket, found: StoredPicture | ContentMissing) -> bytes | ContentMissing:
    if isinstance(found, ContentMissing):
        return found
    try:
        return thumbnail(bucket, found.sha256, found.bucket_key)
    except ContentMissing as missing:
        return missing


@dataclass(frozen=True)
class _Cell:
    """The part of a page that one media has."""

    page: Page
    content: SheetContent
    left: float
    top: float

    def say(self, sentence: str) -> None:
        self.page.fill(self.left, self.top, FRAME_WIDTH, CROP_WIDTH, GROUND)
        self.page.text(
            sentence, self.left + 8, self.top + CROP_WIDTH / 2, 9, room=FRAME_WIDTH - 16, colour=MUTE
        )

    def draw_frame(self, media: MediaView, picture: bytes | ContentMissing) -> ContentMissing | None:
        """Why there is no picture, None when there is one."""
        width, height = media.width or 16, media.height or 9
        scale = min(FRAME_WIDTH / width, CROP_WIDTH / height)
        across, down = width * scale, height * scale
        left, top = self.left + (FRAME_WIDTH - across) / 2, self.top + (CROP_WIDTH - down) / 2
        self.page.fill(self.left, self.top, FRAME_WIDTH, CROP_WIDTH, GROUND)
        missing = self._place(picture, left, top, across, down)
        if missing is not None:
            self.say(_("The picture is not in the bucket."))
            return missing
        for shape in _shapes(media):
            self._outline(shape, (0, 0, 1, 1), left, top, across, down)
        return None

    def draw_crop(
        self, media: MediaView, bucket: Bucket, found: StoredPicture | ContentMissing
    ) -> ContentMissing | None:
        """Why the smallest shape is not shown magnified, None when it is or when there is none."""
        left = self.left + FRAME_WIDTH + 6
        self.page.fill(left, self.top, CROP_WIDTH, CROP_WIDTH, GROUND)
        shapes = _shapes(media)
        if not shapes or not media.width or not media.height:
            return None
        box = min((Box(*shape.box) for shape in shapes), key=lambda box: box.area)
        try:
            if isinstance(found, ContentMissing):
                raise found
            picture = crop(bucket, found.sha256, found.bucket_key, box, keep=True)
        except ContentMissing as missing:
            return missing
        problem = self._place(picture, left, self.top, CROP_WIDTH, CROP_WIDTH)
        if problem is not None:
            return problem
        window = crop_window(box, media.width, media.height).to_fractions(media.width, media.height)
        for shape in shapes:
            self._outline(shape, window, left, self.top, CROP_WIDTH, CROP_WIDTH)
        return None

    def draw_caption(self, media: MediaView, zone: tzinfo) -> None:
        below, room = self.top + CROP_WIDTH + 11, CELL_WIDTH
        self.page.text(
            media.file_name or _("media {id}", id=str(media.id)),
            self.left,
            below,
            9,
            room=FRAME_WIDTH,
            font=BOLD,
            colour=INK,
        )
        state = _(STATE_NAMES[State(media.state)])
        self.page.text(state, self.left + FRAME_WIDTH + 6, below, 9, room=CROP_WIDTH, colour=INK)
        captured = _moment(media.captured_at, zone) if media.captured_at else _("no capture time")
        if media.captured_at and media.captured_at_assumed:
            captured = _("{time} (zone assumed)", time=captured)
        azimuth = f"{media.azimuth:g}°" if media.azimuth is not None else None
        known = [media.source, azimuth, captured, _("media {id}", id=str(media.id))]
        self.page.text(
            " · ".join(part for part in known if part), self.left, below + 11, 8, room=room, colour=MUTE
        )
        said = answer_text(media.annotation, self.content.names)
        self.page.text(said, self.left, below + 22, 8, room=room, colour=INK)

    def _place(
        self, picture: bytes | ContentMissing, left: float, top: float, width: float, height: float
    ) -> ContentMissing | None:
        if isinstance(picture, ContentMissing):
            return picture
        try:
            self.page.picture(picture, left, top, width, height)
        except NotAJpeg:
            return ContentMissing("The stored picture is damaged and cannot be shown.")
        return None

    def _outline(
        self, shape: ShapeView, window: Corners, left: float, top: float, width: float, height: float
    ) -> None:
        points = outline_points(shape, window, width, height)
        if points:
            placed = [(left + x, top + y) for x, y in points]
            self.page.outline(placed, EDGE, 2.2)
            self.page.outline(placed, _colour(self.content.colours.get(shape.label_class)), 1.1)


def outline_points(
    shape: ShapeView, window: Corners, width: float, height: float
) -> list[tuple[float, float]]:
    """A shape as it is drawn into a window of its picture, `width` x `height` points: never below eight pixels.

    Empty when it lies outside of the window.
    """

    def placed(x: float, y: float) -> tuple[float, float]:
        across = (x - window[0]) / (window[2] - window[0]) * width
        down = (y - window[1]) / (window[3] - window[1]) * height
        return min(max(across, 0), width), min(max(down, 0), height)

    x_min, y_min, x_max, y_max = shape.box
    if x_max <= window[0] or x_min >= window[2] or y_max <= window[1] or y_min >= window[3]:
        return []
    (left, top), (right, bottom) = placed(x_min, y_min), placed(x_max, y_max)
    if shape.points and max(right - left, bottom - top) >= SMALLEST_SHAPE:
        return [placed(x, y) for x, y in shape.points]
    left, right = _widened(left, right, width)
    top, bottom = _widened(top, bottom, height)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _widened(low: float, high: float, limit: float) -> tuple[float, float]:
    length = max(SMALLEST_SHAPE, high - low)
    start = min(max((low + high - length) / 2, 0), limit - length)
    return start, start + length


def answer_text(annotation: AnnotationView | None, names: Mapping[str, str]) -> str:
    """What the current annotation says, in a line: `wildfire ×2, dust · low cloud` or `nothing here`."""
    if annotation is None:
        return _("not answered yet")
    if annotation.content == "file":
        return _("a file, as it was sent")
    drawn = Counter(names.get(shape.label_class, shape.label_class) for shape in annotation.shapes)
    shapes = ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in drawn.items())
    whole = ", ".join(names.get(key, key) for key in annotation.label_classes)
    parts = [shapes, _("whole picture: {names}", names=whole) if whole else ""]
    return " · ".join(part for part in parts if part) or _("nothing here")


def _shapes(media: MediaView) -> Sequence[ShapeView]:
    return media.annotation.shapes if media.annotation is not None else ()


def _colour(colour: str | None) -> Colour:
    digits = (colour or FALLBACK_COLOUR)[1:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _moment(moment: datetime, zone: tzinfo) -> str:
    """Such as `12 Aug 2026 19:42:08 CEST`."""
    local = moment.astimezone(zone)
    return f"{day_and_month(local)} {local:%Y %H:%M:%S %Z}"
