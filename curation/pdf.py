"""A PDF written page by page: JPEG pictures as they are, lines and a little text (ISO 32000-1).

Nothing is decoded and nothing is kept but the places of objects, so that a document of any length needs the memory
of one page. Places are points (1/72 inch) from the upper left corner, as on a screen.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Colour = tuple[int, int, int]
# The fonts that every reader has; their width per character is about this share of the size.
PLAIN, BOLD = "F1", "F2"
_WIDTH = {PLAIN: 0.5, BOLD: 0.55}
_COLOUR_SPACES = {1: b"/DeviceGray", 3: b"/DeviceRGB", 4: b"/DeviceCMYK"}


class NotAJpeg(Exception):
    """The bytes do not begin as a JPEG does."""


@dataclass
class Page:
    """One page while it is drawn on."""

    width: float
    height: float
    _drawn: list[str] = field(default_factory=list)
    _pictures: list[bytes] = field(default_factory=list)

    def picture(self, jpeg: bytes, left: float, top: float, width: float, height: float) -> None:
        """Place a JPEG. Raises NotAJpeg."""
        _jpeg_facts(jpeg)
        self._pictures.append(jpeg)
        place = f"{_n(width)} 0 0 {_n(height)} {_n(left)} {_n(self.height - top - height)}"
        self._draw(f"q {place} cm /P{len(self._pictures)} Do Q")

    def fill(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        self._draw(
            f"{_rgb(colour)} rg {_n(left)} {_n(self.height - top - height)} {_n(width)} {_n(height)} re f"
        )

    def outline(self, points: Sequence[tuple[float, float]], colour: Colour, thickness: float) -> None:
        """A closed line through these points."""
        path = " ".join(
            f"{_n(x)} {_n(self.height - y)} {'m' if place == 0 else 'l'}"
            for place, (x, y) in enumerate(points)
        )
        self._draw(f"{_rgb(colour)} RG {_n(thickness)} w 1 j {path} s")

    def text(
        self,
        said: str,
        left: float,
        baseline: float,
        size: float,
        *,
        room: float,
        font: str = PLAIN,
        colour: Colour = (0, 0, 0),
    ) -> None:
        """One line of text, cut where its `room` ends. Letters that the font lacks become question marks."""
        most = max(1, int(room / (size * _WIDTH[font])))
        shown = said if len(said) <= most else f"{said[: most - 1].rstrip()}…"
        shown = "".join(letter if letter.isprintable() else " " for letter in shown)
        written = shown.replace("\u202f", "\xa0").encode("cp1252", "replace")
        for special in (b"\\", b"(", b")"):
            written = written.replace(special, b"\\" + special)
        self._draw(
            # Wide letters may need more than the average: nothing is drawn beyond the room.
            f"q {_n(left)} {_n(self.height - baseline - size)} {_n(room)} {_n(2.5 * size)} re W n"
            f" BT {_rgb(colour)} rg /{font} {_n(size)} Tf {_n(left)} {_n(self.height - baseline)} Td"
            f" ({written.decode('latin-1')}) Tj ET Q"
        )

    def _draw(self, operators: str) -> None:
        self._drawn.append(operators)


class Document:
    """Gives the bytes of a PDF piece by piece: `page` for each page, then `end`."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._size = 0
        self._places: dict[int, int] = {}
        self._pages: list[int] = []
        self._next = 5  # 1 catalogue, 2 list of pages, 3 and 4 fonts

    def begin(self) -> bytes:
        self._size = 0
        return self._counted(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def page(self, page: Page) -> Iterator[bytes]:
        """What a finished page adds to the file."""
        names = []
        for place, jpeg in enumerate(page._pictures, start=1):
            width, height, components = _jpeg_facts(jpeg)
            number = self._number()
            head = (
                b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %b /BitsPerComponent 8"
                b" /Filter /DCTDecode" % (width, height, _COLOUR_SPACES[components])
            )
            yield self._stream(number, head, jpeg)
            names.append(b"/P%d %d 0 R" % (place, number))
        content = self._number()
        drawn = zlib.compress("\n".join(page._drawn).encode("latin-1"))
        yield self._stream(content, b"<< /Filter /FlateDecode", drawn)
        number = self._number()
        self._pages.append(number)
        yield self._object(
            number,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %b %b] /Contents %d 0 R /Resources"
            b" << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << %b >> >> >>"
            % (_n(page.width).encode(), _n(page.height).encode(), content, b" ".join(names)),
        )

    def end(self) -> Iterator[bytes]:
        """What closes the file."""
        yield self._object(1, b"<< /Type /Catalog /Pages 2 0 R >>")
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        yield self._object(2, b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(self._pages)))
        for number, name in ((3, b"Helvetica"), (4, b"Helvetica-Bold")):
            yield self._object(
                number,
                b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>" % name,
            )
        about = self._number()
        title = self._title.encode("utf-16-be").hex().upper().encode()
        yield self._object(about, b"<< /Title <FEFF%b> /Producer (Vigie) >>" % title)
        start = self._size
        yield b"xref\n0 %d\n0000000000 65535 f \n" % self._next
        for number in range(1, self._next):
            yield b"%010d 00000 n \n" % self._places[number]
        yield (
            b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (self._next, about, start)
        )

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _stream(self, number: int, head: bytes, content: bytes) -> bytes:
        return self._object(
            number, b"%b /Length %d >>\nstream\n%b\nendstream" % (head, len(content), content)
        )

    def _object(self, number: int, body: bytes) -> bytes:
        self._places[number] = self._size
        return self._counted(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _counted(self, piece: bytes) -> bytes:
        self._size += len(piece)
        return piece


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _rgb(colour: Colour) -> str:
    return " ".join(_n(part / 255) for part in colour)


def _jpeg_facts(jpeg: bytes) -> tuple[int, int, int]:
    """Width, height and number of colours, from the frame header (ISO 10918-1, B.2.2). Raises NotAJpeg."""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and at + 10 <= len(jpeg) and jpeg[at] == 0xFF:
        kind = jpeg[at + 1]
        if kind in (0xC0, 0xC1, 0xC2):
            height, width, components = struct.unpack(">HHB", jpeg[at + 5 : at + 10])
            if components in _COLOUR_SPACES:
                return width, height, components
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    raise NotAJpeg("There is no frame header.")
