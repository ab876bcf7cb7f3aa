"""What an error of the database means to whoever asked, and what of it may be written down.

Databases quote what they refuse: the row of a failed check, the key that was there before. Such a text may be a
comment, a webhook's secret or a password's hash, so only what names the schema or the state of the server is told on.
"""

from __future__ import annotations

import re

from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# Drivers by the module of their errors: who keeps rows in SQLite need not load psycopg.
DRIVERS = ("psycopg", "sqlite3")
# Classes of SQLSTATE whose first sentence quotes no value: connection, constraint, transaction, rights, names in a
# statement, resources, limits, operator, system. Not data (22), and not what a trigger says by itself (P0).
_SQLSTATES = frozenset(("08", "23", "25", "28", "3D", "40", "42", "53", "54", "55", "57", "58", "XX"))
_SQLITE_NAMES = re.compile(
    "SQLITE_(AUTH|BUSY|CANTOPEN|CORRUPT|FULL|INTERRUPT|IOERR|LOCKED|NOMEM|NOTADB|PERM|PROTOCOL|READONLY|SCHEMA|TOOBIG"
    "|CONSTRAINT_(CHECK|DATATYPE|FOREIGNKEY|NOTNULL|PRIMARYKEY|ROWID|UNIQUE))"
)


class OutcomeUnknown(OperationalError):
    """The connection ended while a transaction was committed: it may be stored, and may not."""

    @classmethod
    def of(cls, error: DBAPIError) -> OutcomeUnknown:
        assert error.orig is not None
        return cls(
            error.statement,
            error.params,
            error.orig,
            hide_parameters=error.hide_parameters,
            connection_invalidated=True,
        )


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be used at the moment, so that trying again later helps."""
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def told(error: BaseException) -> str:
    """An error as it may be written down, in a log or in a row: its class, and what it says without any value.

    Of the database's: SQLSTATE, or SQLite's name for it, and the first sentence where that quotes nothing.
    """
    if isinstance(error, StatementError) and error.orig is not None:
        code, said = _code(error.orig), _said(error.orig)
        return f"{type(error).__name__}{' ' + code if code else ''}: {said}"
    if is_of_driver(error):
        code = _code(error)
        return f"{type(error).__name__}{' ' + code if code else ''}: {_said(error)}"
    return f"{type(error).__name__}: {without_values(error)}"


def cause(error: BaseException) -> str:
    """What is wrong with a database or whatever else it was, in a line for whoever started a command."""
    while isinstance(error, StatementError) and error.orig is not None:
        error = error.orig
    return (without_values(error).strip().splitlines() or ["it does not answer"])[0]


def is_of_driver(error: BaseException) -> bool:
    """Whether a driver raised it, with the words of the database."""
    return type(error).__module__.partition(".")[0] in DRIVERS


def without_values(error: BaseException) -> str:
    """What `str` says of an error, but for the values that an error of the database quotes."""
    if isinstance(error, StatementError) and error.orig is not None:
        is_clean = error.hide_parameters and str(error.orig) == _said(error.orig)
        return str(error) if is_clean else told(error)
    if is_of_driver(error):
        return _said(error)
    if isinstance(error, SQLAlchemyError):
        # A session that failed before quotes in full what it failed of.
        return str(error).partition(" Original exception was")[0]
    return str(error)


def forget_values(context: ExceptionContext) -> None:
    """Take the values out of an error as it is raised, so that nobody who prints it has to think of them.

    For the engine's event `handle_error`.
    """
    if context.sqlalchemy_exception is not None:
        strip_values(context.sqlalchemy_exception, context.original_exception)


def strip_values(wrapped: BaseException, raised: BaseException) -> None:
    """Leave of what a driver raised, and of what it is wrapped in, only what quotes no value."""
    said, kind = _said(raised), type(raised)
    raised.args = (said,)
    wrapped.args = (f"({kind.__module__}.{kind.__name__}) {said}",)


def _code(raised: BaseException) -> str | None:
    return getattr(raised, "sqlstate", None) or getattr(raised, "sqlite_errorname", None)


def _said(raised: BaseException) -> str:
    """The first sentence of what a driver raised, or its class when that may quote a value."""
    code, said = _code(raised), (str(raised).strip().splitlines() or [""])[0]
    is_psycopg = type(raised).__module__.partition(".")[0] == "psycopg"
    if is_psycopg and code is None:
        # There was no answer, or no server, or nothing to ask: of these the driver speaks without values.
        is_harmless = any(
            kind.__name__ in ("InterfaceError", "OperationalError", "ProgrammingError")
            for kind in type(raised).__mro__
        )
    elif is_psycopg:
        assert code is not None
        is_harmless = code[:2] in _SQLSTATES
    else:
        is_harmless = code is not None and (
            bool(_SQLITE_NAMES.match(code)) or (code == "SQLITE_ERROR" and said.startswith("no such "))
        )
    return said if is_harmless and said else type(raised).__name__
