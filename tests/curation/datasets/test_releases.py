"""Releases: frozen, named, compared; and increments since one of them."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from curation.annotations import submit_annotation
from curation.datasets.comparing import compare_releases, list_differences
from curation.datasets.freezing import freeze_release
from curation.datasets.items import SPLITS, DatasetItem
from curation.datasets.records import to_line
from curation.datasets.since import Since
from curation.datasets.source import of_filter, of_release
from curation.datasets.splits import Split
from curation.errors import Conflict, InvalidText, NameTaken, NotAllowed, Refused, ReleaseNotFound, WrongState
from curation.label_classes import (
    change_label_class,
    create_label_class,
    get_label_class_by_key,
    retire_label_class,
)
from curation.media_filter import MediaFilter
from curation.purging import purge_now
from curation.questions import create_question
from curation.releases import ReleaseView, create_release, delete_release, get_release, list_releases
from curation.reviews import decide
from curation.source_merges import merge_sources
from curation.sources import change_source
from curation.tags import change_tags
from curation.twin_decisions import decide_twins, undo_twin_decision
from curation.two_step import change_media
from db.models import (
    Access,
    Annotation,
    Asked,
    Decision,
    Export,
    ExportFormat,
    LabelClass,
    Media,
    NearTwin,
    Question,
    Release,
    ReleaseItem,
    Review,
    Source,
    State,
    TwinAnswer,
    utc_now,
)
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

ACCEPTED = MediaFilter(state=(State.ACCEPTED,))
names = itertools.count(1)


@pytest.fixture
def admin(installation) -> Access:
    with open_session() as session:
        return an_admin(session)


def an_accepted_media(admin: Access, label_class: str = "wildfire", **columns: Any) -> int:
    with open_session() as session:
        media = a_media(session, uploaded_by=session.get_one(Access, admin.id), **columns)
        submit_annotation(session, admin, media.id, shapes=[a_box(label_class)], accept=True)
        return media.id


def relabel(admin: Access, media_id: int, label_class: str) -> None:
    with open_session() as session:
        counts = session.get_one(Media, media_id).current_annotation_id
        decide(session, admin, media_id, Decision.REOPENED, annotation_id=counts, comment="wrong")
        submit_annotation(session, admin, media_id, shapes=[a_box(label_class)], based_on=counts, accept=True)


def act(admin: Access, media_id: int, decision: Decision, comment: str | None = None) -> None:
    with open_session() as session:
        counts = session.get_one(Media, media_id).current_annotation_id
        decide(session, admin, media_id, decision, annotation_id=counts, comment=comment)


def freeze(admin: Access, wanted: MediaFilter = ACCEPTED, **asked: Any) -> ReleaseView:
    with open_session() as session:
        release = create_release(session, admin, f"v{next(names)}", wanted=wanted, **asked)
    freeze_release(open_session, release.id)
    with open_session(read_only=True) as session:
        return get_release(session, admin, release.id)


def items(release_id: int, since: Since | None = None) -> list[DatasetItem]:
    with open_session(read_only=True) as session:
        maker = session.get_one(Access, session.get_one(Release, release_id).access_id)
        return list(of_release(session, maker, release_id, since=since).items())


def matches(admin: Access, since: Since, wanted: MediaFilter = ACCEPTED) -> list[DatasetItem]:
    with open_session(read_only=True) as session:
        return list(of_filter(session, admin, wanted, since=since).items())


def told(found: list[DatasetItem]) -> dict[int, str | None]:
    return {item.media_id: item.removed for item in found}


def differences(admin: Access, first: int, second: int) -> list[dict[str, str]]:
    with open_session(read_only=True) as session:
        content = b"".join(list_differences(session, admin, first, second)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def long_ago(*media_ids: int) -> None:
    """Let everything that happened to these media so far be of last year."""
    with open_session() as session:
        then = utc_now() - timedelta(days=300)
        for table in (Annotation, Review):
            session.execute(update(table).where(table.media_id.in_(media_ids)).values(created_at=then))
        session.execute(update(Media).where(Media.id.in_(media_ids)).values(created_at=then, changed_at=then))


def test_later_work_does_not_change_a_release(admin):
    media = [an_accepted_media(admin, tags=["dawn"]) for _ in range(6)]
    release = freeze(admin, split=Split(0.5, 0.25, 0.25))
    assert (release.state, release.counts["media"], release.withdrawn) == ("ready", 6, 0)
    before = [to_line(item) for item in items(release.id)]

    relabel(admin, media[0], "dust")
    act(admin, media[1], Decision.WITHDRAWN)
    with open_session() as session:
        change_tags(session, admin, media[2:4], ["dusk"], ["dawn"])
        change_media(session, admin, media[4], {"source": "ridge", "azimuth": 12})
        wildfire = get_label_class_by_key(session, "wildfire")
        change_label_class(
            session,
            admin,
            wildfire.id,
            name="Flames",
            colour="#112233",
            hotkey=None,
            applies_to=wildfire.applies_to,
            exclusive_group=None,
            parent_id=None,
            position=99,
            pinned=False,
            guide=None,
        )
    an_accepted_media(admin)

    assert [to_line(item) for item in items(release.id)] == before
    with open_session(read_only=True) as session:
        now = get_release(session, admin, release.id)
        frozen = of_release(session, admin, release.id)
        assert "Flames" not in [one.name for one in frozen.vocabulary.label_classes]
    assert (now.sha256, now.counts, now.withdrawn) == (release.sha256, release.counts, 1)


def test_another_order_of_label_classes_and_questions_changes_no_release(admin):
    with open_session() as session:
        media = a_media(session, uploaded_by=session.get_one(Access, admin.id))
        asked = [
            create_question(session, admin, key=key, sentence=key, asked=Asked.OPTIONAL).key for key in "ab"
        ]
        replies = dict.fromkeys(asked, True)
        submit_annotation(
            session,
            admin,
            media.id,
            shapes=[],
            label_classes=["low_cloud", "dust"],
            replies=replies,
            accept=True,
        )
    first = freeze(admin)
    before = [to_line(item) for item in items(first.id)]
    none = freeze(admin, MediaFilter(state=(State.NEW,)))
    lines = differences(admin, first.id, none.id)

    with open_session() as session:
        words: list[Any] = [LabelClass, Question]
        for word, keys in zip(words, (["low_cloud", "dust"], asked), strict=True):
            one, other = session.scalars(select(word).where(word.key.in_(keys)))
            one.position, other.position = other.position, one.position

    assert [to_line(item) for item in items(first.id)] == before
    assert hashlib.sha256(b"".join(before)).hexdigest() == first.sha256 == freeze(admin).sha256
    assert differences(admin, first.id, none.id) == lines


def test_the_same_media_with_the_same_answers_have_the_same_sha256(admin):
    media = an_accepted_media(admin)
    first, second = freeze(admin), freeze(admin)
    relabel(admin, media, "dust")
    assert first.sha256 == second.sha256 != freeze(admin).sha256


def test_counts_say_what_is_in_it_and_add_up(admin):
    for _ in range(8):
        an_accepted_media(admin)
    with open_session() as session:
        bare = a_media(session)
        session.execute(update(Media).where(Media.id == bare.id).values(blob_id=None))
    counts = freeze(admin, MediaFilter(), split=Split(0.5, 0.25, 0.25, seed=3)).counts
    assert counts["in_scope"] == 9 == counts["media"] + sum(counts["left_out"].values())
    assert counts["left_out"] == {"no_content": 1}
    assert sum(counts["splits"].values()) == sum(counts["states"].values()) == counts["media"] == 8
    assert counts["label_classes"] == {"wildfire": {"media": 8, "shapes": 8}}


def test_two_releases_are_compared_media_by_media(admin):
    kept, relabelled, rejected, withdrawn, tagged, moved = (an_accepted_media(admin) for _ in range(6))
    first = freeze(admin, split=Split(1.0, 0.0, 0.0))
    relabel(admin, relabelled, "dust")
    act(admin, rejected, Decision.REOPENED, "blurred")
    act(admin, withdrawn, Decision.WITHDRAWN)
    with open_session() as session:
        change_tags(session, admin, [tagged], ["=1+1"], [])
    added = an_accepted_media(admin)
    second = freeze(admin, split=Split(1.0, 0.0, 0.0))
    with open_session() as session:
        item = session.get_one(ReleaseItem, (second.id, moved))
        item.split = "val"

    with open_session(read_only=True) as session:
        found = compare_releases(session, admin, first.id, second.id)
    assert (found.added, found.removed, found.withdrawn) == (1, 1, 1)
    assert (found.relabelled, found.moved, found.edited, found.unchanged) == (1, 1, 1, 1)
    assert (found.before, found.after) == (6, 5)
    lines = differences(admin, first.id, second.id)
    assert {(line["change"], int(line["media_id"]), line["why"]) for line in lines} == {
        ("removed", rejected, "reopened"),
        ("withdrawn", withdrawn, "withdrawn"),
        ("added", added, ""),
        ("relabelled", relabelled, ""),
        ("moved", moved, ""),
        ("edited", tagged, ""),
    }
    (line,) = [line for line in lines if line["change"] == "relabelled"]
    assert (line["label_classes_before"], line["label_classes_after"]) == ("wildfire 1", "dust 1")
    assert kept not in {int(line["media_id"]) for line in lines}

    # What happens afterwards is nothing that lies between the two.
    act(admin, kept, Decision.WITHDRAWN)
    act(admin, rejected, Decision.REJECTED)
    assert differences(admin, first.id, second.id) == lines


def test_since_a_release_only_what_changed_is_sent_and_what_is_gone_is_said(admin):
    media = [an_accepted_media(admin) for _ in range(8)]
    release = freeze(admin)
    since = Since(release_id=release.id)
    assert matches(admin, since) == []

    relabel(admin, media[0], "dust")
    act(admin, media[1], Decision.WITHDRAWN)
    act(admin, media[2], Decision.REOPENED, "blurred")
    act(admin, media[3], Decision.REOPENED, "no")
    act(admin, media[3], Decision.REJECTED)
    act(admin, media[4], Decision.SENT_BACK, "wider")
    with open_session() as session:
        change_tags(session, admin, [media[5]], ["dusk"], [])
        session.execute(update(Media), [{"id": media[7], "score": 0.9}])  # as predictions do
    added = an_accepted_media(admin)
    expected = {
        media[0]: None,
        media[1]: "withdrawn",
        media[2]: "reopened",
        media[3]: "rejected",
        media[4]: "sent_back",
        media[5]: None,
        media[7]: None,
        added: None,
    }
    found = matches(admin, since)
    assert told(found) == expected
    assert [item.removed is not None for item in found] == sorted(item.removed is not None for item in found)
    assert all(item.sha256 for item in found)

    # The same from one release to the next, and it stays so.
    following = freeze(admin)
    increment = items(following.id, since)
    assert told(increment) == expected
    act(admin, media[2], Decision.REJECTED)
    act(admin, media[6], Decision.WITHDRAWN)
    assert items(following.id, since) == increment


def test_since_a_release_what_was_changed_and_changed_back_is_not_sent(admin):
    split = Split(0.5, 0.25, 0.25)
    media = [an_accepted_media(admin, tags=["dawn"], score=0.25) for _ in range(6)]
    release = freeze(admin, split=split)
    since = Since(release_id=release.id)
    with open_session() as session:
        change_tags(session, admin, media, ["dusk"], ["dawn"])
        change_media(session, admin, media[4], {"azimuth": 12})
    assert [item.media_id for item in matches(admin, since)] == media
    with open_session() as session:
        change_tags(session, admin, media[1:], ["dawn"], ["dusk"])
        for one in media[2:4]:  # the same state again, with another decision behind it
            counts = session.get_one(Media, one).current_annotation_id
            decide(session, admin, one, Decision.REOPENED, annotation_id=counts, comment="blurred")
            decide(session, admin, one, Decision.ACCEPTED, annotation_id=counts)
    assert [item.media_id for item in matches(admin, since)] == [media[0], *media[2:5]]
    with open_session(read_only=True) as session:
        other = Split(0.5, 0.25, 0.25, 9)
        in_parts = [of_filter(session, admin, ACCEPTED, split=of, since=since) for of in (split, other)]
        sent = [{item.media_id: item.split for item in dataset.items()} for dataset in in_parts]
        walked = {item.media_id for part in SPLITS for item in in_parts[0].items(part)}
    # Whatever the split: what the release has stays where it has it.
    before = {item.media_id: item.split for item in items(release.id)}
    assert sent[0] == sent[1] == {media_id: before[media_id] for media_id in (media[0], *media[2:5])}
    assert walked == set(sent[0])


def test_since_a_release_label_classes_are_numbered_as_in_it(admin):
    an_accepted_media(admin, "industrial")
    release = freeze(admin)
    with open_session(read_only=True) as session:
        before = of_release(session, admin, release.id).vocabulary.numbers
    with open_session() as session:
        made = create_label_class(session, admin, key="glacier", name="glacier", colour="#AABBCC")
        made.position = -1
        retire_label_class(session, admin, get_label_class_by_key(session, "dust").id)
    an_accepted_media(admin, "glacier")
    following, since = freeze(admin), Since(release_id=release.id)
    with open_session(read_only=True) as session:
        increments = [
            of_filter(session, admin, ACCEPTED, since=since).vocabulary,
            of_release(session, admin, following.id, since=since).vocabulary,
        ]
        whole = of_release(session, admin, following.id).vocabulary.numbers
    assert (whole["glacier"], "dust" in whole) == (0, False)
    for vocabulary in increments:
        assert vocabulary.numbers == {**before, "glacier": len(before)}
        assert [named.key for named in vocabulary.label_classes if named.retired] == ["dust"]


def test_an_act_that_was_undone_takes_its_media_out_again(admin):
    media = an_accepted_media(admin)
    release = freeze(admin)
    with open_session() as session:
        acts = session.get_one(Media, media).act_count
        counts = session.get_one(Media, media).current_annotation_id
        decide(session, admin, media, Decision.UNDONE, undoes=acts, annotation_id=counts)
    assert told(matches(admin, Since(release_id=release.id))) == {media: "undone"}


def test_since_a_moment_only_what_changed_is_sent_and_what_is_gone_is_said(admin):
    media = [an_accepted_media(admin) for _ in range(4)]
    with open_session() as session:
        new = a_media(session).id
    long_ago(*media, new)
    moment = Since(moment=utc_now() - timedelta(days=1))
    assert matches(admin, moment) == []
    act(admin, media[0], Decision.WITHDRAWN)
    relabel(admin, media[1], "dust")
    with open_session() as session:
        change_tags(session, admin, [media[2]], ["dusk"], [])
        # It was never accepted, so nobody was sent it.
        submit_annotation(session, admin, new, shapes=[a_box()])
    come_and_gone = an_accepted_media(admin)
    act(admin, come_and_gone, Decision.WITHDRAWN)
    assert told(matches(admin, moment)) == {media[1]: None, media[2]: None, media[0]: "withdrawn"}

    release = freeze(admin)
    assert told(items(release.id, moment)) == {media[1]: None, media[2]: None, media[0]: "withdrawn"}


def test_a_source_that_is_renamed_or_merged_is_sent_again(admin):
    renamed = an_accepted_media(admin, source="north")
    merged = an_accepted_media(admin, source="CAM-12")
    placed = an_accepted_media(admin, source="south")
    with open_session() as session:
        sources = {source.name: source.id for source in session.scalars(select(Source))}
    long_ago(renamed, merged, placed)
    release, moment = freeze(admin), Since(moment=utc_now() - timedelta(days=1))
    with open_session() as session:
        change_source(session, admin, sources["south"], {"place": "on the hill"})
        change_source(session, admin, sources["north"], {"name": "ridge"})
    merge_sources(open_session, admin, sources["CAM-12"], sources["north"])
    both = {renamed: None, merged: None}
    assert told(matches(admin, Since(release_id=release.id))) == told(matches(admin, moment)) == both
    following = freeze(admin)
    assert {item.source for item in items(following.id, moment)} == {"ridge"}
    assert told(items(following.id, Since(release_id=release.id))) == both


def test_a_media_that_has_a_near_twin_now_is_sent_since_a_moment(admin):
    wanted = MediaFilter(state=(State.ACCEPTED,), near_twins=True)
    first, other, later = (an_accepted_media(admin) for _ in range(3))
    long_ago(first, other, later)
    moment = Since(moment=utc_now() - timedelta(days=1))
    assert matches(admin, moment, wanted) == []
    with open_session() as session:
        session.add(NearTwin(media_id=later, other_id=first, distance=1))
    assert told(matches(admin, moment, wanted)) == {first: None, later: None}
    release = freeze(admin, wanted)
    assert told(items(release.id, moment)) == {first: None, later: None}

    # What has become of its twin takes a media out, and an undo brings it back.
    with open_session() as session:
        kept = decide_twins(session, admin, TwinAnswer.KEPT, [first, later])
    assert told(matches(admin, moment, wanted)) == dict.fromkeys((first, later), "no_longer_matches")
    with open_session() as session:
        undo_twin_decision(session, admin, kept.id)
        session.execute(update(NearTwin).values(created_at=utc_now() - timedelta(days=300)))
    assert told(matches(admin, moment, wanted)) == {first: None, later: None}


def test_since_a_moment_twins_whose_first_is_gone_come_and_go_by_each_other(admin):
    wanted = MediaFilter(state=(State.ACCEPTED,), near_twins=True)
    first, other, later = (an_accepted_media(admin) for _ in range(3))
    with open_session() as session:
        session.add_all(NearTwin(media_id=one, other_id=first, distance=1) for one in (other, later))
        decide(session, admin, first, Decision.WITHDRAWN)
        session.execute(update(NearTwin).values(created_at=utc_now() - timedelta(days=300)))
    long_ago(first, other, later)
    moment = Since(moment=utc_now() - timedelta(days=1))
    assert matches(admin, moment, wanted) == []
    with open_session() as session:
        decide(session, admin, later, Decision.WITHDRAWN)
    assert told(matches(admin, moment, wanted)) == {other: "no_longer_matches", later: "withdrawn"}


def test_a_source_that_is_called_otherwise_is_the_same_to_tombstones(admin):
    media = an_accepted_media(admin, source="north")
    since = Since(release_id=freeze(admin).id)
    with open_session() as session:
        [source] = session.scalars(select(Source))
        change_source(session, admin, source.id, {"name": "ridge"})
        change_media(session, admin, media, {"source": "valley"})
    wanted = replace(ACCEPTED, source=("ridge",))
    assert told(matches(admin, since, wanted)) == {media: "no_longer_matches"}


def test_what_a_filter_shows_no_more_is_said(admin):
    media, kept = (an_accepted_media(admin, tags=["dawn"]) for _ in range(2))
    wanted = MediaFilter(tag=("dawn",))
    since = Since(release_id=freeze(admin, wanted).id)
    with open_session() as session:
        change_tags(session, admin, [media], [], ["dawn"])
    (item,) = matches(admin, since, wanted)
    assert (item.media_id, item.removed, item.state) == (media, "no_longer_matches", State.ACCEPTED)
    following = freeze(admin, wanted)
    assert told(items(following.id, since)) == {media: "no_longer_matches"}
    assert [item.media_id for item in items(following.id)] == [kept]


def test_a_purge_does_not_change_a_release(admin):
    media, kept = an_accepted_media(admin, source="ridge", tags=["dawn"]), an_accepted_media(admin)
    release = freeze(admin)
    before = [to_line(item) for item in items(release.id)]
    act(admin, media, Decision.WITHDRAWN)
    with open_session() as session:
        purge_now(session, admin, media, utc_now())
    with open_session(read_only=True) as session:
        purged = session.get_one(Media, media)
        assert (purged.blob_id, purged.purged_at is None) == (None, False)
        now = get_release(session, admin, release.id)
        assert of_release(session, admin, release.id).withheld([media, kept]) == {media}
    assert [to_line(item) for item in items(release.id)] == before
    assert (now.sha256, now.counts, now.withdrawn) == (release.sha256, release.counts, 1)
    (gone,) = matches(admin, Since(release_id=release.id))
    assert (gone.media_id, gone.removed) == (media, "withdrawn")
    assert gone.sha256 == next(item.sha256 for item in items(release.id) if item.media_id == media)


def test_a_freezing_that_is_killed_begins_again(admin, monkeypatch):
    media = [an_accepted_media(admin) for _ in range(5)]
    monkeypatch.setattr("curation.datasets.freezing.AT_A_TIME", 2)

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "release.part":
            raise Killed

    with open_session() as session:
        release = create_release(session, admin, "killed", wanted=ACCEPTED)
    with monkeypatch.context() as killing:
        killing.setattr("curation.datasets.freezing.reached", die)
        with pytest.raises(Killed):
            freeze_release(open_session, release.id)
    with open_session(read_only=True) as session:
        assert len(session.scalars(select(ReleaseItem)).all()) == 2
        half = get_release(session, admin, release.id)
        assert (half.state, half.progress, half.counts) == ("making", 0.4, {})
        with pytest.raises(ReleaseNotFound):
            of_release(session, admin, release.id)
        with pytest.raises(WrongState):
            compare_releases(session, admin, release.id, release.id)
    act(admin, media[0], Decision.WITHDRAWN)
    freeze_release(open_session, release.id)
    assert [item.media_id for item in items(release.id)] == media[1:]
    with open_session(read_only=True) as session:
        done = get_release(session, admin, release.id)
    freeze_release(open_session, release.id)
    with open_session(read_only=True) as session:
        assert get_release(session, admin, release.id) == done


def test_a_release_that_was_deleted_meanwhile_is_frozen_no_further(admin):
    an_accepted_media(admin)
    with open_session() as session:
        release = create_release(session, admin, "unwanted")
    with open_session() as session:
        delete_release(session, admin, release.id)
    freeze_release(open_session, release.id)
    with open_session(read_only=True) as session:
        assert session.scalars(select(ReleaseItem)).all() == []
        assert list_releases(session, admin).items == []


def test_a_release_that_something_was_made_of_stays(admin):
    an_accepted_media(admin)
    release = freeze(admin)
    with open_session() as session:
        session.add(
            Export(
                access_id=admin.id,
                format=ExportFormat.COCO,
                release_id=release.id,
                file_name="v1.zip",
                content_type="application/zip",
            )
        )
    with open_session() as session, pytest.raises(Conflict):
        delete_release(session, admin, release.id)
    assert len(items(release.id)) == 1


def test_who_may_make_and_delete_releases(session):
    curator, viewer = an_access(session), a_viewer(session)
    with pytest.raises(NotAllowed):
        create_release(session, viewer, "v1")
    release = create_release(session, curator, " v1  of\nautumn ", note=" ")
    assert (release.name, release.note, release.state) == ("v1 of autumn", None, "making")
    with pytest.raises(NameTaken):
        create_release(session, curator, "v1 of autumn")
    for name in ("", " ", "x" * 101, "a\x07b"):
        with pytest.raises(InvalidText):
            create_release(session, curator, name)
    with pytest.raises(Refused):
        create_release(session, an_admin(session), "gone", wanted=MediaFilter(state=(State.WITHDRAWN,)))
    with pytest.raises(NotAllowed):
        delete_release(session, curator, release.id)
    assert [view.id for view in list_releases(session, viewer).items] == [release.id]
