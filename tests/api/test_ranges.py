"""Originals in parts, as players and resumed downloads ask for them."""

from __future__ import annotations

import pytest

from api.ranges import Part, Unsatisfiable, read_range
from tests.factories import a_jpeg


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", Part(0, 100)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=10-19", Part(10, 20)),
        ("bytes=90-500", Part(90, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-500", Part(0, 100)),
        ("Bytes = 5 - 6 ", Part(5, 7)),
        (None, None),
        ("", None),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("bytes=a-b", None),
        ("bytes=1-2,5-6", None),
        ("items=1-2", None),
        ("bytes=٣-٤", None),
    ],
)
def test_a_range_header_asks_for_one_part_or_for_the_whole(header, part):
    assert read_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_sent(header):
    with pytest.raises(Unsatisfiable):
        read_range(header, 100)
    with pytest.raises(Unsatisfiable):
        read_range("bytes=0-", 0)


@pytest.fixture
def original(client, caller):
    """Where an original is, what its bytes are, and who may ask for it."""
    headers, content = caller(), a_jpeg(900, 600)
    sent = client.post("/uploads", headers=headers, files={"file": ("fire.jpg", content)})
    return f"/media/{sent.json()['media']['id']}/picture?size=original", content, headers


def test_an_original_is_sent_in_parts(client, original):
    address, content, headers = original
    whole = client.get(address, headers=headers)
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(address, headers={**headers, "Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    assert part.headers["content-length"] == "100"
    assert part.headers["content-type"] == "image/jpeg"
    assert part.headers["content-security-policy"] == "default-src 'none'; sandbox"
    end = client.get(address, headers={**headers, "Range": "bytes=-7"})
    assert (end.status_code, end.content) == (206, content[-7:])
    several = client.get(address, headers={**headers, "Range": "bytes=0-1,5-6"})
    assert (several.status_code, several.content) == (200, content)


def test_a_part_behind_the_end_is_refused_with_the_length(client, original):
    address, content, headers = original
    answer = client.get(address, headers={**headers, "Range": f"bytes={len(content)}-"})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_outside")
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


def test_a_part_is_sent_only_of_what_the_caller_began_with(client, original):
    address, content, headers = original
    etag = client.get(address, headers=headers).headers["etag"]
    wanted = {**headers, "Range": "bytes=0-9"}
    assert client.get(address, headers={**wanted, "If-Range": etag}).status_code == 206
    for other in ('"another"', f"W/{etag}", "Sun, 22 Nov 2026 12:00:00 GMT"):
        answer = client.get(address, headers={**wanted, "If-Range": other})
        assert (answer.status_code, answer.content) == (200, content)
    assert client.get(address, headers={**wanted, "If-None-Match": f'"x", W/{etag}'}).status_code == 304


def test_head_tells_what_get_would_send(client, original):
    address, content, headers = original
    answer = client.head(address, headers={**headers, "Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["accept-ranges"] == "bytes"
    assert client.head(address).status_code == 401
