from __future__ import annotations

import pytest

from activities.variant import variant, without_route


@pytest.mark.parametrize(
    "segment",
    [
        "1", "00042", "2026-11-21", "1.234", "INV-7", "INV-00042", "DE-INV-2026-00042", "order-1042", "inv00042",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6", "3FA85F64-5717-4562-B3FC-2C963F66AFA6", "507f1f77bcf86cd799439011",
        "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms", "V1StGXR8_Z5jdHi6B-myT", "cjld2cjxh0000qzrmn831i7rn",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV", "0015g00000AbCdEAAZ", "INV%2000042", "%7B3fa85f64-5717-4562-b3fc-2c963f66afa6%7D",
    ],
)  # fmt: skip
def test_what_tells_records_apart_is_no_part_of_a_page(segment: str) -> None:
    assert "https://portal.example/invoices/{id}/pay" == variant(f"https://portal.example/invoices/{segment}/pay")


@pytest.mark.parametrize(
    "segment",
    [
        "invoices", "new", "step-2", "v1", "v1.2", "oauth2", "ipv6", "Q3", "deadbeef", "internationalization",
        "InvoiceDetailsView2", "OAuth2CallbackHandler", "getInvoiceByIdAndCustomer", "how-to-make-3d-prints-2",
        "to-do-or-not-to-do-it", "index.html", "web-app-v2",
    ],
)  # fmt: skip
def test_what_a_person_called_a_page_stays(segment: str) -> None:
    assert f"https://portal.example/{segment}/pay" == variant(f"https://portal.example/{segment}/pay")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://portal.example:8443/invoices/42.pdf", "https://portal.example:8443/invoices/{id}.pdf"),
        ("https://portal.example/Orders('ACME 1')/Items(2)", "https://portal.example/Orders({id})/Items({id})"),
        ("https://portal.example/main.jsf;jsessionid=AB12CD", "https://portal.example/main.jsf"),
        ("https://me:secret@portal.example/invoices?page=2#top", "https://portal.example/invoices"),
        ("https://portal.example/app#/invoices/1?tab=2", "https://portal.example/app#/invoices/{id}"),
        ("https://portal.example/app#!/invoices/1", "https://portal.example/app#!/invoices/{id}"),
        ("https://portal.example/app?session=7#/invoices", "https://portal.example/app#/invoices"),
        ("https://portal.example", "https://portal.example"),
        ("about:blank", "about:blank"),
        ("data:text/html,<p>/42", "data:text/html,<p>/42"),
        ("no address", "no address"),
    ],
)
def test_a_page_is_its_origin_path_and_route(address: str, page: str) -> None:
    assert page == variant(address)


def test_routes_can_be_left_out() -> None:
    assert "https://portal.example/app" == without_route("https://portal.example/app#/invoices/{id}")
