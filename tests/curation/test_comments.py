"""Comments: who says them, whom they mention, who has seen it."""

from __future__ import annotations

import pytest

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.comments import (
    comment_on,
    find_mentions,
    list_comments,
    list_mentions,
    list_people,
    mark_seen,
)
from curation.errors import AnswerIncomplete, Conflict, InvalidText, MediaNotFound, NotAllowed
from curation.history import get_history
from curation.reviews import decide
from db.models import Decision, Scope, utc_now
from tests.factories import a_media, a_viewer, an_access, an_admin

LOGINS = {"anna", "anna.lena", "jean@sdis34.fr", "o'neil", "léa", "bob"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@anna look", {"anna"}),
        ("Thanks, @ANNA.", {"anna"}),
        ("(@anna)", {"anna"}),
        ("@anna's box", {"anna"}),
        ("@anna,@bob", {"anna", "bob"}),
        ("@anna.lena", {"anna.lena"}),
        ("@anna.lena.", {"anna.lena"}),
        ("@anna.marie", set()),
        ("@annabel", set()),
        ("@anna@home.org", set()),
        ("ask @jean@sdis34.fr, please", {"jean@sdis34.fr"}),
        ("@O'Neil?", {"o'neil"}),
        ("@Léa!", {"léa"}),
        ("bob@anna", set()),
        ("write to x@bob.fr", set()),
        ("@ anna", set()),
        ("@", set()),
        ("@nobody and @anna\n@bob", {"anna", "bob"}),
        ("@" * 4000, set()),
        ("(@" * 2000, set()),
    ],
)
def test_a_mention_is_a_known_login_as_a_word(text, named):
    assert find_mentions(text, LOGINS) == named


def test_a_comment_stands_under_its_media_and_in_its_history(session):
    media, curator = a_media(session), an_access(session, login="anna")
    other = an_access(session, login="jean@sdis34.fr")
    submit_annotation(session, curator, media.id)
    said = comment_on(session, curator, media.id, "  Haze, @Jean@sdis34.fr?\r\nOr @nobody? ").comment
    decide(session, other, media.id, Decision.UNSURE, annotation_id=media.current_annotation_id)
    assert list_comments(session, a_viewer(session), media.id) == [said]
    assert (said.author, said.text) == ("anna", "Haze, @Jean@sdis34.fr?\nOr @nobody?")
    assert said.mentions == ["jean@sdis34.fr"]
    history = get_history(session, curator, media.id)
    assert [entry.what for entry in history] == ["unsure", "commented", "submitted", "registered"]
    assert (history[1].who, history[1].comment) == ("anna", said.text)


def test_a_mention_waits_until_it_is_seen(session):
    media, curator, named = a_media(session), an_access(session), an_access(session, login="anna")
    first = comment_on(session, curator, media.id, "@anna one").comment
    second = comment_on(session, curator, media.id, "@anna two").comment
    assert [found.text for found in list_mentions(session, named, unseen=True)] == ["@anna two", "@anna one"]
    mark_seen(session, an_access(session), [first.id])
    mark_seen(session, named, [first.id, 10**9])
    assert [found.comment_id for found in list_mentions(session, named, unseen=True)] == [second.id]
    (newest, oldest) = list_mentions(session, named)
    assert (newest.seen, oldest.seen, oldest.media_id) == (False, True, media.id)
    assert (oldest.file_name, oldest.author) == (media.file_name, curator.login)
    assert list_mentions(session, curator) == []


def test_devices_and_disabled_accesses_are_not_mentioned(session):
    media, curator = a_media(session), an_access(session, login="zoe")
    an_access(session, Scope.DEVICE, "camera-1")
    an_access(session, login="gone").disabled_at = utc_now()
    session.flush()
    assert comment_on(session, curator, media.id, "@camera-1 @gone @zoe").comment.mentions == ["zoe"]
    assert {"zoe"} <= set(list_people(session, curator))
    assert not {"gone", "camera-1"} & set(list_people(session, curator))


def test_the_same_client_id_is_said_once(session):
    media, curator = a_media(session), an_access(session, login="anna")
    first = comment_on(session, curator, media.id, "@anna one", client_id="client-0001")
    again = comment_on(session, curator, media.id, "@anna one", client_id="client-0001")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.comment == first.comment
    assert len(list_comments(session, curator, media.id)) == 1
    with pytest.raises(Conflict):
        comment_on(session, an_access(session), media.id, "mine", client_id="client-0001")
    with pytest.raises(Conflict):
        comment_on(session, curator, a_media(session).id, "there", client_id="client-0001")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", AnswerIncomplete),
        (" \n ", AnswerIncomplete),
        ("x" * 4001, InvalidText),
        ("a\x00b", InvalidText),
        ("\ud800", InvalidText),
    ],
)
def test_what_is_no_comment_is_refused(session, text, error):
    media, curator = a_media(session), an_access(session)
    with pytest.raises(error):
        comment_on(session, curator, media.id, text)
    assert comment_on(session, curator, media.id, "x" * 4000).comment.mentions == []


def test_viewers_read_and_devices_do_neither(session):
    device = an_access(session, Scope.DEVICE)
    media = a_media(session, uploaded_by=device)
    with pytest.raises(NotAllowed):
        comment_on(session, a_viewer(session), media.id, "hello")
    for question in (list_comments, comment_on):
        with pytest.raises(NotAllowed):
            question(session, device, media.id, *(["hello"] if question is comment_on else []))
    with pytest.raises(NotAllowed):
        list_mentions(session, device)
    with pytest.raises(NotAllowed):
        list_people(session, device)


def test_a_withdrawn_media_takes_its_comments_along(session):
    media, curator, named = a_media(session), an_access(session), an_access(session, login="anna")
    admin = an_admin(session)
    comment_on(session, curator, media.id, f"@anna @{admin.login}")
    decide(session, admin, media.id, Decision.WITHDRAWN)
    with pytest.raises(MediaNotFound):
        list_comments(session, curator, media.id)
    with pytest.raises(MediaNotFound):
        comment_on(session, curator, media.id, "more")
    assert list_mentions(session, named) == []
    assert len(list_mentions(session, admin)) == 1
    with pytest.raises(MediaNotFound):
        list_comments(session, curator, 10**9)


def test_who_shall_answer_blind_is_not_told_what_was_said(session):
    media, author, other = a_media(session), an_access(session), an_access(session)
    policy = ReviewPolicy(second_opinion_share=1.0)
    submit_annotation(session, author, media.id, policy=policy)
    comment_on(session, author, media.id, "Nothing here, I think.")
    assert looks.take(session, other, policy, 5) == [media.id]
    assert list_comments(session, other, media.id) == []
    assert [entry.what for entry in get_history(session, other, media.id)] == ["registered"]
    assert len(list_comments(session, author, media.id)) == 1
