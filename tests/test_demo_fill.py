"""Filling an empty installation: through the use cases, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from curation.accesses import find_access
from curation.browse import count_matches, list_page
from curation.media_filter import MediaFilter
from db.models import Scope, State
from db.session import open_session
from demo.clip import CLIPS
from demo.fill import NotEmpty, fill
from demo.story import CAMERAS, EPISODES
from settings import get_settings
from tests.conftest import Installation

SMALL = replace(CAMERAS[0], size=(320, 180))
FIRE = next(episode for episode in EPISODES if episode.name == "forest fire")
EPISODE = replace(FIRE, camera=SMALL, begins=FIRE.begins.replace(minute=40), outcomes=".warsup")


def test_frames_end_up_in_the_states_of_the_story(installation: Installation) -> None:
    fill(get_settings(), say=lambda sentence: None, episodes=(EPISODE,), clips=())
    with open_session(read_only=True) as session:
        viewer = find_access(session, "viewer")
        assert viewer is not None
        shown = list_page(session, viewer, MediaFilter()).items
        states = {media.state for media in shown}
        sources = {media.source for media in shown}
    assert states == {
        State.NEW,
        State.ANNOTATED,
        State.ACCEPTED,
        State.REJECTED,
        State.SENT_BACK,
        State.UNSURE,
        State.PARKED,
    }
    assert len(shown) == 7 and sources == {"north-ridge"}
    assert all(media.captured_at is not None and not media.captured_at_assumed for media in shown)


def test_three_accesses_are_made_and_their_passwords_said(installation: Installation) -> None:
    said: list[str] = []
    fill(get_settings(), say=said.append, episodes=(), clips=())
    found = {match[1]: match[2] for line in said if (match := re.match(r"  (\w+) +(\S+) ", line))}
    assert found.keys() == {"viewer", "curator", "reviewer"}
    assert all(len(password) >= 16 for password in found.values())
    with open_session(read_only=True) as session:
        scopes = {login: getattr(find_access(session, login), "scope", None) for login in found}
        assert all(getattr(find_access(session, login), "must_change_password", False) for login in found)
    assert scopes == {"viewer": Scope.VIEWER, "curator": Scope.USER, "reviewer": Scope.USER}


def test_an_installation_with_media_is_left_alone(installation: Installation) -> None:
    fill(get_settings(), say=lambda sentence: None, episodes=(replace(EPISODE, outcomes="."),), clips=())
    with pytest.raises(NotEmpty, match="only added to an empty installation"):
        fill(get_settings(), say=lambda sentence: None, episodes=(EPISODE,), clips=())
    with open_session(read_only=True) as session:
        viewer = find_access(session, "viewer")
        assert viewer is not None
        assert count_matches(session, viewer, MediaFilter()).value == 1


def test_a_film_is_a_video_of_the_camera_that_plays(installation: Installation) -> None:
    clip = replace(CLIPS[0], camera=SMALL, frames=16)
    fill(get_settings(), say=lambda sentence: None, episodes=(), clips=(clip,))
    with open_session(read_only=True) as session:
        viewer = find_access(session, "viewer")
        assert viewer is not None
        [video] = list_page(session, viewer, MediaFilter()).items
    assert (video.type, video.duration, video.playable, video.source) == ("video", 2.0, True, "north-ridge")
    assert video.captured_at == clip.begins
