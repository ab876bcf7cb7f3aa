"""Settings: defaults that work, values that are read, nonsense that is refused with a sentence."""

from __future__ import annotations

import os
import re
import secrets
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from dotenv import dotenv_values

from settings import Settings, SettingsError, get_settings, kept_secret_key

ROOT = Path(__file__).resolve().parent.parent
GOOD_KEY = secrets.token_urlsafe(64)
POSTGRES = "postgresql://vigie:pa$$word@db/vigie"


def read(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def sentence(**environment: str) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environment)
    return str(refused.value)


def test_an_empty_environment_gives_a_single_host_installation() -> None:
    settings = read()
    assert settings.database_url == f"sqlite:///{Path.cwd() / 'data/vigie.db'}"
    assert (settings.dashboard_port, settings.api_port) == (8501, 8080)
    assert settings.listen_host == "127.0.0.1"
    assert settings.public_url == "http://localhost:8501"
    assert settings.bucket_kind == "folder" and settings.bucket_dir == Path.cwd() / "data/bucket"
    assert settings.superuser_login == "admin" and settings.superuser_pwd is None


def test_blank_values_count_as_not_set() -> None:
    blank = {field.name.upper(): "  " for field in fields(Settings)}
    assert Settings.from_environment(blank) == read()


@pytest.mark.parametrize("quoted", ['"Europe/Paris"', "'Europe/Paris'", " Europe/Paris "])
def test_quotes_and_spaces_around_a_value_are_taken_off(quoted: str) -> None:
    assert read(DEFAULT_TIMEZONE=quoted).default_timezone == "Europe/Paris"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_understood_however_it_is_written(scheme: str) -> None:
    settings = read(DATABASE_URL=f"{scheme}://u:p@host/name", SECRET_KEY=GOOD_KEY)
    assert settings.database_url == "postgresql+psycopg://u:p@host/name"
    assert not settings.is_sqlite


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({}, "folder"),
        ({"BUCKET_NAME": "vigie", "S3_ENDPOINT_URL": "http://bucket:9000"}, "s3"),
        ({"BUCKET_NAME": "vigie", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}, "s3"),
        ({"BUCKET_NAME": "vigie", "QARNOT_TOKEN": "t", "S3_ENDPOINT_URL": "http://bucket:9000"}, "qarnot"),
    ],
)
def test_the_bucket_is_chosen_by_what_is_set(environment: dict[str, str], kind: str) -> None:
    assert Settings.from_environment(environment).bucket_kind == kind


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DASHBOARD_PORT", "0"),
        ("DASHBOARD_PORT", "http"),
        ("API_PORT", "70000"),
        ("API_PORT", "8501"),
        ("LISTEN_HOST", "everywhere"),
        ("PUBLIC_URL", "vigie.test"),
        ("PUBLIC_URL", "https://vigie.test/path"),
        ("PUBLIC_URL", "https://vigie.test:port"),
        ("TRUSTED_PROXIES", "10.0.0.1,proxy"),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://a.test,https://b.test/path"),
        ("DATABASE_URL", "mysql://u:p@host/name"),
        ("DATABASE_URL", "no address at all"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("SUPERUSER_LOGIN", "two words"),
        ("SUPERUSER_PWD", "short"),
        ("SUPERUSER_PWD", "x" * 73),
        ("SUPERUSER_PWD", "'  spaces at its ends '"),
        ("SUPERUSER_PWD", "change-me-please"),
        ("LOGIN_SESSION_HOURS", "0"),
        ("LOGIN_SESSION_HOURS", "12.5"),
        ("BUCKET_NAME", "a bucket"),
        ("BUCKET_MEDIA_FOLDER", "../outside"),
        ("BUCKET_MEDIA_FOLDER", "derived"),
        ("BUCKET_ANNOT_FOLDER", "media"),
        ("BUCKET_ANNOT_FOLDER", "media/annotations"),
        ("BUCKET_NAME", ""),
        ("S3_ENDPOINT_URL", "bucket:9000"),
        ("SENTRY_DSN", "not a dsn"),
        ("REVIEWS_REQUIRED", "3"),
        ("REVIEWS_REQUIRED", "-1"),
        ("REVIEW_OWN", "perhaps"),
        ("GRACE_DAYS", "soon"),
        ("LINK_MINUTES", "0"),
        ("DEFAULT_TIMEZONE", "Mars/Olympus"),
        ("DEFAULT_TIMEZONE", "../../etc/passwd"),
        ("API_DOCS", "2"),
        ("METRICS_TOKEN", "guess"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_refused_with_one_sentence_that_names_the_setting(name: str, value: str) -> None:
    environment = {"S3_ENDPOINT_URL": "http://bucket:9000"} if (name, value) == ("BUCKET_NAME", "") else {}
    said = sentence(**environment, **{name: value})
    assert name in said
    assert "\n" not in said


def test_half_a_key_pair_is_refused_by_the_name_of_the_missing_half() -> None:
    assert sentence(S3_ACCESS_KEY="a", BUCKET_NAME="vigie").startswith("S3_SECRET_KEY is missing")
    assert sentence(S3_SECRET_KEY="a", BUCKET_NAME="vigie").startswith("S3_ACCESS_KEY is missing")


def test_a_bucket_without_a_name_is_refused() -> None:
    assert sentence(QARNOT_TOKEN="t").startswith("BUCKET_NAME is missing")
    assert sentence(BUCKET_NAME="vigie").startswith("BUCKET_NAME is set, but")


@pytest.mark.parametrize(
    "key",
    [
        "some_key",
        "0" * 64,
        "ab" * 32,
        "0123456789abcdef" * 4,
        "please-change-this-to-32-bytes-or-more-1234567",
        "your_secret_here_9f8e7d6c5b4a39281706f5e4d3c2",
    ],
)
def test_a_secret_key_that_was_copied_or_is_easy_to_guess_is_refused(key: str) -> None:
    said = sentence(SECRET_KEY=key)
    assert "SECRET_KEY" in said
    assert key not in said


def test_a_secret_key_of_random_hexadecimal_is_accepted() -> None:
    for _ in range(200):
        key = secrets.token_hex(24)
        assert read(SECRET_KEY=key).secret_key == key


def test_postgresql_asks_for_a_secret_key() -> None:
    assert "SECRET_KEY" in sentence(DATABASE_URL=POSTGRES)


def test_refusals_and_repr_do_not_give_secrets_away() -> None:
    said = sentence(DATABASE_URL="oracle://u:hidden-password@host/name")
    assert "hidden-password" not in said
    shown = repr(
        read(
            DATABASE_URL=POSTGRES,
            SECRET_KEY=GOOD_KEY,
            SUPERUSER_PWD="a long password",
            BUCKET_NAME="vigie",
            S3_ACCESS_KEY="access-1",
            S3_SECRET_KEY="secret-1",
            QARNOT_TOKEN="qarnot-1",
            METRICS_TOKEN="metrics-metrics-1",
        )
    )
    for secret in ("pa$$word", GOOD_KEY, "a long password", "access-1", "secret-1", "qarnot-1", "metrics-1"):
        assert secret not in shown


def test_every_setting_stands_in_the_example_file_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    offered = dict(line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z0-9_]+=", line))
    assert offered.keys() == {field.name.upper() for field in fields(Settings)}
    assert Settings.from_environment(offered) == read()


class TestTheProcess:
    """`get_settings`, in a folder of its own."""

    @pytest.fixture(autouse=True)
    def _own_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        for field in fields(Settings):
            monkeypatch.delenv(field.name.upper(), raising=False)
        get_settings.cache_clear()
        self.folder = tmp_path

    def test_reads_the_env_file_and_lets_the_environment_win(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(".env").write_text("API_PORT='9001'\nDASHBOARD_PORT=9002\nSUPERUSER_PWD=\"pa$ {HOME} word\"\n")
        monkeypatch.setenv("DASHBOARD_PORT", "9003")
        settings = get_settings.__wrapped__()
        assert (settings.api_port, settings.dashboard_port) == (9001, 9003)
        assert settings.superuser_pwd == "pa$ {HOME} word"

    def test_keeps_a_secret_key_that_only_its_owner_can_read(self) -> None:
        first = get_settings.__wrapped__().secret_key
        assert len(first.encode()) >= 32
        assert get_settings.__wrapped__().secret_key == first
        assert stat.S_IMODE((self.folder / "data/secret_key").stat().st_mode) == 0o600
        assert sorted(path.name for path in (self.folder / "data").iterdir()) == ["secret_key"]

    def test_processes_that_start_at_once_end_up_with_the_same_secret_key(self) -> None:
        code = "import pathlib, settings; print(settings.kept_secret_key(pathlib.Path('shared')))"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started = [
            subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
            for _ in range(4)
        ]
        assert len({process.communicate()[0] for process in started}) == 1

    def test_a_data_folder_that_cannot_be_written_to_is_named(self) -> None:
        Path("file").write_text("")
        with pytest.raises(SettingsError, match="DATA_DIR"):
            kept_secret_key(Path("file/data"))

    def test_a_damaged_secret_key_is_not_used(self) -> None:
        Path("data").mkdir()
        Path("data/secret_key").write_text("short")
        with pytest.raises(SettingsError, match="SECRET_KEY is damaged"):
            get_settings.__wrapped__()

    def test_a_wrong_setting_stops_the_start_with_its_sentence_and_exit_code_2(self) -> None:
        environment = {**os.environ, "REVIEWS_REQUIRED": "many", "DATA_DIR": str(self.folder / "data")}
        ended = subprocess.run(
            [sys.executable, ROOT / "manage.py", "serve"],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
        )
        assert ended.returncode == 2
        assert ended.stderr == "REVIEWS_REQUIRED must be a whole number from 0 to 2, not 'many'.\n"
        assert not (self.folder / "data").exists()


def test_the_example_file_is_read_by_dotenv_as_it_is_meant() -> None:
    assert dotenv_values(ROOT / ".env.example") == {}
