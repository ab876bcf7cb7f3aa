"""Doing what is wanted next before it is asked for: a few threads, results in order, and bounded in what waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# What may wait in memory for its turn, and how many.
MOST_BYTES = 64 * 2**20
MOST_WAITING = 16


def ahead(
    work: Callable[[T], R],
    things: Iterable[T],
    *,
    threads: int,
    size: Callable[[T], int],
    let_go: Callable[[R], object] = lambda result: None,
) -> Generator[tuple[T, R]]:
    """Each thing with what `work` makes of it, in their order.

    `size` says how many bytes a result keeps in memory; `let_go` is given each result that was made in vain because
    the walk was closed. Raises what `work` raises, at the thing that it was raised for.
    """
    waiting: deque[tuple[T, int, Future[R]]] = deque()
    bytes_waiting = 0
    workers = ThreadPoolExecutor(threads, "export-ahead")
    try:
        for thing in things:
            its_size = size(thing)
            while waiting and (len(waiting) >= MOST_WAITING or bytes_waiting + its_size > MOST_BYTES):
                first, first_size, future = waiting.popleft()
                bytes_waiting -= first_size
                yield first, future.result()
            waiting.append((thing, its_size, workers.submit(work, thing)))
            bytes_waiting += its_size
        while waiting:
            first, _, future = waiting.popleft()
            yield first, future.result()
    finally:
        workers.shutdown(wait=True, cancel_futures=True)
        for _, _, future in waiting:
            if not future.cancelled() and future.exception() is None:
                let_go(future.result())
