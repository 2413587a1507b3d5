"""Forms in PDF files: fields with values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from activities.formats.pdf.opening import PdfFile, check_size, drawn, parsed, save
from workflows.errors import InvalidFileError, InvalidParamsError

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

Value: TypeAlias = str | bool | list[str]
Given: TypeAlias = str | bool | int | float | list[str] | None
Kind: TypeAlias = Literal["text", "checkbox", "radio", "choice", "signature", "button"]

_OFF = "/Off"
_READ_ONLY, _RADIO, _BUTTON, _SEVERAL = 1 << 0, 1 << 15, 1 << 16, 1 << 21


@dataclass(frozen=True, slots=True)
class FormField:
    """One field and what it holds."""

    name: str
    kind: Kind
    value: Value | None
    options: tuple[str, ...]
    """What can be chosen; for a check box, how its being checked is called."""
    read_only: bool
    several: bool
    """Whether more than one option can be chosen."""
    longest: int | None
    """How many characters fit."""


def read_form(file: PdfFile) -> list[FormField]:
    """Give all fields of a form.

    Raises:
        InvalidFileError: it is no PDF file that can be opened, or its form is of a kind that only Acrobat fills in.
    """
    with parsed(file) as reader:
        return _fields(reader, file)


def fill_form(
    file: PdfFile,
    to: Path,
    values: Mapping[str, Given],
    *,
    flatten: bool,
) -> None:
    """Write a copy with values in its fields; flattened, they are part of the page and no fields any more.

    Raises:
        InvalidFileError: it is no PDF file that can be opened.
        InvalidParamsError: there is no such field, or it cannot hold the value.
    """
    from pypdf import PdfWriter  # noqa: PLC0415 - optional

    check_size(file)
    with parsed(file) as reader:
        fields = {field.name: field for field in _fields(reader, file)}
        written = {name: _written(_field(fields, name, file), value) for name, value in values.items()}
        writer = PdfWriter(clone_from=reader)
        if written:
            strange = _strange(written)
            if strange and flatten:
                raise InvalidParamsError(
                    f"the fonts of forms have no {strange!r}, so a flattened form cannot show it; leave `flatten` out, "
                    "and the program that shows the form finds one that has"
                )
            writer.update_page_form_field_values(None, written, auto_regenerate=bool(strange))
            _name_choices(writer)
        save(writer, to)
    if flatten:
        _flatten(PdfFile(to, None, file.shown_as))


def _fields(reader: PdfReader, file: PdfFile) -> list[FormField]:
    root: Any = reader.trailer["/Root"]
    form = root.get("/AcroForm")
    found = [_read(name, field) for name, field in (reader.get_fields() or {}).items() if field.get("/FT") is not None]
    if not found and form is not None and "/XFA" in form.get_object():
        raise InvalidFileError(
            f"the form of {file.shown_as!r} is of a kind (XFA) that only Acrobat can fill in; ask for another"
        )
    return found


def _read(name: str, field: Any) -> FormField:  # noqa: ANN401 - as pypdf has it
    flags = int(field.get("/Ff", 0))
    kind = _kind(field["/FT"], flags)
    options = tuple(_option(each) for each in field.get("/_States_", field.get("/Opt", ())))
    return FormField(
        name=name,
        kind=kind,
        value=_value(kind, field.get("/V")),
        options=tuple(option for option in options if option != "Off"),
        read_only=bool(flags & _READ_ONLY),
        several=kind == "choice" and bool(flags & _SEVERAL),
        longest=_longest(field) if kind == "text" else None,
    )


def _longest(field: Any) -> int | None:  # noqa: ANN401 - as pypdf has it
    whole = field.indirect_reference.get_object() if field.indirect_reference is not None else field
    return int(whole["/MaxLen"]) if "/MaxLen" in whole else None


def _kind(told: str, flags: int) -> Kind:
    if told == "/Btn":
        return "button" if flags & _BUTTON else "radio" if flags & _RADIO else "checkbox"
    kinds: dict[str, Kind] = {"/Tx": "text", "/Ch": "choice", "/Sig": "signature"}
    return kinds.get(told, "text")


def _option(told: Any) -> str:  # noqa: ANN401 - as PDF files have it
    """What is chosen, of an option that has another name to be shown by."""
    value = told[0] if isinstance(told, list) else told
    return str(value).removeprefix("/")


def _value(kind: Kind, told: Any) -> Value | None:  # noqa: ANN401 - as PDF files have it
    if kind in {"checkbox", "signature"}:
        return told is not None and str(told) != _OFF
    if kind == "radio":
        return None if told is None or str(told) == _OFF else _option(told)
    if isinstance(told, list):
        return [_option(each) for each in told]
    return None if told is None else str(told)


def _field(fields: Mapping[str, FormField], name: str, file: PdfFile) -> FormField:
    if name in fields:
        return fields[name]
    close = get_close_matches(name, fields, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(map(repr, fields)) or 'none'}"
    raise InvalidParamsError(f"the form of {file.shown_as!r} has no field {name!r}; {hint}")


def _written(field: FormField, value: Given) -> str | list[str]:
    """A value as the file is to hold it."""
    match field.kind:
        case "text" | "checkbox" if isinstance(value, list):
            raise InvalidParamsError(f"field {field.name!r} takes one value, found a list of {len(value)}")
        case "text":
            text = "" if value is None else str(value)
            if field.longest is not None and len(text) > field.longest:
                raise InvalidParamsError(f"field {field.name!r} takes {field.longest} characters, found {len(text)}")
            return text
        case "checkbox":
            return _checked(field, value)
        case "radio" | "choice":
            return _chosen(field, value)
        case _:
            raise InvalidParamsError(f"field {field.name!r} is a {field.kind}, which cannot be filled in")


def _checked(field: FormField, value: object) -> str:
    on = field.options[0] if field.options else "Yes"
    if value in {True, False, None}:
        return f"/{on}" if value else _OFF
    if value in field.options:
        return f"/{value}"
    raise InvalidParamsError(f"check box {field.name!r} is true, false or {on!r}, found {value!r}")


def _chosen(field: FormField, value: object) -> str | list[str]:
    chosen = [] if value is None else list(value) if isinstance(value, list) else [str(value)]
    unknown = [each for each in chosen if field.options and each not in field.options]
    if unknown:
        raise InvalidParamsError(
            f"field {field.name!r} has no option {unknown[0]!r}; it has {', '.join(map(repr, field.options))}"
        )
    if len(chosen) > 1 and not field.several:
        raise InvalidParamsError(f"one option of field {field.name!r} can be chosen, found {len(chosen)}")
    if field.kind == "radio":
        return f"/{chosen[0]}" if chosen else _OFF
    return chosen if field.several else (chosen[0] if chosen else "")


def _strange(written: Mapping[str, str | list[str]]) -> str | None:
    """A character that is not in the fonts that every form has."""
    text = "".join(each for value in written.values() for each in ([value] if isinstance(value, str) else value))
    return next((mark for mark in text if not mark.encode("cp1252", errors="ignore") and mark.isprintable()), None)


def _name_choices(writer: PdfWriter) -> None:
    """Have the choices of buttons as names, as all readers want them."""
    from pypdf.generic import NameObject  # noqa: PLC0415 - optional

    for page in writer.pages:
        for annotation in page.annotations or ():
            field: Any = annotation.get_object()
            if "/FT" not in field and "/Parent" in field:
                field = field["/Parent"].get_object()
            if field.get("/FT") == "/Btn" and "/V" in field:
                field[NameObject("/V")] = NameObject(str(field["/V"]))


def _flatten(file: PdfFile) -> None:
    """Make what fields show a part of their pages."""
    with drawn(file) as document:
        for page in document:
            page.flatten()
            page.close()
        flat = file.path.with_name(f"{file.path.name}.flat")
        document.save(flat)
    flat.replace(file.path)
