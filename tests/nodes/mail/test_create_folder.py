from __future__ import annotations

from activities.nodes.mail import create_folder
from tests.support.mailbox import MailServer
from tests.support.steps import Steps


async def test_a_folder_is_made_where_it_is_missing(steps: Steps, office: MailServer) -> None:
    first = await steps.do(create_folder.create_folder, {"folder": "Rechnungen/Überfällig"})
    again = await steps.do(create_folder.create_folder, {"folder": "Rechnungen/Überfällig"})

    assert ({"created": True}, {"created": False}) == (first, again)
    assert "Rechnungen/Überfällig" in await office.folders()
