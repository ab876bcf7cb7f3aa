"""Devices: the accesses of cameras. What they send, when they last gave a sign of life, and their tokens."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import and_, func, literal, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation.accesses import clean_login, create_access, find_access, make_password, require_scope
from curation.browse import conditions
from curation.errors import AccessNotFound, LoginTaken, TooLarge
from curation.events import record
from curation.media_filter import MediaFilter
from curation.sign_in import SignedIn
from curation.sources import clean_source, get_or_create_source
from curation.states import UNLISTED_STATES
from curation.tokens import MadeToken, add_token, end_tokens, require_no_lasting_token
from db.media_queries import listed_media_per
from db.models import Access, Media, Scope, Source, Token, utc_now
from db.queries import token_seen_at
from db.types import AnyRow, AnySelect, UtcDateTime

DAYS = 14
MAX_OVERLAP_MINUTES = 7 * 24 * 60


@dataclass(frozen=True)
class DayCount:
    """The media of one day that Browse lists, and the filter that lists them."""

    day: date
    count: int
    wanted: MediaFilter


@dataclass(frozen=True)
class Device:
    """A device as it stands. `silent`: enabled, and no sign of life for longer than is allowed.

    `last_seen_at` is the later of its last request and its last media. `media_total` and `per_day` count what Browse
    lists. `tokens` are those made to last that open a door now; `token_expires_at` is when the last of them ends,
    empty for never (or for none).
    """

    id: int
    login: str
    source: str | None
    disabled: bool
    created_at: datetime
    last_seen_at: datetime | None
    last_media_at: datetime | None
    media_total: int
    per_day: list[DayCount]
    silent: bool
    tokens: int
    token_expires_at: datetime | None


def list_devices(
    session: Session, access: Access, silent_after: timedelta, *, zone: tzinfo = UTC
) -> list[Device]:
    """Every device by login, with its last fourteen days in a zone, today included. Raises NotAllowed."""
    require_scope(access, Scope.ADMIN)
    now = utc_now()
    today = now.astimezone(zone).date()
    days = [_one_day(today - timedelta(days=back), zone) for back in range(DAYS - 1, -1, -1)]
    counts = _counts_per_day(session, access, days)
    rows = session.execute(_standing(now).order_by(Access.login)).all()
    return [_device(row, days, counts[row.id], now - silent_after) for row in rows]


def view_device(
    session: Session, access: Access, device_id: int, silent_after: timedelta, *, zone: tzinfo = UTC
) -> Device:
    """One device as it is listed. Raises NotAllowed, AccessNotFound."""
    devices = list_devices(session, access, silent_after, zone=zone)
    found = next((device for device in devices if device.id == device_id), None)
    if found is None:
        raise AccessNotFound("There is no such device.")
    return found


def count_silent_devices(session: Session, silent_after: timedelta) -> int:
    """How many enabled devices have given no sign of life for so long."""
    since = utc_now() - silent_after
    return sum(_is_silent(row, since) for row in session.execute(_signs_of_life()))


def create_device(
    session: Session,
    signed_in: SignedIn,
    login: str,
    *,
    source: str | None = None,
    expires_in_days: int | None = None,
) -> tuple[int, MadeToken]:
    """A device's id and its first token. Raises NotAllowed, InvalidText, LoginTaken."""
    require_no_lasting_token(signed_in)
    # It enters by its token. A password that nobody was told opens nothing; an admin may reset it to one that does.
    device, _none = create_access(session, signed_in.access, login, Scope.DEVICE, make_password())
    _give_source(session, device, source)
    made = add_token(session, device, signed_in.access, device.login, expires_in_days=expires_in_days)
    return device.id, made


def rename_device(session: Session, access: Access, device_id: int, login: str) -> Access:
    """Another login; its tokens and media stay its own. Raises NotAllowed, AccessNotFound, InvalidText, LoginTaken."""
    device = get_device(session, access, device_id)
    before, login = device.login, clean_login(login)
    if login != before:
        if find_access(session, login) is not None:
            raise LoginTaken(f"The login “{login}” is taken.")
        device.login = login
        try:
            session.flush()
        except IntegrityError:
            raise LoginTaken(f"The login “{login}” is taken.") from None
        record(session, access, "device_renamed", {"login": login, "before": before})
    return device


def change_source_of_device(session: Session, access: Access, device_id: int, source: str | None) -> Access:
    """Where its uploads are from when they do not say, made where missing; none without a name.

    Raises NotAllowed, AccessNotFound, InvalidText.
    """
    device = get_device(session, access, device_id)
    before = device.source_id
    _give_source(session, device, source)
    if device.source_id != before:
        record(
            session, access, "device_source_changed", {"login": device.login, "source": clean_source(source)}
        )
    return device


def rotate_token(
    session: Session,
    signed_in: SignedIn,
    device_id: int,
    *,
    overlap_minutes: int = 0,
    expires_in_days: int | None = None,
) -> MadeToken:
    """A new token; those before end at once, or after an overlap in which both work.

    Raises NotAllowed, AccessNotFound, InvalidText, TooLarge, TooManyTokens.
    """
    require_no_lasting_token(signed_in)
    device = get_device(session, signed_in.access, device_id)
    if not 0 <= overlap_minutes <= MAX_OVERLAP_MINUTES:
        raise TooLarge(f"The token before may work for at most {MAX_OVERLAP_MINUTES:,} more minutes.")
    ended = end_tokens(session, device.id, utc_now() + timedelta(minutes=overlap_minutes))
    made = add_token(session, device, signed_in.access, device.login, expires_in_days=expires_in_days)
    detail = {"login": device.login, "ended": ended, "overlap_minutes": overlap_minutes}
    record(session, signed_in.access, "device_token_rotated", detail)
    return made


