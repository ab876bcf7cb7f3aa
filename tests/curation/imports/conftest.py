"""Who imports, here."""

from __future__ import annotations

import pytest

from db.session import open_session
from tests.conftest import Installation
from tests.curation.importing import Importer
from tests.factories import an_access, an_admin


@pytest.fixture
def curator(installation: Installation) -> Importer:
    with open_session() as session:
        return Importer(an_access(session), installation.data_dir / "spool")


@pytest.fixture
def admin(installation: Installation) -> Importer:
    with open_session() as session:
        return Importer(an_admin(session), installation.data_dir / "spool")
