"""Requests that are no good requests: bytes by hand, as no library would send them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

from tests.factories import a_jpeg
from tests.hostile.items import Ending, Ends, Item, asked
from tests.hostile.target import Target

TAKEN, REFUSED, EITHER = Ends.TAKEN, Ends.REFUSED, Ends.EITHER
FILE = b'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
MULTIPART = "multipart/form-data; boundary=x"


def part(head: bytes, content: bytes) -> bytes:
    return b"--x\r\n" + head + content + b"\r\n"


def bodies() -> Iterator[Item]:
    yield from _json()
    yield from _multipart()
    yield from _requests()


def _json() -> Iterator[Item]:
    for name, body in {
        "UTF-8 that is none": b'{"text": "\xff\xfe"}',
        "half of it": b'{"text": "x',
        "nothing": b"",
        "NaN": b"NaN",
        "a list": b"[]",
        "10,000 floors": b'{"text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "900,000 floors": b"[" * 900_000,
        "a number of 100,000 digits": b'{"text": ' + b"1" * 100_000 + b"}",
        "a name twice": b'{"text": "a", "text": 7}',
        "a prototype": b'{"text": "a", "__proto__": {"scope": "admin"}}',
        "over 1 MiB": b'{"text": "' + b"x" * 2**20 + b'"}',
        "over 1 MiB of spaces": b" " * (2**20 + 1) + b'{"text": "x"}',
        "a pickle": b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x02os\x8c\x06system\x93.",
    }.items():
        headers = {"Content-Type": "application/json"}
        yield asked(
            "bytes",
            f"JSON: {name}",
            REFUSED,
            "POST",
            "/media/{media}/comments",
            content=body,
            headers=headers,
        )
    # Python's reader tells UTF-16 by itself, which harms nobody.
    yield asked(
        "bytes",
        "JSON: UTF-16",
        TAKEN,
        "POST",
        "/media/{media}/comments",
        content='{"text": "x"}'.encode("utf-16"),
        headers={"Content-Type": "application/json"},
    )
    packed = gzip.compress(json.dumps({"text": "packed"}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    yield asked(
        "bytes", "JSON by gzip", REFUSED, "POST", "/media/{media}/comments", content=packed, headers=headers
    )
    for kind in ("text/plain", "application/xml", "application/x-yaml", "x" * 8_000, ""):
        headers = {"Content-Type": kind}
        yield asked(
            "bytes",
            f"JSON called {kind[:20]!r}",
            EITHER,
            "POST",
            "/media/{media}/comments",
            content=b'{"text": "as JSON"}',
            headers=headers,
        )


def _multipart() -> Iterator[Item]:
    picture, end = a_jpeg(), b"--x--\r\n"
    whole = part(FILE, picture)
    for name, kind, body in (
        ("no boundary", "multipart/form-data", whole + end),
        ("a boundary of nothing", "multipart/form-data; boundary=", whole + end),
        ("a boundary of 10,000 letters", "multipart/form-data; boundary=" + "x" * 10_000, whole + end),
        ("another boundary", "multipart/form-data; boundary=other", whole + end),
        ("no end", MULTIPART, whole),
        ("nothing", MULTIPART, b""),
        ("only an end", MULTIPART, end),
        ("no part called file", MULTIPART, part(FILE.replace(b'"file"', b'"other"'), picture) + end),
        ("two files", MULTIPART, whole + part(FILE, a_jpeg()) + end),
        ("the same field twice", MULTIPART, _field(b"source", b"a") * 2 + whole + end),
        ("10,000 parts", MULTIPART, b"".join(_field(b"f%d" % n, b"x") for n in range(10_000)) + whole + end),
        ("a field of 1 MB", MULTIPART, _field(b"source", b"x" * 1_000_000) + whole + end),
        ("a field that is no text", MULTIPART, _field(b"source", b"\xff\xfe") + whole + end),
        ("a field with NUL", MULTIPART, _field(b"source", b"a\0b") + whole + end),
        ("a field nobody knows", MULTIPART, _field(b"scope", b"admin") + whole + end),
        ("a head of 1 MB", MULTIPART, part(b"X: " + b"x" * 1_000_000 + b"\r\n" + FILE, picture) + end),
        ("10,000 heads", MULTIPART, part(b"X: y\r\n" * 10_000 + FILE, picture) + end),
        ("a head without a colon", MULTIPART, part(b"nonsense\r\n" + FILE, picture) + end),
        ("a name that is no text", MULTIPART, part(FILE.replace(b"a.jpg", b"\xff\xfe.jpg"), picture) + end),
        ("a name with an escaped newline", MULTIPART, part(FILE.replace(b"a.jpg", b"a%0Ab.jpg"), picture) + end),
        ("no disposition", MULTIPART, part(b"\r\n", picture) + end),
        ("parts in parts", MULTIPART, part(b"Content-Type: multipart/mixed; boundary=y\r\n" + FILE, b"--y--") + end),
        ("a form", "application/x-www-form-urlencoded", b"file=a"),
        ("JSON", "application/json", b"{}"),
    ):  # fmt: skip
        yield asked(
            "bytes",
            f"multipart: {name}",
            REFUSED,
            "POST",
            "/uploads",
            content=body,
            headers={"Content-Type": kind},
        )
    packed = {"Content-Type": MULTIPART, "Content-Encoding": "gzip"}
    yield asked(
        "bytes",
        "multipart by gzip",
        REFUSED,
        "POST",
        "/uploads",
        content=gzip.compress(whole + end),
        headers=packed,
    )
    behind = whole + end + b"more" * 1_000
    yield asked(
        "bytes",
        "multipart: more behind its end",
        EITHER,
        "POST",
        "/uploads",
        content=behind,
        headers={"Content-Type": MULTIPART},
    )
    for name, key in {
        "of nothing": "",
        "of 5,000 letters": "k" * 5_000,
        "of spaces": "a b",
        "with a tab": "a\tb",
    }.items():
        headers = {"Idempotency-Key": key}
        ends = TAKEN if key == "a b" else REFUSED
        yield asked(
            "bytes",
            f"a key {name}",
            ends,
            "POST",
            "/uploads",
            files={"file": ("a.jpg", a_jpeg())},
            headers=headers,
        )
    for name, digest in {"short": "ab", "no digits": "x" * 64, "another": "0" * 64}.items():
        data = {"sha256": digest}
        yield asked(
            "bytes",
            f"a digest: {name}",
            REFUSED,
            "POST",
            "/uploads",
            files={"file": ("a.jpg", a_jpeg())},
            data=data,
        )
    for field, value in {
        "lat": "nan", "lon": "1e3", "azimuth": "-1", "captured_at": "0000-00-00", "timezone": "../../etc/passwd",
        "sequence": "a\nb", "tags": ";".join("abcdefghijklmnopqrstuvwxyz0123456789"), "source": "\u202ex",
    }.items():  # fmt: skip
        yield asked(
            "bytes",
            f"the field {field}",
            REFUSED,
            "POST",
            "/uploads",
            files={"file": ("a.jpg", a_jpeg())},
            data={field: value},
        )


def _field(name: bytes, value: bytes) -> bytes:
    return part(b'Content-Disposition: form-data; name="' + name + b'"\r\n\r\n', value)


def _requests() -> Iterator[Item]:
    """HTTP itself, written by hand."""
    picture = part(FILE, a_jpeg()) + b"--x--\r\n"
    length = b"Content-Length: %d\r\n" % len(picture)
    kind = b"Content-Type: multipart/form-data; boundary=x\r\n"
    cases: dict[str, bytes] = {
        "a length that is too small": _post(kind + b"Content-Length: 50\r\n") + picture,
        "a length below nothing": _post(kind + b"Content-Length: -1\r\n") + picture,
        "a length that is no number": _post(kind + b"Content-Length: many\r\n") + picture,
        "two lengths": _post(kind + length + b"Content-Length: 5\r\n") + picture,
        "a length and chunks": _post(kind + length + b"Transfer-Encoding: chunked\r\n")
        + b"5\r\nhello\r\n0\r\n\r\n",
        "a length of 2 to the 63": _post(kind + b"Content-Length: 9223372036854775807\r\n"),
        "chunks of no size": _post(kind + b"Transfer-Encoding: chunked\r\n") + b"zz\r\n",
        "a chunk of 2 to the 64": _post(kind + b"Transfer-Encoding: chunked\r\n") + b"ffffffffffffffff\r\n",
        "an unknown encoding": _post(kind + b"Transfer-Encoding: gzip, chunked\r\n") + b"0\r\n\r\n",
        "heads of 64 kB": _post(b"X-Long: " + b"x" * 65_536 + b"\r\n"),
        "10,000 heads": _post(b"X: y\r\n" * 10_000),
        "a head with a newline inside": _post(b"X-A: b\n c\r\n" + length),
        "a path of 60 kB": b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        "a path with NUL": b"GET /media/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "a path that is no text": b"GET /media/%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
        "a path that climbs": b"GET /links/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        "no host": b"GET /media/ HTTP/1.1\r\n\r\n",
        "two hosts": b"GET /media/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "a method nobody knows": b"BREW /media/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "TRACE": b"TRACE /media/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT": b"CONNECT example.org:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "HTTP 9": b"GET / HTTP/9.9\r\n\r\n",
        "no HTTP": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(200),
        "a credential of 16 kB": b"GET /media/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + b"x" * 16_384
        + b"\r\n\r\n",
        "a credential that is no text": b"GET /media/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        "a cookie that is none": b"GET /api/media/ HTTP/1.1\r\nHost: x\r\nCookie: \xff=;;;=\x01\r\n\r\n",
        "a range of nonsense": b"GET /health HTTP/1.1\r\nHost: x\r\nRange: bytes=-0,9-1,99999999999999999999-\r\n\r\n",
    }
    for door in ("API", "dashboard"):
        for name, request in cases.items():
            ends = EITHER if name in ("a range of nonsense", "HTTP 9") else REFUSED
            if door == "dashboard" and name in (
                "a path of 60 kB",
                "a path with NUL",
                "a path that is no text",
                "a path that climbs",
            ):
                ends = EITHER  # a page's address, answered with the empty page
            yield Item("bytes", f"{door}: {name}", ends, _by_hand(request, door))


def _post(heads: bytes) -> bytes:
    return b"POST /uploads HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n" + heads + b"\r\n"


def _by_hand(request: bytes, door: str):
    def send(target: Target) -> Ending:
        return target.by_hand(request, door)

    return send
