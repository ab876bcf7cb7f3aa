"""Tags in bulk: all or none, with what is needed to undo them."""

from __future__ import annotations

import pytest

from curation.browse import get_details
from curation.errors import InvalidText, MediaNotFound, NotAllowed
from curation.tags import change_tags, list_tags
from tests.factories import a_media, a_viewer, an_access


def tags_of(session, access, *media):
    return [get_details(session, access, one.id).tags for one in media]


def test_tags_are_added_and_removed_on_many_at_once(session):
    curator = an_access(session)
    first, second = a_media(session, tags=["night"]), a_media(session)
    before = change_tags(session, curator, [first.id, second.id], ["east"], ["night"])
    assert tags_of(session, curator, first, second) == [["east"], ["east"]]
    assert before == {first.id: ["night"], second.id: []}
    assert change_tags(session, curator, [first.id], ["east"], ["night"]) == {}


def test_one_unknown_media_changes_nothing(session):
    curator, media = an_access(session), a_media(session)
    with pytest.raises(MediaNotFound):
        change_tags(session, curator, [media.id, 999_999], ["east"], [])
    assert tags_of(session, curator, media) == [[]]
    assert "east" not in list_tags(session)


@pytest.mark.parametrize("tag", ["a;b", "x" * 61, "line\nbreak"])
def test_odd_tags_are_refused(session, tag):
    with pytest.raises(InvalidText):
        change_tags(session, an_access(session), [a_media(session).id], [tag], [])


def test_viewers_tag_nothing(session):
    with pytest.raises(NotAllowed):
        change_tags(session, a_viewer(session), [a_media(session).id], ["x"], [])
