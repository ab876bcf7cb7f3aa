"""What the rows of the tables speak of, made when it is asked for: fresh, so that no request spoils another's."""

from __future__ import annotations

import hashlib
import io
import itertools
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from curation.annotation_entries import create_annotation
from curation.annotations import submit_annotation
from curation.comments import comment_on
from curation.label_classes import create_label_class, retire_label_class
from curation.links import Link, link_to, sign
from curation.reviews import decide
from curation.sign_in import SignedIn, open_login_session
from curation.sources import get_or_create_source
from curation.spread import spread
from curation.storage_checks.running import begin
from curation.tokens import add_token
from curation.twin_decisions import decide_twins
from db.models import (
    Access,
    Annotation,
    AppliesTo,
    Blob,
    BlobState,
    Decision,
    Delivery,
    Import,
    ImportKind,
    ImportState,
    Job,
    LabelClass,
    Media,
    MediaType,
    NearTwin,
    Scope,
    State,
    StorageCheck,
    Token,
    TwinAnswer,
    Webhook,
    utc_now,
)
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from tests.exported import a_kept_export, an_asked_export
from tests.factories import PASSWORD, a_box, a_jpeg, a_media, a_release, an_access

ABSENT = 10**9
_numbers = itertools.count(1)


@cache
def a_picture() -> bytes:
    return a_jpeg(640, 480)


def a_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.jpg", a_jpeg())
    return packed.getvalue()


