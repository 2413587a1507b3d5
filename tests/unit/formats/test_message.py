from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.formats.hypertext import text_of_html
from activities.formats.message import read_headers, read_message
from tests.support.mailbox import letter

_PIECES = [
    b"Subject: =?utf-8?b?4pyT?=",
    b'From: =?x?q?=00?= <a@b>, "unclosed <c@d>',
    b'Content-Type: multipart/mixed; boundary="b"',
    b"Content-Type: message/rfc822",
    b"Content-Type: text/html; charset=\xff",
    b"Content-Type: application/pdf; name*0*=utf-8''%C3%; name*1=b",
    b"Content-Disposition: attachment; filename==?utf-8?q?=C3=A4?=",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: x-uuencode",
    b"Date: Mon, 99 Foo 99999 99:99:99 +9999",
    b"--b",
    b"--b--",
    b"",
    b"",
    b"JVBERi0x",
    b"caf\xe9 \x00",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=30), st.binary(max_size=50))
def test_whatever_comes_is_read(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "message"
    path.write_bytes(b"\r\n".join([*lines, end]))

    message = read_message(path)

    for part in message.parts:
        part.write(path.with_name("part"))
        assert part.size == path.with_name("part").stat().st_size
    assert message.headers.people("From") is not None
    assert message.headers.date is None or message.headers.date[4] == "-"
    message.text.encode()


@pytest.mark.parametrize("size", [1, 200_000, 1_500_000, 1_500_001, 1_500_002])
def test_files_are_whole_however_large_they_are(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    path = tmp_path / "message"
    path.write_bytes(letter(files=[("a.bin", content), ("b.bin", b"next")]).as_bytes())

    message = read_message(path)

    first, second = message.parts
    first.write(tmp_path / "first")
    second.write(tmp_path / "second")
    assert (content, b"next") == ((tmp_path / "first").read_bytes(), (tmp_path / "second").read_bytes())
    assert (size, "Please pay.\n") == (first.size, message.text)


def test_a_message_in_a_message_is_a_file(tmp_path: Path) -> None:
    outer = letter("outer")
    outer.add_attachment(letter("inner ✓", "inside", files=[("x.pdf", large := os.urandom(400_000))]))
    path = tmp_path / "message"
    path.write_bytes(outer.as_bytes())

    (inner,) = read_message(path).parts
    inner.write(tmp_path / "inner.eml")

    assert ("inner ✓.eml", "message/rfc822") == (inner.name, inner.kind)
    opened = read_message(tmp_path / "inner.eml")
    opened.parts[0].write(tmp_path / "x.pdf")
    assert ("inner ✓", large) == (opened.headers.get("subject"), (tmp_path / "x.pdf").read_bytes())


def test_the_text_of_a_list_has_its_footer(tmp_path: Path) -> None:
    message = EmailMessage()
    message.set_content("Hello")
    message.make_mixed()
    footer = EmailMessage()
    footer.set_content("-- the list")
    message.attach(footer)
    path = tmp_path / "message"
    path.write_bytes(message.as_bytes())

    assert ["Hello", "", "-- the list"] == read_message(path).text.splitlines()


def test_headers_are_read_as_they_were_meant() -> None:
    headers = read_headers(
        b'Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n =?utf-8?b?IOKckw==?=\r\nFrom: "Example, Ann" <ann@example.com>\r\n'
        b"X: raw \xc3\xa4\r\n\r\n"
    )

    assert ("Grüße ✓", "raw ä") == (headers.get("subject"), headers.get("x"))
    assert [("ann@example.com", "Example, Ann")] == [(each.address, each.name) for each in headers.people("from")]


def test_nobody_passes_for_another_by_encoded_words() -> None:
    headers = read_headers(
        b"From: =?utf-8?q?boss=40example=2Ecom=2C?= <thief@example.org>\r\n"
        b"Subject: =?utf-8?q?Hello=0D=0ABcc=3A_all=40example.com?=\r\n\r\n"
    )

    assert [("thief@example.org", "boss@example.com,")] == [
        (each.address, each.name) for each in headers.people("From")
    ]
    assert "Hello Bcc: all@example.com" == headers.get("Subject")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n\n3"),
        ("<script>x()</script>1 &lt; 2", "1 < 2"),
        ("<b>not closed <i>at all", "not closed at all"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_page_says_what_people_see(page: str, expected: str) -> None:
    assert expected == text_of_html(page)
