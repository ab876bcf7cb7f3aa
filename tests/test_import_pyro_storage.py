"""Moving over from pyro-storage, with the command that its operator types."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.orm import selectinload

import manage
from curation.annotations import submit_annotation
from curation.sign_in import authenticate
from db.models import Access, Annotation, Event, IdempotencyKey, Media, MediaTag, MediaType, Scope, State, Tag
from db.session import open_session
from storage import open_bucket
from tests.conftest import Installation
from tests.factories import PASSWORD, a_jpeg, an_access, an_admin
from tests.pyro_storage import CREATED_AT, OtherInstallation
from tests.s3_server import BUCKET_NAME, S3Server, start_rclone
from tests.videos import a_video

ROOT = Path(__file__).parent.parent
# For what our own database has no part in: one kind of it is enough.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def their_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = start_rclone(tmp_path_factory.mktemp("their-s3"))
    yield server
    server.stop()


@pytest.fixture
def theirs(postgresql_url: str, their_s3: S3Server) -> Iterator[OtherInstallation]:
    server = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    name = f"pyro_storage_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        url = make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)
        installation = OtherInstallation(url, their_s3)
        yield installation
        installation.close()
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@dataclass
class Operator:
    """Somebody who types the command, in the data folder."""

    theirs: OtherInstallation
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def moves_over(self, *options: str, **environment: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        for name, value in (self.theirs.environment | environment).items():
            self.patch.setenv(name, value)
        umask, folder = os.umask(0o022), Path.cwd()
        try:
            code = manage.main(["import-pyro-storage", *options])
        finally:
            os.umask(umask)
            os.chdir(folder)
        return code, *self.capture.readouterr()

    def begins_to_move_over(self) -> subprocess.Popen[bytes]:
        """The same in a process of its own, to be killed."""
        return subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "import-pyro-storage"],
            env=os.environ | self.theirs.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@pytest.fixture
def operator(
    theirs: OtherInstallation,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Operator:
    monkeypatch.chdir(installation.data_dir)
    return Operator(theirs, monkeypatch, capsys)


def all_media() -> list[Media]:
    with open_session(read_only=True) as session:
        return list(session.scalars(select(Media).order_by(Media.id)))


def how_many(table: type) -> int:
    with open_session(read_only=True) as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_media_come_with_their_content_time_and_a_trace_of_where_they_were(theirs, operator):
    content = a_jpeg(640, 480)
    old_id = theirs.add_media(content, ending="file")  # what the published client makes of every file
    before = theirs.rows()
    code, said, complained = operator.moves_over("--map", "ids.csv")
    assert (code, complained) == (0, "")
    assert "media: 1 created, 0 already there, 0 failed" in said
    (media,) = all_media()
    assert media.state == State.NEW
    assert media.created_at == CREATED_AT.replace(tzinfo=UTC)
    assert media.bucket_key.startswith("media/") and media.bucket_key.endswith(".jpg")
    assert open_bucket().read(media.bucket_key) == content
    with open_session(read_only=True) as session:
        tags = session.scalars(select(Tag.name).join(MediaTag)).all()
        uploader = session.get(Access, media.uploaded_by_id)
    assert tags == ["pyro-storage"]
    assert uploader.login == "import-pyro-storage" and uploader.disabled_at is not None
    with open("ids.csv", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {
                "kind": "media",
                "old_id": str(old_id),
                "outcome": "created",
                "new_id": str(media.id),
                "note": "",
            }
        ]
    assert theirs.rows() == before


@on_one_database
def test_a_video_comes_whatever_its_row_and_its_key_say(theirs, operator):
    content = a_video()
    theirs.add_media(content, ending="file", type="image")
    assert operator.moves_over()[0] == 0
    (media,) = all_media()
    assert media.type == MediaType.VIDEO and media.bucket_key.endswith(".mp4")
    assert open_bucket().read(media.bucket_key) == content


def test_a_second_run_carries_only_what_came_since(theirs, operator):
    theirs.add_media(a_jpeg())
    theirs.add_access("camille", "three words here")
    assert operator.moves_over()[0] == 0
    theirs.add_media(a_jpeg())
    code, said, complained = operator.moves_over()
    assert (code, complained) == (0, "")
    assert "accesses: 0 created, 1 already there, 0 failed" in said
    assert "media: 1 created, 1 already there, 0 failed" in said
    assert how_many(Media) == 2


@on_one_database
def test_what_was_withdrawn_here_meanwhile_does_not_come_back(theirs, operator):
    theirs.add_media(a_jpeg())
    operator.moves_over()
    with open_session() as session:
        media = session.scalars(select(Media)).one()
        media.state, media.upload_sha256 = State.WITHDRAWN, None
    code, said, _ = operator.moves_over()
    assert code == 0 and "media: 0 created, 1 already there, 0 failed" in said
    assert how_many(Media) == 1


@on_one_database
def test_each_row_that_cannot_come_is_named_and_stops_nothing(theirs, operator):
    lost = a_jpeg()
    text_id, lost_id = theirs.add_media(b"no picture at all", ending="jpg"), theirs.add_media(lost)
    theirs.lose_object(lost)
    empty_id = theirs.add_media(None)
    theirs.add_media(a_jpeg())
    code, said, complained = operator.moves_over()
    assert code == 1
    assert "media: 1 created, 0 already there, 1 left out, 2 failed" in said
    first, second, third = complained.splitlines()
    assert first.startswith(f"media {text_id}: failed. ") and "is not a" in first
    assert second.startswith(f"media {lost_id}: failed. The bucket holds no object")
    assert third == f"media {empty_id}: left out. Its content was never uploaded to pyro-storage."


def test_the_same_picture_twice_is_one_media(theirs, operator):
    content = a_jpeg()
    first, second = theirs.add_media(content), theirs.add_media(content)
    code, said, complained = operator.moves_over("--map", "ids.csv")
    assert code == 0 and "media: 1 created, 1 already there, 0 failed" in said
    (media,) = all_media()
    assert complained == f"media {second}: already there. The same content is here as media {media.id}.\n"
    with open("ids.csv", newline="") as file:
        ids = {row["old_id"]: row["new_id"] for row in csv.DictReader(file)}
    assert ids == {str(first): str(media.id), str(second): str(media.id)}


@on_one_database
def test_a_file_that_was_replaced_there_after_it_came_is_told(theirs, operator):
    old_id = theirs.add_media(a_jpeg())
    operator.moves_over()
    theirs.replace_content(old_id, a_jpeg())
    code, _, complained = operator.moves_over()
    assert code == 1
    assert complained.startswith(f"media {old_id}: failed. Its file was replaced in pyro-storage")
    assert how_many(Media) == 1


def test_annotation_files_come_as_they_are_and_those_we_can_read_become_shapes(theirs, operator):
    media_id = theirs.add_media(a_jpeg(400, 200))
    box = {"x_min": 0.1, "y_min": 0.2, "x_max": 0.3, "y_max": 0.4}
    opaque = json.dumps({"smoke": [[1, 2, 3, 4]]}).encode()
    voc = (
        b"<annotation><size><width>400</width><height>200</height><depth>3</depth></size><object>"
        b"<name>wildfire</name><bndbox><xmin>41</xmin><ymin>41</ymin><xmax>120</xmax><ymax>80</ymax></bndbox>"
        b"</object></annotation>"
    )
    theirs.add_annotation(media_id, opaque)
    theirs.add_annotation(media_id, voc, ending="file")
    theirs.add_annotation(media_id, None)
    code, said, complained = operator.moves_over()
    assert code == 0
    assert "annotations: 2 created, 0 already there, 1 left out, 0 failed" in said
    assert complained == "annotation 3: left out. Its file was never uploaded to pyro-storage.\n"
    with open_session(read_only=True) as session:
        first, second = session.scalars(
            select(Annotation).order_by(Annotation.id).options(selectinload(Annotation.shapes))
        ).all()
        (media,) = session.scalars(select(Media))
    assert (first.content, second.content) == ("file", "shapes")
    assert {first.created_at, second.created_at} == {CREATED_AT.replace(tzinfo=UTC)}
    assert open_bucket().read(first.bucket_key) == opaque and open_bucket().read(second.bucket_key) == voc
    (shape,) = second.shapes
    assert {name: getattr(shape, name) for name in box} == pytest.approx(box)
    assert (media.current_annotation_id, media.state) == (second.id, State.ANNOTATED)

    code, said, _ = operator.moves_over()
    assert code == 0 and "annotations: 0 created, 2 already there, 1 left out, 0 failed" in said


@on_one_database
def test_an_annotation_that_cannot_come_is_named(theirs, operator):
    theirs.add_annotation(theirs.add_media(b"no picture"), b"{}")
    code, said, complained = operator.moves_over()
    assert code == 1 and "annotations: 0 created, 0 already there, 1 failed" in said
    assert complained.splitlines()[-1] == "annotation 1: failed. Its media 1 did not come over."


@on_one_database
@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_given_here_meanwhile_is_not_overruled_by_an_older_file(theirs, operator, accepted):
    media_id = theirs.add_media(a_jpeg())
    assert operator.moves_over()[0] == 0
    with open_session() as session:
        curator = an_access(session)
        (media,) = session.scalars(select(Media))
        submit_annotation(session, curator, media.id, accept=accepted)
    theirs.add_annotation(media_id, b"{}")
    code, _, complained = operator.moves_over()
    assert code == 1 and complained.startswith("annotation 1: failed. ")
    with open_session(read_only=True) as session:
        (media,) = session.scalars(select(Media))
        current = session.get(Annotation, media.current_annotation_id)
    assert current.author_id == curator.id
    assert media.state == (State.ACCEPTED if accepted else State.ANNOTATED)


def test_accesses_sign_in_with_the_passwords_they_had(theirs, operator):
    theirs.add_access("Camille", "abc", "admin")
    theirs.add_access("bastien", "three words here")
    assert operator.moves_over()[0] == 0
    with open_session() as session:
        accesses = {access.login: access for access in session.scalars(select(Access))}
        assert {login: access.scope for login, access in accesses.items()} == {
            "camille": Scope.ADMIN,
            "bastien": Scope.USER,
            "import-pyro-storage": Scope.USER,
        }
        assert not accesses["bastien"].must_change_password and accesses["bastien"].disabled_at is None
        assert authenticate(session, "Camille", "abc").scope == Scope.ADMIN
        told = session.scalars(select(Event).where(Event.name == "access_imported")).all()
    assert {event.detail["login"] for event in told} == {"camille", "bastien"}


@on_one_database
def test_a_login_that_exists_here_is_left_as_it_is_and_said(theirs, operator):
    with open_session() as session:
        ours = an_admin(session)
        ours.login = "camille"
    old_id = theirs.add_access("camille", "abc", "user")
    code, said, complained = operator.moves_over()
    assert code == 0 and "accesses: 0 created, 1 already there, 0 failed" in said
    assert complained == (
        f"access {old_id}: already there. The login “camille” exists here already; it was left as it is.\n"
    )
    with open_session() as session:
        kept = session.scalars(select(Access).where(Access.login == "camille")).one()
        assert (kept.scope, kept.hashed_password) == (Scope.ADMIN, ours.hashed_password)
        assert authenticate(session, "camille", PASSWORD).id == kept.id


@on_one_database
def test_a_dry_run_tells_the_same_and_writes_nothing(theirs, operator):
    lost = a_jpeg()
    theirs.add_access("camille", "abc")
    theirs.add_media(a_jpeg())
    theirs.add_media(lost)
    theirs.lose_object(lost)
    code, said, _ = operator.moves_over("--dry-run")
    assert code == 1
    assert "Nothing was written" in said
    assert "accesses: 1 created, 0 already there, 0 failed" in said
    assert "media: 1 created, 0 already there, 1 failed" in said
    assert (how_many(Access), how_many(Media), how_many(Event)) == (0, 0, 0)
    assert list(open_bucket().list()) == []


def test_a_run_that_was_killed_is_simply_run_again(theirs, operator):
    pictures = [a_jpeg() for _ in range(16)]
    for picture in pictures:
        theirs.add_annotation(theirs.add_media(picture), b'{"about": %d}' % len(picture))
    for table, wanted in ((Media, 1), (Media, 9), (Annotation, 1), (Annotation, 7)):
        process = operator.begins_to_move_over()
        while how_many(table) < wanted and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.wait()
    assert how_many(Annotation) < len(pictures)
    code, _, complained = operator.moves_over()
    assert (code, complained) == (0, "")
    arrived = all_media()
    assert len(arrived) == how_many(IdempotencyKey) == len(pictures)
    assert {media.created_at for media in arrived} == {CREATED_AT.replace(tzinfo=UTC)}
    assert sorted(open_bucket().read(media.bucket_key) for media in arrived) == sorted(pictures)
    with open_session(read_only=True) as session:
        answers = session.scalars(select(Annotation)).all()
    assert [answer.content for answer in answers] == ["file"] * len(pictures)
    assert {answer.media_id for answer in answers} == {media.id for media in arrived}
    assert {media.current_annotation_id for media in arrived} == {answer.id for answer in answers}


@on_one_database
def test_two_installations_keep_their_ids_apart(theirs, operator):
    theirs.add_media(a_jpeg())
    operator.moves_over("--name", "storage-north")
    with open_session() as session:
        an_access(session)
        assert session.scalars(select(IdempotencyKey.key)).all() == ["storage-north:media:1"]


@on_one_database
def test_it_reads_the_env_file_of_pyro_storage_and_a_bucket_that_was_copied(theirs, operator):
    theirs.add_media(a_jpeg())
    Path("pyro.env").write_text(
        f"DATABASE_URL={theirs.database_url.replace('postgresql+psycopg', 'postgres')}\nBUCKET_NAME=gone\n"
        "QARNOT_TOKEN=some-token\nDEBUG=False\n"
    )
    copied = str(theirs.s3.folder / BUCKET_NAME)
    nothing = dict.fromkeys(theirs.environment, "")
    options = ("--settings", "pyro.env", "--bucket-folder", copied)
    code, said, _ = operator.moves_over(*options, **nothing)
    assert code == 0 and "media: 1 created" in said


@on_one_database
@pytest.mark.parametrize(
    ("environment", "code", "sentence"),
    [
        (
            {"PYRO_STORAGE_DATABASE_URL": ""},
            2,
            "Say where pyro-storage's database is: --settings, --database or",
        ),
        (
            {"PYRO_STORAGE_BUCKET_NAME": ""},
            2,
            "Say where pyro-storage's bucket is: --settings, --bucket-folder or",
        ),
        (
            {"PYRO_STORAGE_DATABASE_URL": "mysql://a:secret@b/c"},
            2,
            "Of pyro-storage: DATABASE_URL must look like",
        ),
        (
            {"PYRO_STORAGE_DATABASE_URL": "postgresql://a:secret@127.0.0.1:1/c"},
            1,
            "The database of pyro-storage cannot be used: ",
        ),
        (
            {"PYRO_STORAGE_S3_SECRET_KEY": "another-password"},
            1,
            "The bucket of pyro-storage cannot be used: ",
        ),
    ],
)
def test_what_keeps_it_from_beginning_is_told_in_one_sentence(operator, environment, code, sentence):
    given, said, complained = operator.moves_over(**environment)
    assert (given, said) == (code, "")
    assert complained.startswith(sentence) and complained.count("\n") == 1
    assert "a:secret" not in complained and "another-password" not in complained
