"""A Windows that is none, with one program on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from activities.drivers.desktop.windows.toolkit import UiaToolkit
from tests.support.win32 import Windows
from tests.support.windows import windows
from tests.support.windows_programs import Editor


@pytest.fixture
def session() -> Iterator[Windows]:
    with windows() as session:
        yield session


@pytest.fixture
def editor(session: Windows) -> Editor:
    return Editor(session, pid=4711)


@pytest.fixture
async def toolkit(session: Windows) -> AsyncIterator[UiaToolkit]:
    del session  # it has to be there before
    toolkit = UiaToolkit(pressing=2)
    yield toolkit
    toolkit.close()
