"""The two clients: the same methods, run at once or awaited. What differs between them is all in here."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, Unpack

import httpx

from vigie_client.calls import Answer, Call, RunsLater, RunsNow
from vigie_client.errors import NotSignedIn, VigieError, no_answer
from vigie_client.folder import FolderOptions, FolderUpload, Uploads
from vigie_client.methods import Methods
from vigie_client.retries import Patience, Retries
from vigie_client.transport import (
    CONNECT_SECONDS,
    USER_AGENT,
    Body,
    Credentials,
    build_request,
    checked_url,
    opened_file,
    require_file,
    require_success,
)

T = TypeVar("T")


class _Settings:
    """What both clients are told: where, as whom, how patiently."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        login: str | None = None,
        password: str | None = None,
        timeout: float = 30.0,
        retries: Retries = Retries(),
    ) -> None:
        """Nothing is sent yet. `timeout` is for each step of one attempt, in seconds (connecting, sending, reading)."""
        self.url = checked_url(url)
        self._credentials = Credentials(token, login, password)
        self._retries = retries
        self._timeout = httpx.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS))

    @classmethod
    def from_environment(cls, *, timeout: float = 30.0, retries: Retries = Retries()) -> Self:
        """By VIGIE_URL and VIGIE_TOKEN, or VIGIE_LOGIN and VIGIE_PASSWORD. Raises ValueError without an address."""
        url = os.environ.get("VIGIE_URL", "")
        if not url:
            raise ValueError("Set VIGIE_URL to the address of the API, as in http://localhost:8080.")
        return cls(
            url,
            token=os.environ.get("VIGIE_TOKEN") or None,
            login=os.environ.get("VIGIE_LOGIN") or None,
            password=os.environ.get("VIGIE_PASSWORD") or None,
            timeout=timeout,
            retries=retries,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"


class Client(_Settings, RunsNow, Methods):
    """Talks to one installation of Vigie. Threads may share it; close it, or use it in `with`."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        login: str | None = None,
        password: str | None = None,
        timeout: float = 30.0,
        retries: Retries = Retries(),
    ) -> None:
        super().__init__(url, token=token, login=login, password=password, timeout=timeout, retries=retries)
        self._http = httpx.Client(
            base_url=self.url, timeout=self._timeout, headers={"User-Agent": USER_AGENT}
        )
        self._signing_in = threading.Lock()

    def log_in(self, login: str, password: str) -> None:
        """Sign in at once, and again whenever the token of that has expired. Raises NotSignedIn."""
        self._credentials = Credentials(login=login, password=password)
        self._token()

    def run(self, call: Call[T]) -> T:
        """Send what a call describes, as often as is harmless and worth it. Raises VigieError."""
        patience = Patience(call, self._retries)
        renewed = False
        while True:
            token = None if call.open_to_anyone else self._token()
            try:
                return call.read(self._attempt(call, token, patience))
            except NotSignedIn as problem:
                if renewed or call.open_to_anyone or not self._credentials.forget(token):
                    raise problem
                renewed = True
            except VigieError as problem:
                time.sleep(patience.wait_after(problem))

    def upload_folder(self, folder: Path | str, **options: Unpack[FolderOptions]) -> Uploads:
        """Register what is in a folder, several files at once; goes on where it was interrupted."""
        return FolderUpload(self.url, folder, options).run(self.register_media)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _token(self) -> str | None:
        with self._signing_in:
            found = self._credentials
            if found.must_log_in:
                found.token = self.get_access_token(found.login or "", found.password or "").access_token
            return found.token

    def _attempt(self, call: Call[T], token: str | None, patience: Patience) -> Answer:
        try:
            with opened_file(call) as opened:
                response = self._http.send(build_request(self._http, call, token, opened), stream=True)
                try:
                    if not response.is_success:
                        response.read()
                        require_success(response, call)
                    require_file(response, call)
                    return self._read(response, call, patience)
                finally:
                    response.close()
        except httpx.TransportError as error:
            raise no_answer(error, self.url) from error

    def _read(self, response: httpx.Response, call: Call[T], patience: Patience) -> Answer:
        body = Body(response, call)
        try:
            for chunk in response.iter_bytes():
                body.write(chunk, is_over=patience.is_over)
            return body.complete()
        finally:
            body.drop()


class AsyncClient(_Settings, RunsLater, Methods):
    """The same for asyncio: every method is awaited, every list read by `async for`."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        login: str | None = None,
        password: str | None = None,
        timeout: float = 30.0,
        retries: Retries = Retries(),
    ) -> None:
        super().__init__(url, token=token, login=login, password=password, timeout=timeout, retries=retries)
        self._http = httpx.AsyncClient(
            base_url=self.url, timeout=self._timeout, headers={"User-Agent": USER_AGENT}
        )
        self._signing_in = asyncio.Lock()

    async def log_in(self, login: str, password: str) -> None:
        """Sign in at once, and again whenever the token of that has expired. Raises NotSignedIn."""
        self._credentials = Credentials(login=login, password=password)
        await self._token()

    async def run(self, call: Call[T]) -> T:
        """Send what a call describes, as often as is harmless and worth it. Raises VigieError."""
        patience = Patience(call, self._retries)
        renewed = False
        while True:
            token = None if call.open_to_anyone else await self._token()
            try:
                return call.read(await self._attempt(call, token, patience))
            except NotSignedIn as problem:
                if renewed or call.open_to_anyone or not self._credentials.forget(token):
                    raise problem
                renewed = True
            except VigieError as problem:
                # It may read a whole file: not where everything else waits for it.
                await asyncio.sleep(await asyncio.to_thread(patience.wait_after, problem))

    async def upload_folder(self, folder: Path | str, **options: Unpack[FolderOptions]) -> Uploads:
        """Register what is in a folder, several files at once; goes on where it was interrupted."""
        return await FolderUpload(self.url, folder, options).run_async(self.register_media)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _token(self) -> str | None:
        async with self._signing_in:
            found = self._credentials
            if found.must_log_in:
                answer = await self.get_access_token(found.login or "", found.password or "")
                found.token = answer.access_token
            return found.token

    async def _attempt(self, call: Call[T], token: str | None, patience: Patience) -> Answer:
        try:
            with opened_file(call) as opened:
                response = await self._http.send(build_request(self._http, call, token, opened), stream=True)
                try:
                    if not response.is_success:
                        await response.aread()
                        require_success(response, call)
                    require_file(response, call)
                    return await self._read(response, call, patience)
                finally:
                    await response.aclose()
        except httpx.TransportError as error:
            raise no_answer(error, self.url) from error

    async def _read(self, response: httpx.Response, call: Call[T], patience: Patience) -> Answer:
        body = Body(response, call)
        try:
            async for chunk in response.aiter_bytes():
                body.write(chunk, is_over=patience.is_over)
            return body.complete()
        finally:
            body.drop()
