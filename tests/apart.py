"""Work in a thread of its own: a browser that other tests drive may keep this one's event loop running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Made = TypeVar("Made")


def run_apart(work: Callable[[], Made]) -> Made:
    """Do it in another thread, and give back or raise what it does."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def run_async(work: Coroutine[Any, Any, Made]) -> Made:
    """As `asyncio.run`."""
    return run_apart(lambda: asyncio.run(work))
