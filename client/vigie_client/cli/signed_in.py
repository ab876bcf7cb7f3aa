"""As whom a command talks: by the environment, or by the token that `vigie login` has stored."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vigie_client.client import Client

NOT_YET = "Sign in first: run `vigie login http://localhost:8080`, or set VIGIE_URL and VIGIE_TOKEN."


@dataclass(frozen=True)
class Stored:
    url: str
    login: str
    token: str


def place() -> Path:
    """Where the token lies: for its owner alone."""
    configuration = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(configuration) / "vigie" / "token.json"


def store(stored: Stored) -> Path:
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    # Made with the narrow mode, not narrowed afterwards: in between others could read it.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(stored), file)
    os.replace(part, path)
    return path


def find_stored() -> Stored | None:
    try:
        return Stored(**json.loads(place().read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def open_client(asked: Any) -> Client:
    """The client of a command. Raises ValueError with what to do when nobody has signed in."""
    url = asked.url or os.environ.get("VIGIE_URL")
    token, login = os.environ.get("VIGIE_TOKEN"), os.environ.get("VIGIE_LOGIN")
    if url and token:
        return Client(url, token=token)
    if url and login:
        return Client(url, login=login, password=os.environ.get("VIGIE_PASSWORD"))
    stored = find_stored()
    if stored is None:
        raise ValueError(NOT_YET)
    # A token goes to the installation that gave it, and to no other.
    if url and url.rstrip("/") != stored.url:
        raise ValueError(f"The stored token is for {stored.url}. Run `vigie login {url}` for this one.")
    return Client(stored.url, token=token or stored.token)


@contextmanager
def open_by_password(asked: Any) -> Iterator[tuple[Client, str]]:
    """A client that has signed in by password, and the login: tokens are made and revoked by no token."""
    stored = find_stored()
    url = getattr(asked, "address", None) or asked.url or os.environ.get("VIGIE_URL")
    url = url or (stored.url if stored is not None else None)
    if not url:
        raise ValueError("Say where: vigie login http://localhost:8080")
    name = getattr(asked, "login", None) or os.environ.get("VIGIE_LOGIN")
    name = name or (stored.login if stored is not None and stored.url == url else None) or input("Login: ")
    password = os.environ.get("VIGIE_PASSWORD") or getpass.getpass(f"Password of {name}: ")
    with Client(url, login=name, password=password) as client:
        yield client, name
