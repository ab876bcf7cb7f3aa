"""Fills an empty installation with the story of `demo/story.py`, through the same use cases as everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from curation.accesses import add_access, find_access
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.browse import count_matches
from curation.capture import CaptureDetails
from curation.content import largest_of
from curation.label_classes import ensure_default_label_classes
from curation.media_filter import MediaFilter
from curation.questions import ensure_default_questions
from curation.reviews import decide
from curation.spool import Spool, spool_chunks
from curation.uploads import UploadPlace, register_media
from db.models import Access, Decision, Scope
from db.session import open_session
from demo.clip import CLIPS, Clip, encode
from demo.frames import Camera, Frame, TrueShape, draw_frame
from demo.story import EPISODES, Episode, Moment, Outcome
from settings import Settings
from storage import Bucket, open_bucket

ACCESSES = {"viewer": Scope.VIEWER, "curator": Scope.USER, "reviewer": Scope.USER}
DECISIONS = {
    Outcome.ACCEPTED: Decision.ACCEPTED,
    Outcome.REJECTED: Decision.REJECTED,
    Outcome.SENT_BACK: Decision.SENT_BACK,
    Outcome.UNSURE: Decision.UNSURE,
    Outcome.PARKED: Decision.PARKED,
}
COMMENTS = {
    Outcome.REJECTED: "Says nothing that the frame before does not say.",
    Outcome.SENT_BACK: "The box is far too wide: draw it tight around what can be seen.",
    Outcome.UNSURE: "Hard to tell from one frame.",
    Outcome.PARKED: "Waits for the frames of the neighbouring camera.",
}


ONLY_EMPTY = "made-up frames are only added to an empty installation."


class NotEmpty(Exception):
    """The installation holds media; the text says what to do."""


@dataclass
class Filling:
    """What filling needs at every step."""

    settings: Settings
    bucket: Bucket
    curator: Access
    reviewer: Access
    chance: Random = field(default_factory=lambda: Random("demo"))

    @property
    def policy(self) -> ReviewPolicy:
        return ReviewPolicy.of(self.settings)


def fill(
    settings: Settings,
    say: Callable[[str], None] = print,
    episodes: tuple[Episode, ...] = EPISODES,
    clips: tuple[Clip, ...] = CLIPS,
) -> None:
    """Register, annotate and review made-up frames, film some, and print the one-time passwords of three accesses.

    Raises NotEmpty when there are media already.
    """
    with open_session() as session:
        ensure_default_label_classes(session)
        ensure_default_questions(session)
    bucket = open_bucket()
    bucket.prepare()
    accesses, passwords = _make_accesses()
    filling = Filling(settings, bucket, accesses["curator"], accesses["reviewer"])
    for episode in episodes:
        say(f"Drawing {len(episode.outcomes)} frames of {episode.camera.name}: {episode.name}")
        for moment in episode.moments():
            _add(filling, moment)
    for clip in clips:
        say(f"Filming {clip.camera.name}: {clip.frames} frames")
        _store(filling, clip.camera, clip.file_name, encode(clip), ("demo", "film"))
    say("")
    say("Sign in as one of these; the passwords are shown only now and changed at the first sign-in:")
    for login, password in passwords.items():
        say(f"  {login:<10} {password}   ({ACCESSES[login].value})")


def _make_accesses() -> tuple[Mapping[str, Access], Mapping[str, str]]:
    """The accesses of the story and their one-time passwords, by login. Raises NotEmpty, and then makes none."""
    accesses: dict[str, Access] = {}
    passwords: dict[str, str] = {}
    with open_session() as session:
        for login, scope in ACCESSES.items():
            if find_access(session, login) is not None:
                raise NotEmpty(f"There is an access called {login} already: {ONLY_EMPTY}")
            accesses[login], made = add_access(session, login, scope)
            assert made is not None
            passwords[login] = made
        if count_matches(session, accesses["curator"], MediaFilter(), cap=1).value:
            raise NotEmpty(f"There are media here already: {ONLY_EMPTY}")
    return accesses, passwords


def _add(filling: Filling, moment: Moment) -> None:
    frame = draw_frame(moment.episode.camera, moment.captured_at, moment.episode.weather, moment.plumes)
    media_id = _register(filling, moment, frame)
    outcome, annotation_id = moment.outcome, None
    if outcome in (Outcome.SUBMITTED, Outcome.ACCEPTED, Outcome.SENT_BACK):
        with open_session() as session:
            submitted = submit_annotation(
                session,
                filling.curator,
                media_id,
                shapes=[_answered(filling, moment, shape) for shape in frame.shapes],
                label_classes=moment.episode.says,
                policy=filling.policy,
            )
        annotation_id = submitted.annotation.id
    if outcome in DECISIONS and filling.settings.reviews_required > 0:
        with open_session() as session:
            decide(
                session,
                filling.reviewer,
                media_id,
                DECISIONS[outcome],
                annotation_id=annotation_id,
                comment=COMMENTS.get(outcome),
                policy=filling.policy,
            )


def _register(filling: Filling, moment: Moment, frame: Frame) -> int:
    tags = ("demo", moment.episode.name)
    return _store(filling, moment.episode.camera, frame.file_name, frame.content, tags)


def _store(filling: Filling, camera: Camera, file_name: str, content: bytes, tags: tuple[str, ...]) -> int:
    settings = filling.settings
    with Spool(settings.data_dir / "spool", limit=largest_of, name=file_name) as spool:
        registered = register_media(
            open_session,
            filling.bucket,
            filling.curator,
            spool_chunks(spool, [content]),
            file_name=file_name,
            # When and where come from what the camera wrote into it.
            details=CaptureDetails(source=camera.name, azimuth=float(camera.azimuth), tags=tags),
            place=UploadPlace(settings.bucket_media_folder, settings.default_timezone),
        )
    return registered.media_id


def _answered(filling: Filling, moment: Moment, shape: TrueShape) -> dict[str, Any]:
    """A shape as somebody answered it: nearly the truth, and far from it where it is sent back."""
    slack = 0.5 if moment.outcome == Outcome.SENT_BACK else 0.03
    wide, high = shape.box[2] - shape.box[0], shape.box[3] - shape.box[1]
    box = [
        max(0.0, shape.box[0] - wide * slack * filling.chance.random()),
        max(0.0, shape.box[1] - high * slack * filling.chance.random()),
        min(1.0, shape.box[2] + wide * slack * filling.chance.random()),
        min(1.0, shape.box[3] + high * slack * filling.chance.random()),
    ]
    answered: dict[str, Any] = {"label_class": shape.label_class, "box": box}
    if moment.episode.by_model:
        answered |= {"origin": "model", "confidence": round(min(0.97, 0.3 + 4 * wide * high), 2)}
    elif moment.episode.name == "forest fire" and moment.outcome == Outcome.ACCEPTED:
        answered["points"] = [list(point) for point in shape.points]
    return answered
