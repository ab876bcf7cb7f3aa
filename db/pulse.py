"""A PostgreSQL server that falls silent: connections that notice, and tell all others.

A frozen server refuses nothing, and its kernel goes on acknowledging what it is sent, so that no time limit of TCP
ever ends the wait; and a time limit on the answer would end statements that rightly take long. Therefore whoever has
heard nothing for a while knocks on another connection. When nobody opens there either, the wait is over for all.
"""

from __future__ import annotations

import threading
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event

SILENCE_SECONDS = 2.0  # before anybody knocks
KNOCK_SECONDS = 2  # before nobody is at home; psycopg waits no shorter
FRESH_SECONDS = 1.0  # how long what one has found out counts for all

T = TypeVar("T")


def watch(engine: Engine) -> None:
    """Let the connections of an engine on PostgreSQL notice when the server falls silent."""
    pulse = Pulse()

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, parameters: dict[str, Any]) -> WatchedConnection:
        return pulse.connect(*arguments, **parameters)


class Pulse:
    """What is known of one server, shared by all threads that talk to it."""

    def __init__(self) -> None:
        self._knocking = threading.Lock()
        self._knocked_at = float("-inf")
        self._answered = True
        self._failure: psycopg.OperationalError | None = None
        self._failed_at = float("-inf")
        self._address: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def connect(self, *arguments: Any, **parameters: Any) -> WatchedConnection:
        """A connection that is watched. A fresh failure counts for everybody: nobody queues up to hear it again."""
        if self._failure is not None and time.monotonic() - self._failed_at < FRESH_SECONDS:
            raise type(self._failure)(str(self._failure))
        self._address = arguments, parameters
        try:
            connection = WatchedConnection.connect(*arguments, **parameters)
        except psycopg.OperationalError as problem:
            self._failed(problem)
            raise
        self._failure = None
        connection.pulse = self
        return connection

    def beats(self) -> bool:
        """Whether the server answers anybody at all: asked by one thread at a time, on behalf of the others."""
        with self._knocking:
            if time.monotonic() - self._knocked_at >= FRESH_SECONDS:
                self._answered = self._knock()
                self._knocked_at = time.monotonic()
            return self._answered

    def _knock(self) -> bool:
        arguments, parameters = self._address
        try:
            psycopg.Connection.connect(*arguments, **parameters | {"connect_timeout": KNOCK_SECONDS}).close()
        except psycopg.errors.ConnectionTimeout as problem:
            self._failed(problem)
            return False
        except psycopg.Error:
            # It opened, if only to send us away: then the answer that is waited for comes, or the connection ends.
            return True
        return True

    def _failed(self, problem: psycopg.OperationalError) -> None:
        self._failure, self._failed_at = problem, time.monotonic()


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that does not wait for a server which answers nobody: it closes, and raises OperationalError."""

    pulse: Pulse | None = None

    def wait(self, gen: PQGen[T], *arguments: Any, **parameters: Any) -> T:
        return super().wait(self._watched(gen), *arguments, **parameters)

    def _watched(self, gen: PQGen[T]) -> PQGen[T]:
        """The same conversation; psycopg comes by every tenth of a second, also with empty hands."""
        heard_at = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard_at = time.monotonic()
                elif time.monotonic() - heard_at > SILENCE_SECONDS:
                    if self.pulse is not None and not self.pulse.beats():
                        self.pgconn.finish()
                        raise psycopg.OperationalError("the server has fallen silent")
                    heard_at = time.monotonic()
                wanted = gen.send(ready)
        except StopIteration as end:
            value: T = end.value
            return value
