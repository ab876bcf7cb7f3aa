"""Leases: one holder at a time, on both databases, and an end that harms nothing."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from curation import leases
from curation.annotations import submit_annotation
from curation.errors import NotAllowed
from db.models import Access, Lease, Scope, State, utc_now
from db.session import open_session
from tests.factories import a_box, a_media, an_access


def end_all(session):
    session.execute(update(Lease).values(expires_at=utc_now() - timedelta(seconds=1)))


def test_what_somebody_holds_is_lost_to_anybody_else(session):
    first, second = an_access(session), an_access(session)
    ids = [a_media(session).id for _ in range(4)]
    assert leases.take(session, first, ids[:2], seconds=60) == leases.Leased(ids[:2], [])
    assert leases.take(session, second, ids, seconds=60) == leases.Leased(ids[2:], ids[:2])
    assert leases.take(session, first, ids[:2], seconds=60).held == ids[:2], "renewed"
    assert leases.holders(session, second, ids) == dict.fromkeys(ids[:2], first.login)
    assert leases.holders(session, first, ids) == dict.fromkeys(ids[2:], second.login)


def test_renewing_holds_from_now_on(session):
    curator, media = an_access(session), a_media(session)
    leases.take(session, curator, [media.id], seconds=10)
    leases.take(session, curator, [media.id], seconds=100)
    ends = session.scalars(select(Lease.expires_at)).one()
    assert timedelta(seconds=90) < ends - utc_now() <= timedelta(seconds=100)


def test_an_ended_lease_is_free_at_once(session):
    first, second, media = an_access(session), an_access(session), a_media(session)
    leases.take(session, first, [media.id], seconds=60)
    end_all(session)
    assert leases.holders(session, second, [media.id]) == {}
    assert leases.take(session, second, [media.id], seconds=60).held == [media.id]
    assert leases.take(session, first, [media.id], seconds=60).lost == [media.id]


def test_what_is_given_back_is_free_and_others_leases_stay(session):
    first, second = an_access(session), an_access(session)
    own, foreign = a_media(session).id, a_media(session).id
    leases.take(session, first, [own], seconds=60)
    leases.take(session, second, [foreign], seconds=60)
    leases.release(session, first, [own, foreign])
    assert session.scalars(select(Lease.media_id)).all() == [foreign]


def test_what_is_in_no_list_is_lost(session):
    gone = a_media(session, state=State.WITHDRAWN).id
    leased = leases.take(session, an_access(session), [gone, 10**9], seconds=60)
    assert leased == leases.Leased([], [gone, 10**9])
    assert leases.take(session, an_access(session), [], seconds=60) == leases.Leased([], [])


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.DEVICE])
def test_who_does_not_curate_holds_nothing(session, scope):
    access, media = an_access(session, scope), a_media(session)
    with pytest.raises(NotAllowed):
        leases.take(session, access, [media.id], seconds=60)
    with pytest.raises(NotAllowed):
        leases.release(session, access, [media.id])


def test_an_answer_needs_no_lease(session):
    holder, other, media = an_access(session), an_access(session), a_media(session)
    leases.take(session, holder, [media.id], seconds=60)
    assert submit_annotation(session, other, media.id, shapes=[a_box()]).media.state == State.ANNOTATED


def test_rows_of_ended_leases_are_swept_after_a_while(session):
    curator = an_access(session)
    old, ended, held = (a_media(session).id for _ in range(3))
    leases.take(session, curator, [old, ended, held], seconds=60)
    for media_id, ago in ((old, timedelta(hours=1)), (ended, timedelta(seconds=1))):
        moment = utc_now() - ago
        session.execute(update(Lease).where(Lease.media_id == media_id).values(expires_at=moment))
    leases.sweep(session)
    assert sorted(session.scalars(select(Lease.media_id))) == [ended, held]


def test_batches_that_overlap_in_any_order_never_block_each_other_for_good(installation):
    with open_session() as session:
        ids = [a_media(session).id for _ in range(12)]
        people = [an_access(session).id for _ in range(4)]
    barrier, problems = threading.Barrier(len(people)), []

    def take_again_and_again(access_id):
        shuffled = random.Random(access_id)
        barrier.wait()
        try:
            for round_ in range(8):
                with open_session() as session:
                    access = session.get_one(Access, access_id)
                    leases.take(session, access, shuffled.sample(ids, 8), seconds=-3600 * (round_ % 2))
                with open_session() as session:
                    leases.release(session, access, shuffled.sample(ids, 8))
                with open_session() as session:
                    leases.sweep(session)
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=take_again_and_again, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
