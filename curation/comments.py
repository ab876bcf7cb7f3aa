"""Comments on a media, and the people they mention. Append-only: what was said stays said.

Curators write and everybody who looks may read; a viewer looks, so a viewer only reads. Devices do neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import CURATORS, LOGIN_LENGTH, PEOPLE, require_scope
from curation.answers import clean_client_id, clean_comment
from curation.errors import AnswerIncomplete, Conflict
from curation.media_view import get_visible_media
from db.locks import lock_words
from db.models import Access, Comment, Media, Mention, Scope, State, utc_now
from db.queries import comments_of, mentions_of
from db.types import AnySelect

MENTIONS_SHOWN = 200
# In “jean@sdis34.fr” nobody is mentioned. Looked ahead, so that “@anna,@lena” is two.
_MENTION = re.compile(rf"(?<!\w)@(?=(\S{{1,{LOGIN_LENGTH}}}))")
# A login goes on over these when a letter or digit follows: “@anna.lena” is not anna, “@anna.” is.
_JOINERS = "-.+"


@dataclass(frozen=True)
class CommentView:
    id: int
    author: str
    text: str
    created_at: datetime
    mentions: list[str]


@dataclass(frozen=True)
class Commented:
    """What is stored after a comment; `repeated` when its client id had been stored before."""

    comment: CommentView
    repeated: bool = False


@dataclass(frozen=True)
class MentionView:
    """That somebody named the reader in a comment."""

    comment_id: int
    media_id: int
    file_name: str | None
    author: str
    text: str
    created_at: datetime
    seen: bool


def comment_on(
    session: Session, access: Access, media_id: int, text: str, *, client_id: str | None = None
) -> Commented:
    """Say something about a media. Everybody named as `@login` finds it on their Overview.

    A repeated `client_id` gives back what was stored. Raises MediaNotFound, AnswerIncomplete for an empty text,
    InvalidText for a long one.
    """
    require_scope(access, *CURATORS)
    client_id = clean_client_id(client_id)
    said = clean_comment(text)
    if said is None:
        raise AnswerIncomplete("Write something first: a comment is not empty.")
    get_visible_media(session, access, media_id)
    if client_id is not None:
        # Of two with the same client id at the same moment the second waits, and then finds the first.
        lock_words(session, f"comment {client_id}")
        if (stored := session.scalar(select(Comment).where(Comment.client_id == client_id))) is not None:
            if stored.author_id != access.id or stored.media_id != media_id:
                raise Conflict("This client id was used for another comment. Make a new one.")
            found = next(view for view in _comments(session, media_id) if view.id == stored.id)
            return Commented(found, repeated=True)
    people = {person.login: person.id for person in session.execute(_people())}
    mentioned = find_mentions(said, people)
    comment = Comment(media_id=media_id, author_id=access.id, text=said, client_id=client_id)
    session.add(comment)
    session.flush()
    session.add_all(Mention(comment_id=comment.id, access_id=people[login]) for login in mentioned)
    session.flush()
    return Commented(CommentView(comment.id, access.login, said, comment.created_at, sorted(mentioned)))


def list_comments(session: Session, access: Access, media_id: int) -> list[CommentView]:
    """What was said about a media, first to last; nothing while the caller shall answer it blind.

    Raises MediaNotFound.
    """
    require_scope(access, *PEOPLE)
    get_visible_media(session, access, media_id)
    if media_id in looks.given_looks(session, access):
        return []
    return _comments(session, media_id)


def list_people(session: Session, access: Access) -> list[str]:
    """The logins that a comment can mention, in order."""
    require_scope(access, *PEOPLE)
    return [person.login for person in session.execute(_people())]


def list_mentions(session: Session, access: Access, *, unseen: bool = False) -> list[MentionView]:
    """Where this access was mentioned, newest first; with `unseen` only what it has not seen yet."""
    require_scope(access, *PEOPLE)
    wanted = (
        mentions_of(access.id).where(_still_listed(access)).order_by(Comment.id.desc()).limit(MENTIONS_SHOWN)
    )
    if unseen:
        wanted = wanted.where(Mention.seen_at.is_(None))
    return [
        MentionView(
            comment_id=row.id,
            media_id=row.media_id,
            file_name=row.file_name,
            author=row.login,
            text=row.text,
            created_at=row.created_at,
            seen=row.seen_at is not None,
        )
        for row in session.execute(wanted)
    ]


def mark_seen(session: Session, access: Access, comment_ids: Sequence[int]) -> None:
    """Note that this access has seen where it was mentioned; ids of anything else change nothing."""
    require_scope(access, *PEOPLE)
    session.execute(
        update(Mention)
        .where(Mention.access_id == access.id, Mention.comment_id.in_(comment_ids), Mention.seen_at.is_(None))
        .values(seen_at=utc_now())
    )


def find_mentions(text: str, logins: Collection[str]) -> set[str]:
    """Which of these logins a text names as `@login`, whatever the case; of several that fit the longest."""
    named = (_named(match.group(1), logins) for match in _MENTION.finditer(text))
    return {login for login in named if login is not None}


def _named(word: str, logins: Collection[str]) -> str | None:
    for end in range(len(word), 0, -1):
        if _ends_there(word, end) and (login := word[:end].lower()) in logins:
            return login
    return None


def _ends_there(word: str, end: int) -> bool:
    """A login ends where the word does, or before what is no part of one: a comma, a bracket, a full stop."""
    after = word[end : end + 2]
    joined = after[:1] in _JOINERS and _is_wordlike(after[1:])
    return not after or not (_is_wordlike(after[0]) or after[0] == "@" or joined)


def _is_wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"


def _people() -> AnySelect:
    return (
        select(Access.id, Access.login)
        .where(Access.scope.in_(PEOPLE), Access.disabled_at.is_(None))
        .order_by(Access.login)
    )


def _comments(session: Session, media_id: int) -> list[CommentView]:
    mentions: dict[int, list[str]] = defaultdict(list)
    for comment_id, login in session.execute(
        select(Mention.comment_id, Access.login)
        .join(Access, Access.id == Mention.access_id)
        .join(Comment, Comment.id == Mention.comment_id)
        .where(Comment.media_id == media_id)
        .order_by(Access.login)
    ):
        mentions[comment_id].append(login)
    return [
        CommentView(row.id, row.login, row.text, row.created_at, mentions.get(row.id, []))
        for row in session.execute(comments_of(media_id))
    ]


def _still_listed(access: Access) -> ColumnElement[bool]:
    return true() if access.scope == Scope.ADMIN else Media.state != State.WITHDRAWN