class World:
    """Gives the values of names, for one caller: ids, words and contents. `keep` makes each of them once."""

    def __init__(self, caller: Access | None, *, keep: bool = False) -> None:
        self._caller_id = caller.id if caller is not None else None
        self._kept: dict[str, Any] | None = {} if keep else None

    def __getitem__(self, name: str) -> Any:
        if self._kept is not None and name in self._kept:
            return self._kept[name]
        with open_session() as session:
            made = getattr(self, f"_{name}")(session)
        if self._kept is not None:
            self._kept[name] = made
        return made

    def fill(self, value: Any) -> Any:
        """The same with every name in braces replaced."""
        match value:
            case str() if value.startswith("{") and value.endswith("}"):
                return self[value[1:-1]]
            case dict():
                return {key: self.fill(inner) for key, inner in value.items()}
            case list() | tuple():
                return type(value)(self.fill(inner) for inner in value)
        return value

    def fill_text(self, text: str) -> str:
        """A query with its names replaced."""
        while "{" in text:
            before, _, rest = text.partition("{")
            name, _, after = rest.partition("}")
            text = f"{before}{self[name]}{after}"
        return text

    # --- who ---

    def _asking(self, session: Session) -> Access:
        return session.get_one(Access, self._caller_id) if self._caller_id else self._curator(session)

    def _curator(self, session: Session) -> Access:
        found = session.scalar(select(Access).where(Access.login == "a-curator"))
        return found or an_access(session, Scope.USER, "a-curator")

    def _admin(self, session: Session) -> Access:
        found = session.scalar(select(Access).where(Access.login == "an-admin"))
        return found or an_access(session, Scope.ADMIN, "an-admin")

    def _caller(self, session: Session) -> int:
        return self._asking(session).id

    def _access(self, session: Session) -> int:
        return an_access(session, Scope.VIEWER).id

    def _login(self, session: Session) -> str:
        return self._curator(session).login

    def _password(self, _session: Session) -> str:
        return PASSWORD

    def _device(self, session: Session) -> int:
        return an_access(session, Scope.DEVICE).id

    def _device_login(self, session: Session) -> str:
        return an_access(session, Scope.DEVICE).login

    def _ticket(self, session: Session) -> str:
        return open_login_session(session, self._curator(session), "test", 12)

    def _own_token(self, session: Session) -> int:
        asking = self._asking(session)
        return add_token(session, asking, asking, "mine").id

    def _token(self, session: Session) -> int:
        curator = self._curator(session)
        return add_token(session, curator, curator, "a curator's").id

    def _device_token(self, session: Session) -> int:
        return add_token(session, an_access(session, Scope.DEVICE), self._admin(session), "mast").id

    # --- media ---

    def _picture(self, session: Session, **columns: Any) -> int:
        return self._media(session, self._curator(session), **columns).id

    def _own(self, session: Session) -> int:
        return self._media(session, self._asking(session)).id

    def _media(self, session: Session, uploader: Access, **columns: Any) -> Media:
        media = a_media(session, uploaded_by=uploader, **columns)
        blob = self._blob(session)
        media.blob_id, media.bucket_key = blob.id, blob.bucket_key
        session.flush()
        return media

    def _blob(self, session: Session) -> Blob:
        content = a_picture()
        sha256 = hashlib.sha256(content).hexdigest()
        found = session.scalar(select(Blob).where(Blob.sha256 == sha256))
        if found is not None:
            return found
        key = f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"
        open_bucket().put(
            key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256
        )
        made = Blob(
            sha256=sha256, size=len(content), content_type="image/jpeg", width=640, height=480, bucket_key=key,
            state=BlobState.STORED,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made

    def _waiting(self, session: Session) -> int:
        return self._awaiting(session, self._curator(session))

    def _own_waiting(self, session: Session) -> int:
        return self._awaiting(session, self._asking(session))

    def _awaiting(self, session: Session, uploader: Access) -> int:
        media = Media(state=State.AWAITING_CONTENT, uploaded_by_id=uploader.id)
        session.add(media)
        session.flush()
        return media.id

    def _withdrawn(self, session: Session) -> int:
        media_id = self._picture(session)
        decide(session, self._admin(session), media_id, Decision.WITHDRAWN)
        return media_id

    def _gone(self, session: Session) -> int:
        """Withdrawn, and of content that no other media has."""
        media = a_media(session, uploaded_by=self._curator(session))
        decide(session, self._admin(session), media.id, Decision.WITHDRAWN)
        return media.id

    def _video(self, session: Session) -> int:
        # Its frames are asked for, not taken: the object behind it is a picture.
        media = self._media(session, self._curator(session), type=MediaType.VIDEO)
        blob = session.get_one(Blob, media.blob_id)
        blob.duration = 5.0
        return media.id

    def _neighbour(self, session: Session) -> int:
        number = next(_numbers)
        captured_at = datetime(2026, 8, 1, tzinfo=UTC) + timedelta(minutes=number)
        return self._picture(session, source="CAM-7", azimuth=45.0, captured_at=captured_at)

    def _absent(self, _session: Session) -> int:
        return ABSENT

    # --- releases ---

    def _release(self, session: Session) -> int:
        return a_release(session, an_access(session, Scope.USER)).id

    # --- exports ---

    def _own_export(self, session: Session) -> int:
        return a_kept_export(session, self._asking(session)).id

    def _export(self, session: Session) -> int:
        return a_kept_export(session, an_access(session, Scope.USER)).id

    def _own_asked_export(self, session: Session) -> int:
        return an_asked_export(session, self._asking(session)).id

    def _asked_export(self, session: Session) -> int:
        return an_asked_export(session, an_access(session, Scope.USER)).id

    # --- imports ---

    def _an_import(self, session: Session, own: bool, state: ImportState = ImportState.RECEIVING) -> int:
        access = self._asking(session) if own else an_access(session, Scope.USER)
        committed_at = utc_now() if state == ImportState.DONE else None
        begun = Import(
            access_id=access.id,
            kind=ImportKind.FILES,
            name="a folder",
            state=state,
            preview={"classes": []} if state != ImportState.RECEIVING else None,
            committed_at=committed_at,
        )
        session.add(begun)
        session.flush()
        return begun.id

    def _own_import(self, session: Session) -> int:
        return self._an_import(session, own=True)

    def _import(self, session: Session) -> int:
        return self._an_import(session, own=False)

    def _own_ready_import(self, session: Session) -> int:
        return self._an_import(session, own=True, state=ImportState.READY)

    def _ready_import(self, session: Session) -> int:
        return self._an_import(session, own=False, state=ImportState.READY)

    def _own_done_import(self, session: Session) -> int:
        return self._an_import(session, own=True, state=ImportState.DONE)

    def _done_import(self, session: Session) -> int:
        return self._an_import(session, own=False, state=ImportState.DONE)

    # --- answers ---

    def _answered(self, session: Session) -> int:
        media_id = self._picture(session)
        self._last_answer = submit_annotation(
            session, self._curator(session), media_id, shapes=[a_box()]
        ).annotation.id
        return media_id

    def _its_answer(self, _session: Session) -> int:
        """Of the media that `answered` gave last."""
        return self._last_answer

    def _answer(self, session: Session) -> int:
        self._answered(session)
        return self._last_answer

    def _withdrawn_answer(self, session: Session) -> int:
        media_id = self._answered(session)
        decide(session, self._admin(session), media_id, Decision.WITHDRAWN)
        return self._last_answer

    def _empty(self, session: Session) -> int:
        """Somebody's annotation without content: its own author and admins bring it."""
        other = an_access(session, Scope.USER)
        return create_annotation(session, other, self._picture(session)).id

    def _comment(self, session: Session) -> int:
        return comment_on(session, self._curator(session), self._picture(session), "seen").comment.id

    def _batch(self, session: Session) -> int:
        return self._spread(session, an_access(session, Scope.USER))

    def _own_batch(self, session: Session) -> int:
        asking = self._asking(session)
        curates = asking.scope in (Scope.USER, Scope.ADMIN)
        return self._spread(session, asking if curates else self._curator(session))

    def _spread(self, session: Session, access: Access) -> int:
        ids = [self._neighbour(session), self._neighbour(session)]
        return spread(
            session, access, ids[0], a_box(), ids[1:], client_id=f"batch-{next(_numbers):06}"
        ).batch_id

    def _twin(self, session: Session) -> int:
        first, later = a_media(session), a_media(session)
        session.add(NearTwin(media_id=later.id, other_id=first.id, distance=1))
        session.flush()
        return later.id

    def _twin_decision(self, session: Session) -> int:
        return self._decided(session, an_access(session, Scope.USER))

    def _own_twin_decision(self, session: Session) -> int:
        asking = self._asking(session)
        curates = asking.scope in (Scope.USER, Scope.ADMIN)
        return self._decided(session, asking if curates else self._curator(session))

    def _decided(self, session: Session, access: Access) -> int:
        return decide_twins(session, access, TwinAnswer.REJECTED, [self._twin(session)]).id

    def _link(self, session: Session) -> str:
        return self._signed(session, self._picture(session))

    def _annotation_link(self, session: Session) -> str:
        answer = self._answer(session)
        content, key = b'{"shapes": []}', f"annotations/{answer}.json"
        sha256 = hashlib.sha256(content).hexdigest()
        open_bucket().put(
            key, io.BytesIO(content), size=len(content), content_type="application/json", sha256=sha256
        )
        session.get_one(Annotation, answer).bucket_key = key
        return self._signed(session, answer, kind="annotation")

    def _withdrawn_link(self, session: Session) -> str:
        return self._signed(session, self._withdrawn(session))

    def _forged_link(self, session: Session) -> str:
        return self._signed(session, self._picture(session), secret="x" * 32)

    def _signed(
        self, session: Session, subject_id: int, *, kind: Any = "media", secret: str | None = None
    ) -> str:
        curator = self._curator(session)
        token_id = add_token(session, curator, curator, "for a link", expires_in_days=1).id
        for_whom = SignedIn(curator, token_id=token_id)
        link: Link = link_to(for_whom, kind, subject_id, "original", 15)
        # More than any access may have at once would be made in a long run.
        session.flush()
        self._forget_old_tokens(session, curator)
        return sign(link, secret or get_settings().secret_key)

    @staticmethod
    def _forget_old_tokens(session: Session, access: Access) -> None:
        ids = session.scalars(select(Token.id).where(Token.access_id == access.id).order_by(Token.id)).all()
        for token_id in ids[:-10]:
            session.get_one(Token, token_id).revoked_at = utc_now()

    # --- the house ---

    def _label_class(self, session: Session) -> str:
        return self._new_class(session).key

    def _retired_class(self, session: Session) -> str:
        made = self._new_class(session)
        retire_label_class(session, self._admin(session), made.id)
        return made.key

    def _new_class(self, session: Session) -> LabelClass:
        word = self._new(session)
        return create_label_class(
            session, self._admin(session), key=word, name=word, colour="#123456", hotkey=None,
            applies_to=AppliesTo.BOTH, exclusive_group=None, parent_id=None, guide=None,
        )  # fmt: skip

    def _source(self, session: Session) -> int:
        return get_or_create_source(session, self._new(session)).id

    def _other_source(self, session: Session) -> int:
        return self._source(session)

    def _webhook(self, session: Session) -> int:
        # Not by the use case: there may be twenty at most.
        made = Webhook(
            name=self._new(session),
            url="https://example.org/hook",
            events=["media.accepted"],
            secret="whsec_" + "A" * 44,
            made_by_id=self._admin(session).id,
        )
        session.add(made)
        session.flush()
        return made.id

    def _delivery(self, session: Session) -> int:
        delivery = Delivery(
            webhook_id=self._webhook(session), event="webhook.test", message_id=self._new(session), payload={}
        )
        session.add(delivery)
        session.flush()
        return delivery.id

    def _check(self, session: Session) -> int:
        return begin(session)

    def _no_check_yet(self, session: Session) -> bool:
        """One at a time is asked for: what was asked for before is forgotten. A word of a body, and says no."""
        session.execute(delete(StorageCheck))
        session.execute(delete(Job))
        return False

    # --- words and contents ---

    def _new(self, _session: Session) -> str:
        return f"word-{next(_numbers):06}"

    def _jpeg(self, _session: Session) -> bytes:
        return a_jpeg()

    def _zip(self, _session: Session) -> bytes:
        return a_zip()
