"""Exports with pictures of what is withdrawn meanwhile: not read any more, not handed out any more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from curation.datasets.keeping import expire_exports, get_stored, sweep_exports
from curation.datasets.shown import expire_purged, require_handed_out
from curation.errors import ContentMissing, Unavailable, WrongState
from curation.purging import purge_now
from curation.reviews import decide
from db.models import Decision, Export, ExportState, Review, utc_now
from db.session import open_session
from storage import open_bucket
from tests.exported import a_dataset, ask, exported, file_of, make, members_of
from tests.factories import an_access, an_admin


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_admin(session)


@pytest.fixture
def media(curator):
    with open_session() as session:
        return [found.id for found in a_dataset(session, curator)]


def withdraw(admin, media_id):
    with open_session() as session:
        decide(session, admin, media_id, Decision.WITHDRAWN)


def hand_out(export_id):
    require_handed_out(open_session, open_bucket(), export_id)


@pytest.mark.parametrize("with_pixels", ["pictures", "crops", "contact_sheets"])
def test_an_export_with_a_picture_withdrawn_since_is_not_handed_out(curator, admin, media, with_pixels):
    made = exported(curator, options={with_pixels: True})
    bare = exported(curator)
    elsewhere = exported(curator, options={with_pixels: True}, wanted={"source": ["CAM-2"]})
    hand_out(made.id)
    withdraw(admin, media[0])

    with pytest.raises(WrongState, match=r"1 media .* withdrawn since"):
        hand_out(made.id)
    hand_out(bare.id)
    hand_out(elsewhere.id)
    hand_out(exported(curator, options={with_pixels: True}).id)
    with open_session() as session:
        decide(session, admin, media[0], Decision.RESTORED)
    hand_out(made.id)


class ActingBucket:
    """The bucket; something is done when the first picture is read."""

    def __init__(self, act):
        self._bucket, self._act = open_bucket(), act

    def __getattr__(self, name):
        return getattr(self._bucket, name)

    def open(self, key, **part):
        act, self._act = self._act, lambda: None
        act()
        return self._bucket.open(key, **part)


def test_what_is_withdrawn_before_its_picture_is_read_is_left_out(curator, admin, media, monkeypatch):
    # One is looked at and read at a time, as hundreds are.
    monkeypatch.setattr("curation.datasets.contents.AT_A_TIME", 1)
    monkeypatch.setattr("curation.datasets.ahead.MOST_WAITING", 1)
    asked = ask(curator, options={"pictures": True, "contact_sheets": True})
    made = make(curator, asked.id, ActingBucket(partial(withdraw, admin, media[5])))

    assert made.state == "ready", made.error
    assert made.receipt is not None
    (said,) = made.receipt["pictures"]["left_out"]
    assert (said["why"], said["media"], said["first"]) == ("withdrawn", 1, [media[5]])
    files = members_of(file_of(curator, made))
    assert [Path(name).stem for name in files if name.startswith("images/")] == [str(id) for id in media[:5]]
    hand_out(made.id)


def test_what_is_withdrawn_after_its_picture_was_read_keeps_the_export_back(curator, admin, media):
    asked = ask(curator, options={"pictures": True, "crops": True})
    made = make(curator, asked.id, ActingBucket(partial(withdraw, admin, media[0])))

    files = members_of(file_of(curator, made))
    assert {Path(name).stem.split("-")[0] for name in files if name.startswith("crops/")} == {str(media[1])}
    with pytest.raises(WrongState):
        hand_out(made.id)


def test_what_was_withdrawn_before_it_was_begun_keeps_nothing_back(curator, admin, media):
    withdraw(admin, media[0])
    asked = ask(curator, options={"pictures": True})
    handed_out = []

    def look():
        hand_out(asked.id)
        handed_out.append("before")
        withdraw(admin, media[1])
        with pytest.raises(Unavailable, match="when it is ready"):
            hand_out(asked.id)
        handed_out.append("after")

    made = make(curator, asked.id, ActingBucket(look))
    assert made.state == "ready", made.error
    assert handed_out == ["before", "after"]


def test_a_withdrawal_that_was_on_its_way_keeps_the_file_back(curator, admin, media):
    """It was begun before the moment that the export shows, and finished after it."""
    withdraw(admin, media[0])
    asked = ask(curator, options={"pictures": True})
    kept_back = []

    def look():
        withdraw(admin, media[1])
        with open_session() as session:
            session.execute(update(Review).values(created_at=utc_now() - timedelta(minutes=2)))
        with pytest.raises(Unavailable, match="when it is ready"):
            hand_out(asked.id)
        kept_back.append(asked.id)

    made = make(curator, asked.id, ActingBucket(look))
    assert made.state == "ready", made.error
    assert kept_back


def test_while_it_is_made_nobody_knows_what_is_in_it(curator, admin, media):
    asked = ask(curator, options={"pictures": True})
    with open_session() as session:
        export = session.get_one(Export, asked.id)
        export.state, export.frozen_at = ExportState.RUNNING, utc_now()
    hand_out(asked.id)
    withdraw(admin, media[0])

    with pytest.raises(Unavailable, match="when it is ready"):
        hand_out(asked.id)


def test_an_export_of_what_was_purged_since_ends(curator, admin, media):
    made = exported(curator, options={"pictures": True})
    other = exported(curator, options={"pictures": True}, wanted={"source": ["CAM-2"]})
    withdraw(admin, media[0])
    assert expire_purged(open_session, open_bucket()) == 0
    with open_session() as session:
        purge_now(session, admin, media[0], utc_now())

    assert expire_purged(open_session, open_bucket()) == 1
    assert expire_purged(open_session, open_bucket()) == 0
    with open_session(read_only=True) as session, pytest.raises(ContentMissing, match="deleted for good"):
        get_stored(session, curator, made.id)
    # The file and the ids of its pictures; the receipt stays.
    assert sweep_exports(open_session, open_bucket(), utc_now() + timedelta(hours=2)) == 2
    hand_out(other.id)
    assert file_of(curator, other)
    assert expire_exports(open_session, utc_now() + timedelta(days=8)) == 1


def test_withdrawn_media_that_an_admin_asks_for_are_handed_out_until_they_are_purged(curator, admin, media):
    withdraw(admin, media[0])
    made = exported(admin, options={"pictures": True}, wanted={"state": ["withdrawn"]})
    assert made.receipt is not None and made.receipt["pictures"]["written"] == 1
    hand_out(made.id)

    with open_session() as session:
        purge_now(session, admin, media[0], utc_now())
    with pytest.raises(WrongState):
        hand_out(made.id)


def test_without_the_list_of_its_pictures_an_export_may_have_any(curator, admin, media):
    made = exported(curator, options={"pictures": True}, wanted={"source": ["CAM-2"]})
    (listed,) = (found.key for found in open_bucket().list("exports/") if found.key.endswith("shown.bin"))
    open_bucket().delete(listed)
    withdraw(admin, media[0])

    with pytest.raises(WrongState):
        hand_out(made.id)
