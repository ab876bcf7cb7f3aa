"""From JSON to dataclasses and back. Fields that a newer server adds are passed over in silence."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from vigie_client.errors import UnexpectedAnswer

T = TypeVar("T")


def read_value(kind: type[T], value: Any) -> T:
    """A JSON value as the type that it should be. Raises UnexpectedAnswer where it is none."""
    return typing.cast(T, _read(kind, value, kind.__name__))


def _read(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return value
    if origin in (types.UnionType, typing.Union):
        return _read_one_of(arguments, value, where)
    if origin is list:
        return [_read(arguments[0], item, where) for item in _expect(list, value, where)]
    if origin is tuple:
        inner = arguments[0]
        return tuple(_read(inner, item, where) for item in _expect(list, value, where))
    if origin is dict:
        return {key: _read(arguments[1], item, where) for key, item in _expect(dict, value, where).items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, _expect(dict, value, where), where)
    if kind is datetime:
        return _read_time(_expect(str, value, where), where)
    if kind is date:
        return date.fromisoformat(_expect(str, value, where))
    if kind is float:
        return float(_expect((int, float), value, where))
    return _expect(kind, value, where)


def _read_one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    problem = UnexpectedAnswer(f"{where}: no value was expected here.")
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _read(kind, value, where)
        except UnexpectedAnswer as error:
            problem = error
    raise problem


def _read_dataclass(kind: Any, value: Mapping[str, Any], where: str) -> Any:
    known = {
        name: _read(annotation, value[name], f"{where}.{name}")
        for name, annotation in _fields(kind).items()
        if name in value
    }
    try:
        return kind(**known)
    except TypeError as error:
        raise UnexpectedAnswer(f"The answer is no {kind.__name__}: {error}.") from None


@cache
def _fields(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}


def _read_time(text: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UnexpectedAnswer(f"{where}: “{text[:60]}” is not a time.") from None


def _expect(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, (int, float))):
        raise UnexpectedAnswer(f"{where}: {value!r:.60} is not what was expected here.")
    return value


def written(value: Any) -> Any:
    """A value as JSON bears it: times with their zone, dataclasses as objects. Raises ValueError for a time without."""
    if isinstance(value, datetime):
        return written_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: written(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) is not None
        }
    if isinstance(value, Mapping):
        return {key: written(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [written(item) for item in value]
    return value


def written_time(moment: datetime) -> str:
    """ISO 8601 with a zone."""
    if moment.tzinfo is None:
        raise ValueError(
            f"{moment.isoformat()} has no time zone, so nobody can tell when that was. "
            "Give one, for instance datetime.now(timezone.utc)."
        )
    return moment.isoformat()


def given(**values: Any) -> dict[str, Any]:
    """Only what is not None, written as JSON bears it."""
    return {name: written(value) for name, value in values.items() if value is not None}


def as_query(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Values as they stand in an address: lists repeat their name, yes and no are words, None is left out."""
    query: dict[str, list[str]] = {}
    for name, value in values.items():
        if value is None:
            continue
        many = value if isinstance(value, list | tuple | set | frozenset) else [value]
        query[name] = [_query_word(item) for item in many]
    return query


def _query_word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(written(value))
