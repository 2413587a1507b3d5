"""What steps look for, in the words of IMAP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from activities.drivers.mail.names import quoted
from activities.sessions.mailing import Criteria, Found
from workflows.errors import ConfigurationError

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = dt.timedelta(days=1)


def search_keys(criteria: Criteria) -> str:
    """Write them as search keys; moments are rounded to days, so that more is found rather than less.

    What is marked as deleted counts as gone, as mail programs have it.
    """
    return " ".join(["UNDELETED", *_keys(criteria)])


def fits(criteria: Criteria, received: dt.datetime | None) -> bool:
    """Tell whether a message arrived within the moments that are given."""
    if received is None:
        return True
    since, before = criteria.since, criteria.before
    late_enough = not isinstance(since, dt.datetime) or received >= since
    return late_enough and (not isinstance(before, dt.datetime) or received < before)


def without_unicode(criteria: Criteria, server: str) -> tuple[Criteria, Criteria]:
    """Split what a server that knows ASCII only can look for from what is left to us.

    Raises:
        ConfigurationError: only the server could look for it.
    """
    if not (criteria.text or "").isascii():
        raise ConfigurationError(
            f"{server} looks for ASCII only, and {criteria.text!r} has other letters; look for something else"
        )
    texts = {name: getattr(criteria, name) for name in ("sender", "to", "subject")}
    ours = {name: text for name, text in texts.items() if text and not text.isascii()}
    return criteria.model_copy(update=dict.fromkeys(ours)), Criteria().model_copy(update=ours)


def has_texts(criteria: Criteria, found: Found) -> bool:
    """Whether a message has the texts in its sender, recipients and subject."""
    places = (
        (criteria.sender, f"{found.from_name} <{found.sender}>"),
        (criteria.to, ", ".join(found.to)),
        (criteria.subject, found.subject),
    )
    return all(text is None or text.casefold() in place.casefold() for text, place in places)


def _keys(criteria: Criteria) -> Iterator[str]:
    if criteria.unseen is not None:
        yield "UNSEEN" if criteria.unseen else "SEEN"
    if criteria.flagged is not None:
        yield "FLAGGED" if criteria.flagged else "UNFLAGGED"
    texts = {
        "FROM": criteria.sender,
        "TO": criteria.to,
        "SUBJECT": criteria.subject,
        "TEXT": criteria.text,
        "HEADER Message-ID": criteria.message_id.strip("<> ") if criteria.message_id else None,
    }
    yield from (f"{name} {quoted(text)}" for name, text in texts.items() if text)
    if criteria.keyword:
        yield f"KEYWORD {criteria.keyword}"
    if criteria.since is not None:
        yield f"SINCE {_day(criteria.since, earlier=True)}"
    if criteria.before is not None:
        yield f"BEFORE {_day(criteria.before, earlier=False)}"


def _day(moment: dt.datetime | dt.date, *, earlier: bool) -> str:
    """Name a day; of a moment the one beside it, because servers count days in a zone of their own."""
    day = moment
    if isinstance(moment, dt.datetime):
        day = moment.astimezone(dt.UTC).date()
        day = day - _DAY if earlier else day + 2 * _DAY
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
