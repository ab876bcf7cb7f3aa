"""What an error of the database means to whoever asked: away for now, or something that will happen again."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class OutcomeUnknown(OperationalError):
    """The connection ended while a transaction was committed: it may be stored, and may not."""

    @classmethod
    def of(cls, error: DBAPIError) -> OutcomeUnknown:
        assert error.orig is not None
        return cls(error.statement, error.params, error.orig, connection_invalidated=True)


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be used at the moment, so that trying again later helps."""
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
