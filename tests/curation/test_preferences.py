"""A person's own choices: what is kept, and what is refused."""

from __future__ import annotations

import pytest

from curation.errors import InvalidText, NotAllowed
from curation.preferences import Preferences, change_preferences, preferences_of
from db.models import Access, Scope
from tests.factories import a_viewer, an_access


def test_nobody_has_chosen_anything_at_first(session):
    assert preferences_of(an_access(session)) == Preferences(None, {})


def test_choices_are_kept_one_by_one(session):
    access = a_viewer(session)
    change_preferences(session, access, {"language": "fr"})
    change_preferences(session, access, {"keys": {"accept": "Shift+A"}})
    session.flush()
    session.expire_all()
    assert preferences_of(session.get_one(Access, access.id)) == Preferences("fr", {"accept": "Shift+A"})
    assert change_preferences(session, access, {"language": None, "keys": {}}) == Preferences(None, {})


def test_what_an_earlier_version_kept_does_no_harm(session):
    access = an_access(session)
    access.preferences = {"sizes": "L", "language": "en"}
    assert preferences_of(access) == Preferences("en", {})


def test_two_acts_on_one_key_are_refused_by_name(session):
    access = an_access(session)
    with pytest.raises(InvalidText, match="“accept” and “reject”"):
        change_preferences(session, access, {"keys": {"accept": "x", "reject": "x"}})
    assert preferences_of(access) == Preferences()


@pytest.mark.parametrize(
    "changes",
    [
        {"language": "de"},
        {"language": 1},
        {"language": ["en"]},
        {"colour": "red"},
        {"keys": ["accept"]},
        {"keys": None},
        {"keys": {"accept": ""}},
        {"keys": {"accept": "x" * 25}},
        {"keys": {"accept": "\n"}},
        {"keys": {"accept": None}},
        {"keys": {"": "a"}},
        {"keys": {"ac cept": "a"}},
        {"keys": {"a" * 31: "a"}},
        {"keys": {f"act{number}": f"k{number}" for number in range(61)}},
        {"threshold": 1.01},
        {"threshold": float("nan")},
        {"threshold": "high"},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_nonsense_is_refused(session, changes):
    access = an_access(session)
    with pytest.raises(InvalidText):
        change_preferences(session, access, changes)
    assert access.preferences == {}


def test_sixty_keys_are_enough_for_everybody(session):
    keys = {f"act{number}": f"Ctrl+{number}" for number in range(60)}
    assert change_preferences(session, an_access(session), {"keys": keys}).keys == keys


def test_a_threshold_is_kept_beside_the_other_choices(session):
    access = an_access(session)
    change_preferences(session, access, {"language": "fr"})
    assert change_preferences(session, access, {"threshold": 0}) == Preferences("fr", {}, 0.0)
    assert preferences_of(access).threshold == 0


def test_a_device_prefers_nothing(session):
    with pytest.raises(NotAllowed):
        change_preferences(session, an_access(session, Scope.DEVICE), {"language": "fr"})
