"""Names that go to mail servers and come from strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.drivers.mail.names import decoded, encoded
from activities.formats.enclosure import safe_name
from activities.sessions.mailing import Reference, read_reference
from activities.workspace import safe_path
from workflows.errors import InvalidParamsError

_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("name", "written"),
    [("INBOX", "INBOX"), ("Entwürfe", "Entw&APw-rfe"), ("A & B", "A &- B"), ("日本語", "&ZeVnLIqe-"), ("~/x", "~/x")],
)
def test_folders_are_named_as_servers_do(name: str, written: str) -> None:
    assert (written, name) == (encoded(name), decoded(written.encode()))


@given(_TEXT)
def test_every_name_of_a_folder_survives(name: str) -> None:
    assert encoded(name).isascii()
    assert name == decoded(encoded(name).encode())


@given(_TEXT)
def test_every_name_of_a_stranger_becomes_one_of_a_file(name: str) -> None:
    safe = safe_name(name)

    assert safe == safe_path(safe)
    assert "/" not in safe


@given(
    st.text(st.characters(whitelist_categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20),
    st.integers(0, 2**32 - 1),
    st.integers(1, 2**32 - 1),
    st.none() | st.text("abc<>@.;=%", min_size=1, max_size=20),
)
def test_a_reference_is_read_as_it_was_written(folder: str, validity: int, uid: int, message_id: str | None) -> None:
    reference = Reference(folder, validity, uid, message_id)

    assert reference == read_reference(str(reference))


@pytest.mark.parametrize("text", ["", "17", "INBOX;UID=1", "INBOX;UIDVALIDITY=1/;UID=1;ID=<a>\r\nX"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(InvalidParamsError, match="expected the 'ref' of a message"):
        read_reference(text)
