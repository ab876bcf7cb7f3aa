"""Hashes of pictures: near where two look alike, far where they do not, none where there is nothing to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.picture_hashes import COARSE_ALIKE, FINE_ALIKE, FINE_STILL, PictureHashes, distance
from curation.pictures import hash_thumbnail, inspect_picture
from tests.factories import a_jpeg
from tests.views import a_view


@pytest.fixture
def hashes_of(tmp_path: Path):
    def look(content: bytes) -> PictureHashes | None:
        path = tmp_path / "picture"
        path.write_bytes(content)
        return inspect_picture(path, file_name="a.jpg").hashes

    return look


def are_alike(one: PictureHashes, other: PictureHashes, fine: int = FINE_ALIKE) -> bool:
    return distance(one.coarse, other.coarse) <= COARSE_ALIKE and distance(one.fine, other.fine) <= fine


@pytest.mark.parametrize(
    "stored",
    [{"quality": 40}, {"size": (320, 240)}, {"size": (960, 720)}, {"orientation": 6}, {"clock": "17:42:08"}],
    ids=str,
)
def test_one_picture_looks_alike_however_it_is_stored(hashes_of, stored):
    for scene in range(1, 6):
        assert are_alike(hashes_of(a_view(scene)), hashes_of(a_view(scene, **stored)))


def test_two_views_do_not_look_alike(hashes_of):
    found = [hashes_of(a_view(scene)) for scene in range(1, 9)]
    assert not any(are_alike(one, other) for one in found for other in found if one is not other)


def test_a_picture_that_stands_still_is_told_from_the_next_exposure(hashes_of):
    first = hashes_of(a_view(noise=1, clock="17:42:08"))
    assert are_alike(first, hashes_of(a_view(noise=1, clock="17:42:38")), FINE_STILL)
    live = [hashes_of(a_view(noise=exposure, clock="17:42:38")) for exposure in range(2, 8)]
    assert not any(are_alike(first, frame, FINE_STILL) for frame in live)


def test_what_shows_next_to_nothing_has_none(hashes_of):
    assert hashes_of(a_jpeg(640, 480)) is None


def test_the_thumbnail_alone_gives_the_same(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(a_view(3, orientation=6))
    facts = inspect_picture(path, file_name="a.jpg")
    assert facts.hashes is not None and hash_thumbnail(facts.thumbnail) == facts.hashes


def test_the_bands_are_the_hash_in_parts():
    assert PictureHashes("00010002ff00ffff", "0" * 64).bands == [1, 2, 0xFF00, 0xFFFF]
