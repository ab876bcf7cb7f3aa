"""Signed links: addresses that open one picture or one annotation's file without a credential, for some minutes.

Nothing is stored. A link says who asked for it and by which credential, and at each use it is asked anew whether
they still might: what is disabled, revoked, expired or withdrawn stops its links too.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from curation.accesses import narrower
from curation.annotation_entries import get_visible_annotation
from curation.errors import ContentMissing, InvalidLink, MediaNotFound, NotAllowed, NotFound, TooLarge
from curation.serving import StoredPicture, get_picture
from curation.sign_in import SignedIn, is_living, may_enter
from db.models import Access, Annotation, LoginSession, Media, Scope, State, Token, utc_now

MAX_LINKS = 200
SALT = "vigie links"
INVALID = "This link is not valid any more, or never was. Ask for a new one."

Kind = Literal["media", "annotation"]
Size = Literal["original", "screen", "thumb"]


@dataclass(frozen=True)
class Link:
    """What a link opens, who asked for it, with which scope and by which credential, and its end (Unix time)."""

    kind: Kind
    subject_id: int
    size: Size
    access_id: int
    scope: str
    login_session_id: int | None
    token_id: int | None
    ends: int

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.ends, UTC)

    @property
    def seconds_left(self) -> int:
        return max(1, int(self.ends - utc_now().timestamp()))


def link_to(signed_in: SignedIn, kind: Kind, subject_id: int, size: Size, minutes: int) -> Link:
    """A link for this caller, who may open what it leads to: that was asked before. It ends with their token."""
    ends = utc_now() + timedelta(minutes=minutes)
    if signed_in.token_expires_at is not None:
        ends = min(ends, signed_in.token_expires_at)
    return Link(
        kind,
        subject_id,
        size,
        signed_in.access.id,
        signed_in.access.scope.value,
        signed_in.login_session_id,
        signed_in.token_id,
        int(ends.timestamp()),
    )


def sign(link: Link, secret_key: str) -> str:
    """The link as text that stands in an address as it is."""
    return str(_serializer(secret_key).dumps(astuple(link)))


def read_link(text: str, secret_key: str) -> Link:
    """The link that was signed, if it has not ended. Raises InvalidLink."""
    try:
        link = Link(*_serializer(secret_key).loads(text))
    except (BadData, TypeError, ValueError):
        raise InvalidLink(INVALID) from None
    if link.ends < utc_now().timestamp():
        raise InvalidLink(INVALID)
    return link


def linked_picture(session: Session, link: Link) -> StoredPicture:
    """The picture behind a link. Raises InvalidLink, and ContentMissing when the bucket does not hold it."""
    access = _issuer(session, link)
    withdrawn = select(Media.id).where(Media.id == link.subject_id, Media.state == State.WITHDRAWN)
    if session.scalar(withdrawn) is not None:
        raise InvalidLink(INVALID)  # also an admin's, who sees it when signed in
    try:
        return get_picture(session, access, link.subject_id)
    except MediaNotFound:
        raise InvalidLink(INVALID) from None


def linked_annotation(session: Session, link: Link) -> Annotation:
    """The annotation behind a link. Raises InvalidLink."""
    access = _issuer(session, link)
    try:
        return get_visible_annotation(session, access, link.subject_id)
    except (NotFound, NotAllowed):
        raise InvalidLink(INVALID) from None


def require_pictures(session: Session, access: Access, media_ids: list[int]) -> None:
    """Raise MediaNotFound unless this access may see all of these media, ContentMissing for one without content."""
    if len(media_ids) > MAX_LINKS:
        raise TooLarge(f"At most {MAX_LINKS} links at once.")
    visible = select(Media.id, Media.blob_id).where(Media.id.in_(media_ids))
    if access.scope == Scope.DEVICE:
        visible = visible.where(Media.uploaded_by_id == access.id)
    contents = {row.id: row.blob_id for row in session.execute(visible.where(Media.state != State.WITHDRAWN))}
    for media_id in media_ids:
        if media_id not in contents:
            raise MediaNotFound(f"There is no media {media_id}.")
        if contents[media_id] is None:
            raise ContentMissing(f"The picture of media {media_id} is not in the bucket.", bucket_key=None)


def _issuer(session: Session, link: Link) -> Access:
    """Who asked for a link, if they may still enter by the credential they had. Raises InvalidLink."""
    access = session.get(Access, link.access_id)
    credential: LoginSession | Token | None = (
        session.get(LoginSession, link.login_session_id)
        if link.login_session_id is not None
        else session.get(Token, link.token_id or 0)
    )
    scope = narrower(Scope(link.scope), access.scope) if access is not None else None
    by_cookie = link.login_session_id is not None
    if (
        access is None
        or scope is None
        or not may_enter(access, dashboard=by_cookie)
        or credential is None
        or not is_living(credential)
    ):
        raise InvalidLink(INVALID)
    session.expunge(access)  # so that nothing can write the narrower scope back
    set_committed_value(access, "scope", scope)
    return access


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret_key, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )
