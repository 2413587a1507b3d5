import asyncio
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    StorageDriverActivityInfo,
    StorageDriverRetrieveContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
)

from workers.payloads import PayloadFiles, PayloadLostError, folder_of

RUN = StorageDriverStoreContext(StorageDriverWorkflowInfo(namespace="default", id="a/b ..", run_id="r1"))
READING = StorageDriverRetrieveContext()
PAYLOAD = Payload(metadata={"encoding": b"json/plain"}, data=b'"x"')


async def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    files = PayloadFiles(tmp_path)

    claims = await files.store(RUN, [PAYLOAD, Payload(data=b"other")])

    assert [PAYLOAD, Payload(data=b"other")] == await files.retrieve(READING, claims)


async def test_the_same_content_of_a_run_is_one_file_and_nothing_else_is_left(tmp_path: Path) -> None:
    files = PayloadFiles(tmp_path)

    first, second = await files.store(RUN, [PAYLOAD, PAYLOAD])

    assert first == second
    assert 1 == len(await asyncio.to_thread(lambda: [path for path in tmp_path.rglob("*") if path.is_file()]))


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (RUN, "default/a%2Fb %2E%2E/r1"),
        (StorageDriverStoreContext(StorageDriverWorkflowInfo(namespace="n", id="w")), "n/w/start"),
        (StorageDriverStoreContext(StorageDriverActivityInfo(namespace="n", id="x")), "n/activity x/start"),
        (StorageDriverStoreContext(), "none/none/none"),
    ],
)
def test_payloads_of_one_run_are_together(context: StorageDriverStoreContext, expected: str) -> None:
    assert expected == folder_of(context)


async def test_a_name_of_any_length_has_a_folder(tmp_path: Path) -> None:
    long = StorageDriverStoreContext(StorageDriverWorkflowInfo(namespace="n", id="ä" * 1000, run_id="r"))
    files = PayloadFiles(tmp_path)

    claims = await files.store(long, [PAYLOAD])

    assert [PAYLOAD] == await files.retrieve(READING, claims)


async def test_a_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    files = PayloadFiles(tmp_path)
    [claim] = await files.store(RUN, [PAYLOAD])
    (tmp_path / claim.claim_data["path"]).write_bytes(b"changed")

    with pytest.raises(PayloadLostError, match="has been changed"):
        await files.retrieve(READING, [claim])


async def test_a_file_of_another_directory_is_not_found_with_a_remedy(tmp_path: Path) -> None:
    [claim] = await PayloadFiles(tmp_path / "a").store(RUN, [PAYLOAD])

    with pytest.raises(PayloadLostError, match="need the same payload directory"):
        await PayloadFiles(tmp_path / "b").retrieve(READING, [claim])


async def test_a_claim_cannot_lead_out_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    [claim] = await PayloadFiles(tmp_path / "files").store(RUN, [PAYLOAD])
    forged = type(claim)({"path": "../secret"})

    with pytest.raises(PayloadLostError, match="lies outside"):
        await PayloadFiles(tmp_path / "files").retrieve(READING, [forged])
