"""ZIP archives that climb, link, burst, lie, or hold a thousand times the same."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator

from tests.factories import a_jpeg
from tests.hostile.items import Content, Ends

TAKEN, REFUSED, EITHER = Ends.TAKEN, Ends.REFUSED, Ends.EITHER
Entry = tuple[str | zipfile.ZipInfo, bytes]


def zipped(*entries: Entry, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def archives() -> Iterator[Content]:
    """Every hostile archive. TAKEN where at least one picture in it must be registered."""
    good = ("good.jpg", a_jpeg())
    for name, path in {
        "climbs": "../climbs.jpg",
        "climbs in the middle": "a/../../climbs.jpg",
        "climbs by backslashes": "..\\..\\climbs.jpg",
        "is absolute": "/etc/climbs.jpg",
        "is on a drive": "C:/climbs.jpg",
        "is on another machine": "//host/share/climbs.jpg",
    }.items():
        yield Content(f"an entry that {name}", zipped(good, (path, a_jpeg())))
    yield Content("an entry called by a newline", zipped(("a\nb.jpg", a_jpeg())))
    yield Content("an entry of 60,000 letters", zipped(("x" * 60_000, a_jpeg())))
    yield Content("an entry called by a space", zipped((" ", a_jpeg())))
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    yield Content("a symbolic link", zipped((link, b"/etc/passwd")))
    device = zipfile.ZipInfo("device.jpg")
    device.external_attr = (stat.S_IFCHR | 0o666) << 16
    yield Content("a device", zipped((device, b"")))
    yield from _too_much()
    yield Content("the same name twice", _twice("a.jpg", "a.jpg"), TAKEN)
    yield Content("names equal but for case", _twice("a.jpg", "A.JPG"), TAKEN)
    yield Content("names equal but for their composition", _twice("é.jpg", "e\u0301.jpg"), TAKEN)
    yield Content("an archive in an archive", zipped(("inner.zip", zipped(good))))
    yield Content("a file of settings", zipped(("data.yaml", b"!!python/object/apply:os.system ['id']")))
    yield Content(
        "HTML, SVG and a program", zipped(("a.html", b"<script>"), ("a.svg", b"<svg/>"), ("a", b"MZ"))
    )
    yield from _damaged()
    yield from _no_zip()


def _twice(first: str, second: str) -> bytes:
    """Two entries; written under another name of the same length, since `zipfile` warns of equal ones."""
    other = "?" * len(second.encode())
    return zipped((first, a_jpeg()), (other, a_jpeg())).replace(other.encode(), second.encode())


def _too_much() -> Iterator[Content]:
    yield Content("2,001 files", zipped(*((f"{number}.jpg", b"") for number in range(2_001))))
    yield Content("50,000 files", zipped(*((f"{number}", b"") for number in range(50_000))))
    yield Content("300 MB of zeros", zipped(("bomb.jpg", bytes(300_000_000))))
    yield Content("a bomb by BZIP2", zipped(("bomb.jpg", bytes(200_000_000)), how=zipfile.ZIP_BZIP2))
    yield Content("a bomb by LZMA", zipped(("bomb.jpg", bytes(200_000_000)), how=zipfile.ZIP_LZMA))
    # It says that it holds 1,000 bytes.
    bomb = bytearray(zipped(("bomb.jpg", bytes(100_000_000))))
    small = struct.pack("<I", 1_000)
    central = bomb.rindex(b"PK\1\2")
    bomb[22:26] = bomb[central + 24 : central + 28] = small
    yield Content("a bomb that says it is small", bytes(bomb))
    yield Content("files one over the other", _overlapping())


def _overlapping() -> bytes:
    """Two hundred entries that are all the same bytes of the file (as in Fifield's “A better zip bomb”)."""
    one = zipped(("0.jpg", bytes(10_000_000)))
    at = one.index(b"PK\1\2")
    entry, end = one[at : one.index(b"PK\5\6")], one[one.index(b"PK\5\6") :]
    directory = entry * 200
    return one[:at] + directory + end[:8] + struct.pack("<HHII", 200, 200, len(directory), at) + end[20:]


def _damaged() -> Iterator[Content]:
    whole = zipped(("a.jpg", a_jpeg()), ("b.jpg", a_jpeg()))
    yield Content("cut short", whole[:-30])
    yield Content("only its end", whole[whole.index(b"PK\5\6") :], EITHER)
    flipped = bytearray(whole)
    flipped[80] ^= 0xFF
    yield Content("a damaged entry", bytes(flipped), EITHER)
    locked = bytearray(zipped(("a.jpg", a_jpeg())))
    locked[6] |= 1
    locked[locked.rindex(b"PK\1\2") + 8] |= 1
    yield Content("an encrypted entry", bytes(locked))
    unknown = bytearray(zipped(("a.jpg", a_jpeg())))
    unknown[8] = unknown[unknown.rindex(b"PK\1\2") + 10] = 97
    yield Content("packed by nobody knows what", bytes(unknown))
    far = bytearray(zipped(("a.jpg", a_jpeg())))
    end = far.rindex(b"PK\5\6")
    far[end + 16 : end + 20] = b"\xff\xff\xff\x7f"
    yield Content("a directory that is elsewhere", bytes(far))
    yield Content("a ZIP behind a program", b"MZ" + bytes(3_000) + zipped(("a.jpg", a_jpeg())), TAKEN)
    nul = zipped(("aXb.jpg", a_jpeg())).replace(b"aXb.jpg", b"a\0b.jpg")
    yield Content("a name with NUL", nul)


def _no_zip() -> Iterator[Content]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("a.jpg"), io.BytesIO(b""))
    yield Content("a tar", out.getvalue())
    yield Content("no byte", b"")
    yield Content("nothing but an end", b"PK\5\6" + bytes(18))
    yield Content("a picture", a_jpeg())
    yield Content("RAR", b"Rar!\x1a\7\0" + bytes(300))
    yield Content("many ends", b"PK\5\6" * 50_000)
