"""The French of everything, gathered: screens and errors as they began, then a module for each subject since."""

from __future__ import annotations

from language.french import (
    datasets,
    devices,
    errors,
    exports,
    imports,
    predictions,
    programs,
    readers,
    releases,
    safety,
    screens,
    storage,
    storage_checks,
    table,
    twins,
    videos,
    webhooks,
)
from language.french.errors import REASONS, WORDS

SUBJECTS = (
    datasets,
    devices,
    exports,
    imports,
    predictions,
    programs,
    readers,
    releases,
    safety,
    storage,
    storage_checks,
    table,
    twins,
    videos,
    webhooks,
)

FRENCH: dict[str, str] = dict(screens.FRENCH)
PLURALS: dict[str, tuple[str, str]] = dict(screens.PLURALS)
SENTENCES: dict[str, str] = dict(errors.SENTENCES)
for subject in SUBJECTS:
    FRENCH |= subject.FRENCH
    PLURALS |= subject.PLURALS
    SENTENCES |= subject.SENTENCES

__all__ = ["FRENCH", "PLURALS", "REASONS", "SENTENCES", "WORDS"]