def revoke_tokens(session: Session, signed_in: SignedIn, device_id: int) -> int:
    """End every token of a device at once; returns how many. Raises NotAllowed, AccessNotFound."""
    require_no_lasting_token(signed_in)
    device = get_device(session, signed_in.access, device_id)
    ended = end_tokens(session, device.id, utc_now())
    record(session, signed_in.access, "device_token_revoked", {"login": device.login, "ended": ended})
    return ended


def get_device(session: Session, access: Access, device_id: int) -> Access:
    """A device by its id: of people this says that there is none. Raises NotAllowed, AccessNotFound."""
    require_scope(access, Scope.ADMIN)
    found = session.get(Access, device_id)
    if found is None or found.scope != Scope.DEVICE or found.deleted_at is not None:
        raise AccessNotFound("There is no such device.")
    return found


def _give_source(session: Session, device: Access, name: str | None) -> None:
    cleaned = clean_source(name)
    device.source_id = get_or_create_source(session, cleaned).id if cleaned else None
    session.flush()


def _signs_of_life() -> AnySelect:
    """Devices with when their tokens were last seen and when their newest media came."""
    seen = select(func.max(token_seen_at())).where(Token.access_id == Access.id).scalar_subquery()
    newest = (
        select(Media.created_at)
        .where(Media.uploaded_by_id == Access.id)
        .order_by(Media.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        Access.id,
        Access.login,
        Access.disabled_at,
        Access.created_at,
        seen.label("last_seen_at"),
        newest.label("last_media_at"),
    ).where(Access.scope == Scope.DEVICE, Access.deleted_at.is_(None))


def _standing(now: datetime) -> AnySelect:
    living = and_(
        Token.access_id == Access.id,
        Token.made_by_id.is_not(None),
        Token.revoked_at.is_(None),
        func.coalesce(Token.expires_at > now, True),
    )
    tokens = select(func.count()).where(living).scalar_subquery()
    endless = select(func.count()).where(living, Token.expires_at.is_(None)).scalar_subquery()
    expires_at = select(func.max(Token.expires_at)).where(living).scalar_subquery()
    media = listed_media_per(Media.uploaded_by_id, UNLISTED_STATES).subquery()
    return (
        _signs_of_life()
        .add_columns(
            Source.name.label("source"),
            tokens.label("tokens"),
            endless.label("endless"),
            expires_at.label("expires_at"),
            func.coalesce(media.c.media, 0).label("media_total"),
        )
        .outerjoin(Source, Source.id == Access.source_id)
        .outerjoin(media, media.c.owner == Access.id)
    )


def _device(row: AnyRow, days: list[DayCount], counts: dict[int, int], silent_since: datetime) -> Device:
    return Device(
        id=row.id,
        login=row.login,
        source=row.source,
        disabled=row.disabled_at is not None,
        created_at=row.created_at,
        # A token is marked as seen once a minute at most: a picture may be the later sign.
        last_seen_at=max(
            (moment for moment in (row.last_seen_at, row.last_media_at) if moment is not None), default=None
        ),
        last_media_at=row.last_media_at,
        media_total=row.media_total,
        per_day=[
            replace(day, count=counts.get(place, 0), wanted=replace(day.wanted, uploader=row.login))
            for place, day in enumerate(days)
        ],
        silent=_is_silent(row, silent_since),
        tokens=row.tokens,
        token_expires_at=None if row.endless else row.expires_at,
    )


def _is_silent(row: AnyRow, since: datetime) -> bool:
    signs = [moment for moment in (row.created_at, row.last_seen_at, row.last_media_at) if moment is not None]
    return row.disabled_at is None and max(signs) < since


def _one_day(day: date, zone: tzinfo) -> DayCount:
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return DayCount(day, 0, MediaFilter(uploaded_from=start, uploaded_to=end))


def _counts_per_day(session: Session, access: Access, days: list[DayCount]) -> dict[int, dict[int, int]]:
    """For each device how many media came on which of the days, by the day's place: one walk along the index each."""
    limits = union_all(
        *(
            select(
                literal(place).label("place"),
                literal(day.wanted.uploaded_from, UtcDateTime()).label("start"),
                literal(day.wanted.uploaded_to, UtcDateTime()).label("end"),
            )
            for place, day in enumerate(days)
        )
    ).subquery()
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for device_id, place, count in session.execute(
        select(Media.uploaded_by_id, limits.c.place, func.count())
        .join(limits, and_(Media.created_at >= limits.c.start, Media.created_at < limits.c.end))
        .where(
            *conditions(access, MediaFilter()),
            Media.uploaded_by_id.in_(select(Access.id).where(Access.scope == Scope.DEVICE)),
        )
        .group_by(Media.uploaded_by_id, limits.c.place)
    ):
        counts[device_id][place] = count
    return counts
