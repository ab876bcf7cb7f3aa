"""Settings: what may be configured, read once from the environment, refused with a sentence when nonsense.

`get_settings()` is what the product uses; `Settings.from_environment(mapping)` is the same without touching
the process, for tests and for looking before starting.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, overload
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SECRET_KEY_BYTES = 32
SECRET_KEY_FILE = "secret_key"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("auto", "json", "text")
# Words that stand in examples and defaults all over the world; a value that holds one was copied, not made.
EXAMPLE_WORDS = ("some_key", "change", "example", "secret_key", "your_", "your-", "placeholder", "superadmin")

# Folders of the bucket that are called so whatever the settings say.
OWN_FOLDERS = ("derived", "exports", "imports", "self-test")

BucketKind = Literal["folder", "s3", "qarnot"]


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one sentence that names the variable."""


@dataclass(frozen=True)
class Settings:
    """Everything that may be configured; each field is the environment variable of the same name in capitals.

    Fields that hold secrets are left out of `repr`, so that a logged Settings gives nothing away.
    """

    database_url: str = field(repr=False)
    data_dir: Path
    listen_host: str
    dashboard_port: int
    api_port: int
    public_url: str
    trusted_proxies: tuple[str, ...]
    cors_origins: tuple[str, ...]
    secret_key: str = field(repr=False)
    superuser_login: str
    superuser_pwd: str | None = field(repr=False)
    login_session_hours: int
    bucket_name: str | None
    bucket_media_folder: str
    bucket_annot_folder: str
    s3_endpoint_url: str | None
    s3_access_key: str | None = field(repr=False)
    s3_secret_key: str | None = field(repr=False)
    s3_region: str
    qarnot_token: str | None = field(repr=False)
    qarnot_cluster_url: str
    sentry_dsn: str | None = field(repr=False)
    sentry_server_name: str | None
    reviews_required: int
    review_own: bool
    second_opinion_share: float
    self_check_share: float
    lease_seconds: int
    device_silent_hours: int
    device_uploads_per_minute: int
    uploads_per_minute: int
    grace_days: int
    export_days: int
    link_minutes: int
    links_to_bucket: bool
    webhooks_to_private: bool
    default_timezone: str
    api_docs: bool
    metrics_token: str | None = field(repr=False)
    log_level: str
    log_format: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read settings from a mapping; raises SettingsError for the first wrong one. Touches no file.

        `secret_key` stays empty when none is given and the database is SQLite: `get_settings` then keeps one
        in the data folder.
        """
        read = _Reader(environment)
        data_dir = Path(read.text("DATA_DIR", "data")).expanduser().resolve()
        dashboard_port = read.whole_number("DASHBOARD_PORT", 8501, 1, 65535)
        api_port = read.whole_number("API_PORT", 8080, 1, 65535)
        if dashboard_port == api_port:
            raise SettingsError(f"API_PORT and DASHBOARD_PORT must differ: both are {api_port}.")
        database_url = read.database_url("DATABASE_URL", data_dir)
        settings = cls(
            database_url=database_url,
            data_dir=data_dir,
            listen_host=read.address("LISTEN_HOST", "127.0.0.1"),
            dashboard_port=dashboard_port,
            api_port=api_port,
            public_url=read.origin("PUBLIC_URL", f"http://localhost:{dashboard_port}"),
            trusted_proxies=read.networks("TRUSTED_PROXIES"),
            cors_origins=read.origins("CORS_ORIGINS"),
            secret_key=read.secret_key("SECRET_KEY", required=not database_url.startswith("sqlite")),
            superuser_login=read.login("SUPERUSER_LOGIN", "admin"),
            superuser_pwd=read.password("SUPERUSER_PWD"),
            login_session_hours=read.whole_number("LOGIN_SESSION_HOURS", 12, 1, 8760),
            bucket_name=read.bucket_name("BUCKET_NAME"),
            bucket_media_folder=read.folder("BUCKET_MEDIA_FOLDER", "media"),
            bucket_annot_folder=read.folder("BUCKET_ANNOT_FOLDER", "annotations"),
            s3_endpoint_url=read.url("S3_ENDPOINT_URL"),
            s3_access_key=read.text("S3_ACCESS_KEY"),
            s3_secret_key=read.text("S3_SECRET_KEY"),
            s3_region=read.text("S3_REGION", "us-east-1"),
            qarnot_token=read.text("QARNOT_TOKEN"),
            qarnot_cluster_url=read.url("QARNOT_CLUSTER_URL") or "https://api.qarnot.com",
            sentry_dsn=read.sentry_dsn("SENTRY_DSN"),
            sentry_server_name=read.text("SENTRY_SERVER_NAME"),
            reviews_required=read.whole_number("REVIEWS_REQUIRED", 1, 0, 2),
            review_own=read.yes_or_no("REVIEW_OWN", True),
            second_opinion_share=read.share("SECOND_OPINION_SHARE", 0.05),
            self_check_share=read.share("SELF_CHECK_SHARE", 0.02),
            lease_seconds=read.whole_number("LEASE_SECONDS", 120, 10, 3600),
            device_silent_hours=read.whole_number("DEVICE_SILENT_HOURS", 24, 1, 8760),
            device_uploads_per_minute=read.whole_number("DEVICE_UPLOADS_PER_MINUTE", 60, 0, 100_000),
            uploads_per_minute=read.whole_number("UPLOADS_PER_MINUTE", 3000, 0, 100_000),
            grace_days=read.whole_number("GRACE_DAYS", 30, 0, 3650),
            export_days=read.whole_number("EXPORT_DAYS", 7, 1, 365),
            link_minutes=read.whole_number("LINK_MINUTES", 15, 1, 1440),
            links_to_bucket=read.yes_or_no("LINKS_TO_BUCKET", False),
            webhooks_to_private=read.yes_or_no("WEBHOOKS_TO_PRIVATE", False),
            default_timezone=read.timezone("DEFAULT_TIMEZONE", "UTC"),
            api_docs=read.yes_or_no("API_DOCS", True),
            metrics_token=read.token("METRICS_TOKEN"),
            log_level=read.one_of("LOG_LEVEL", "INFO", LOG_LEVELS),
            log_format=read.one_of("LOG_FORMAT", "auto", LOG_FORMATS),
        )
        settings._require_a_whole_bucket()
        return settings

    @property
    def bucket_kind(self) -> BucketKind:
        """Which bucket these settings choose: Qarnot's, an S3 one, or a folder."""
        if self.qarnot_token:
            return "qarnot"
        return "s3" if self.s3_endpoint_url or self.s3_access_key else "folder"

    @property
    def bucket_dir(self) -> Path:
        """Where the bucket is when it is a folder."""
        return self.data_dir / "bucket"

    @property
    def is_sqlite(self) -> bool:
        """True while the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def is_public_https(self) -> bool:
        """True when people arrive over https, so that cookies must be Secure."""
        return self.public_url.startswith("https://")

    def _require_a_whole_bucket(self) -> None:
        if bool(self.s3_access_key) != bool(self.s3_secret_key):
            missing = "S3_SECRET_KEY" if self.s3_access_key else "S3_ACCESS_KEY"
            raise SettingsError(f"{missing} is missing: S3_ACCESS_KEY and S3_SECRET_KEY only work together.")
        if self.bucket_kind != "folder" and not self.bucket_name:
            because = "QARNOT_TOKEN" if self.qarnot_token else "S3_ENDPOINT_URL or S3_ACCESS_KEY"
            raise SettingsError(f"BUCKET_NAME is missing: it is required once {because} is set.")
        if self.bucket_kind == "folder" and self.bucket_name:
            raise SettingsError(
                "BUCKET_NAME is set, but neither S3_ENDPOINT_URL, S3_ACCESS_KEY nor QARNOT_TOKEN says where it is."
            )
        media, annotations = self.bucket_media_folder, self.bucket_annot_folder
        if f"{media}/".startswith(f"{annotations}/") or f"{annotations}/".startswith(f"{media}/"):
            raise SettingsError("BUCKET_ANNOT_FOLDER must not be, hold or lie inside BUCKET_MEDIA_FOLDER.")


@functools.cache
def get_settings() -> Settings:
    """The settings of this process: `.env` of the current folder, overridden by the real environment.

    Makes and keeps the secret key of a single-host installation. Raises SettingsError.
    """
    # No interpolation: a "$" in a password is a "$".
    from_file = dotenv_values(".env", interpolate=False)
    settings = Settings.from_environment(
        {name: value or "" for name, value in {**from_file, **os.environ}.items()}
    )
    if settings.secret_key:
        return settings
    return replace(settings, secret_key=kept_secret_key(settings.data_dir))


def kept_secret_key(data_dir: Path) -> str:
    """The secret key kept in the data folder, readable by its owner alone; made on first use."""
    path = data_dir / SECRET_KEY_FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Processes may start at once: each writes a file of its own, the first link wins, all read that.
            draft = data_dir / f".{SECRET_KEY_FILE}-{secrets.token_hex(8)}"
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = path.read_text().strip()
    except OSError as problem:
        raise SettingsError(
            f"DATA_DIR must be a folder that can be written to: {problem.strerror} at {problem.filename}."
        ) from problem
    if len(key.encode()) < SECRET_KEY_BYTES:
        raise SettingsError(f"SECRET_KEY is damaged: {path} is too short; delete it and a new one is made.")
    return key


class _Reader:
    """Takes one variable at a time out of the environment, as the type it must have; blank is not set."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def _find(self, name: str) -> str | None:
        value = self._environment.get(name, "").strip()
        # `docker run --env-file` hands quotes over as part of the value.
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        return value or None

    @overload
    def text(self, name: str, default: str) -> str: ...
    @overload
    def text(self, name: str) -> str | None: ...
    def text(self, name: str, default: str | None = None) -> str | None:
        return self._find(name) or default

    def share(self, name: str, default: float) -> float:
        """A share from 0 to 1: 0.05, or 5%."""
        value = self.text(name)
        if value is None:
            return default
        number = value.removesuffix("%").strip()
        if not re.fullmatch(r"\d+(\.\d+)?", number):
            raise SettingsError(f"{name} must be a share such as 0.05 or 5%, not “{value}”.")
        share = float(number) / (100 if value.endswith("%") else 1)
        if share > 1:
            raise SettingsError(f"{name} must be at most 1 (100%), not {value}.")
        return share

    def whole_number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._find(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
        return int(value)

    def yes_or_no(self, name: str, default: bool) -> bool:
        value = self._find(name)
        if value is None:
            return default
        if value.lower() in ("1", "true", "yes", "on"):
            return True
        if value.lower() in ("0", "false", "no", "off"):
            return False
        raise SettingsError(f"{name} must be true or false, not {value!r}.")

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self._find(name) or default
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")

    def url(self, name: str) -> str | None:
        value = self._find(name)
        if value is None:
            return None
        if not _is_http(value):
            # The value is not repeated: a DSN or an address may hold a password.
            raise SettingsError(f"{name} must be an address that begins with http:// or https://.")
        return value.rstrip("/")

    def origin(self, name: str, default: str) -> str:
        value = (self._find(name) or default).rstrip("/")
        if not _is_origin(value):
            raise SettingsError(f"{name} must look like https://vigie.my-domain.org, not {value!r}.")
        return value

    def origins(self, name: str) -> tuple[str, ...]:
        values = tuple(value.rstrip("/") for value in self._list(name))
        for value in values:
            if not _is_origin(value):
                raise SettingsError(
                    f"{name} must list origins such as https://my-domain.org, parted by commas, not {value!r}."
                )
        return values

    def networks(self, name: str) -> tuple[str, ...]:
        values = self._list(name)
        for value in values:
            try:
                network = ipaddress.ip_network(value)
            except ValueError:
                network = None
            # Trusting everyone would let each client write its own address, and with it dodge the throttle.
            if network is None or network.prefixlen == 0:
                raise SettingsError(
                    f"{name} must list networks such as 10.0.0.0/8, parted by commas, not {value!r}."
                )
        return values

    def address(self, name: str, default: str) -> str:
        value = self._find(name) or default
        try:
            return str(ipaddress.ip_address("127.0.0.1" if value == "localhost" else value))
        except ValueError:
            raise SettingsError(
                f"{name} must be an address of this machine (0.0.0.0 for all of them), not {value!r}."
            ) from None

    def timezone(self, name: str, default: str) -> str:
        value = self._find(name) or default
        try:
            return ZoneInfo(value).key
        except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
            raise SettingsError(f"{name} must be a time zone such as Europe/Paris, not {value!r}.") from None

    def sentry_dsn(self, name: str) -> str | None:
        value = self.url(name)
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.username or not parts.path.rpartition("/")[2].isdecimal():
            raise SettingsError(f"{name} must look like https://key@host/project-number.")
        return value

    def folder(self, name: str, default: str) -> str:
        value = (self._find(name) or default).strip("/")
        parts = value.split("/")
        well_named = all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", part) for part in parts)
        if not well_named or parts[0] in OWN_FOLDERS:
            raise SettingsError(
                f"{name} must be made of letters, digits, '.', '_' and '-', and none of {', '.join(OWN_FOLDERS)}, "
                f"not {value!r}."
            )
        return value

    def bucket_name(self, name: str) -> str | None:
        value = self._find(name)
        if value is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}", value):
            raise SettingsError(f"{name} must be 2 to 63 letters, digits, '.', '_' and '-', not {value!r}.")
        return value

    def login(self, name: str, default: str) -> str:
        value = (self._find(name) or default).lower()
        if len(value) > 64 or not value.isprintable() or " " in value:
            raise SettingsError(f"{name} must be at most 64 characters without spaces.")
        return value

    def password(self, name: str) -> str | None:
        value = self._find(name)
        if value is None:
            return None
        if not 10 <= len(value.encode()) <= 72 or value != value.strip():
            raise SettingsError(f"{name} must be 10 to 72 bytes long, without spaces at its ends.")
        if _is_copied(value):
            raise SettingsError(f"{name} is an example from a manual: leave it empty to get one made.")
        return value

    def token(self, name: str) -> str | None:
        value = self._find(name)
        if value is not None and (len(value) < 16 or _is_copied(value)):
            raise SettingsError(f"{name} must be at least 16 characters that nobody can guess.")
        return value

    def secret_key(self, name: str, *, required: bool) -> str:
        how = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        value = self._find(name)
        if value is None:
            if required:
                raise SettingsError(f"{name} is required once DATABASE_URL is not SQLite; {how}")
            return ""
        if len(value.encode()) < SECRET_KEY_BYTES:
            raise SettingsError(f"{name} must be {SECRET_KEY_BYTES} bytes or more; {how}")
        # A text is a repetition of something shorter exactly when it occurs inside its own doubling.
        if len(set(value)) < 10 or value in (value + value)[1:-1] or _is_copied(value):
            raise SettingsError(f"{name} is easy to guess or was copied from an example; {how}")
        return value

    def database_url(self, name: str, data_dir: Path) -> str:
        value = self._find(name)
        if value is None:
            return f"sqlite:///{data_dir / 'vigie.db'}"
        # The value is not repeated below: it may hold a password.
        value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
        wanted = (
            f"{name} must look like postgresql://login:password@host/database or sqlite:////data/vigie.db"
        )
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            raise SettingsError(f"{wanted}.") from None
        if url.drivername not in ("sqlite", "postgresql+psycopg"):
            raise SettingsError(f"{wanted}; {url.drivername} is not supported.")
        if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
            raise SettingsError(f"{wanted}: the dashboard and the API cannot share one in memory.")
        return value

    def _list(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in (self._find(name) or "").split(",") if part.strip())


def _is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_origin(value: str) -> bool:
    parts = urlsplit(value) if _is_http(value) else None
    return parts is not None and not (parts.path or parts.query or parts.fragment or parts.username)


def _is_copied(value: str) -> bool:
    return any(word in value.lower() for word in EXAMPLE_WORDS)
