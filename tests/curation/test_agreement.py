"""Figures of agreement: what counts, and who sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from curation import looks
from curation.acts import ReviewPolicy
from curation.agreement import agreement, consistency
from curation.annotations import submit_annotation
from curation.errors import NotAllowed
from curation.reviews import decide
from db.models import Annotation, Comparison, Decision, LookKind, Scope
from tests.curation.test_looks import AGAIN, ALWAYS, an_old_answer
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

ELSEWHERE = a_box(box=(0.6, 0.6, 0.7, 0.7))


def compared(session, first, second, shapes, again, **labels):
    """One person answers, another does blind."""
    media = a_media(session)
    submit_annotation(session, first, media.id, shapes=shapes, policy=ALWAYS)
    looks.take(session, second, ALWAYS, 50)
    look = looks.given_looks(session, second)[media.id]
    submit_annotation(session, second, media.id, shapes=again, look=look, **labels)


@pytest.fixture
def people(session):
    return [an_access(session, login=login) for login in ("ada", "bea", "cyd")]


def test_agreement_per_label_class_is_what_both_named_of_all_that_was_named(session, people):
    ada, bea, _ = people
    compared(session, ada, bea, [a_box()], [a_box()])
    compared(session, ada, bea, [a_box(), ELSEWHERE], [a_box()])
    compared(session, ada, bea, [a_box()], [a_box("industrial")], label_classes=["wildfire"])
    found = {one.key: one for one in agreement(session, ada).label_classes}
    assert list(found) == ["industrial", "wildfire"]
    wildfire = found["wildfire"]
    assert (wildfire.both, wildfire.only_first, wildfire.only_second) == (2, 2, 1)
    assert wildfire.agreement == pytest.approx(0.4)
    assert (found["industrial"].both, found["industrial"].only_second) == (0, 1)


def test_admins_see_everybody_and_the_others_themselves(session, people):
    ada, bea, cyd = people
    compared(session, ada, bea, [a_box()], [a_box()])
    compared(session, bea, ada, [a_box()], [ELSEWHERE])
    compared(session, ada, cyd, [a_box()], [a_box()])
    seen = agreement(session, an_admin(session))
    assert [(one.login, one.comparisons, one.agreeing) for one in seen.persons] == [
        ("ada", 3, 2),
        ("bea", 2, 1),
        ("cyd", 1, 1),
    ]
    assert [(one.logins, one.comparisons, one.share) for one in seen.pairs] == [
        (("ada", "bea"), 2, 0.5),
        (("ada", "cyd"), 1, 1.0),
    ]
    for access, own in ((bea, ["bea"]), (a_viewer(session), [])):
        seen = agreement(session, access)
        assert ([one.login for one in seen.persons], seen.pairs) == (own, [])
    with pytest.raises(NotAllowed):
        agreement(session, an_access(session, Scope.DEVICE))


def test_a_rejection_of_what_was_seen_is_no_measure_of_agreement(session, people):
    ada, bea, _ = people
    policy, media = ReviewPolicy(2), a_media(session)
    first = submit_annotation(session, ada, media.id, accept=True, policy=policy).annotation.id
    decide(session, bea, media.id, Decision.REJECTED, annotation_id=first, policy=policy)
    assert len(session.scalars(select(Comparison)).all()) == 1
    assert agreement(session, an_admin(session)).persons == []


def test_only_oneself_sees_how_true_one_is_to_oneself(session, people):
    ada, bea, _ = people
    for shapes in ([a_box()], [ELSEWHERE]):
        media = an_old_answer(session, ada)
        looks.take(session, ada, AGAIN, 5)
        look = looks.given_looks(session, ada)[media.id]
        submit_annotation(session, ada, media.id, shapes=shapes, look=look)
    own = consistency(session, ada)
    assert (own.checks, own.agreeing, own.share) == (2, 1, 0.5)
    assert [(week.checks, week.agreeing) for week in own.weeks] == [(2, 1)]
    assert (own.hours, own.dips_at) == ([], None)
    admin = an_admin(session)
    seen = agreement(session, admin)
    assert (seen.label_classes, seen.persons) == ([], [])
    for other in (bea, admin):
        assert (consistency(session, other).checks, consistency(session, other).share) == (0, None)


def test_the_hour_at_which_one_differs_most_is_told_once_there_is_enough(session, people):
    ada = people[0]
    annotation_id = submit_annotation(session, ada, a_media(session).id).annotation.id
    media_id = session.get_one(Annotation, annotation_id).media_id

    def checks(hour, agreeing, number):
        for count in range(number):
            session.add(
                Comparison(
                    kind=LookKind.SELF_CHECK,
                    media_id=media_id,
                    first_annotation_id=annotation_id,
                    first_access_id=ada.id,
                    second_access_id=ada.id,
                    agrees=count < agreeing,
                    act=2,
                    created_at=datetime(2026, 8, 3, hour, 30, tzinfo=UTC) + timedelta(days=count),
                )
            )
        session.flush()

    checks(9, 19, 20)
    checks(15, 5, 10)
    checks(11, 0, 2)
    assert consistency(session, ada).dips_at is None
    checks(10, 9, 10)
    assert consistency(session, ada).dips_at == 15
    # The hours are those of the person's own clock.
    assert consistency(session, ada, ZoneInfo("Europe/Paris")).dips_at == 17
    assert [week.monday.isoformat() for week in consistency(session, ada).weeks] == [
        "2026-08-03",
        "2026-08-10",
        "2026-08-17",
    ]
    session.execute(update(Comparison).values(agrees=True))
    assert consistency(session, ada).dips_at is None
