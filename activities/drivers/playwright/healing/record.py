"""Pages that show one record each: what may be different of an element on each of them."""

from __future__ import annotations

import hashlib
import re

from activities.fingerprints import Fingerprint
from activities.variant import ID, variant

_WORD = re.compile(r"[^\W_]+")
_ANY_HOST = "https://host"


def record_of(address: str) -> str:
    """Name the record that a page shows: a digest of its address; nothing where pages do not tell records apart."""
    return hashlib.sha256(address.encode()).hexdigest()[:16] if ID in variant(address) else ""


def is_its_counterpart(known: Fingerprint, now: Fingerprint) -> bool:
    """Whether an element is on one record's page what another was on another's, though each bears its record's name.

    It stands in the same place among the others, and leads to a page of the same kind, or its name is the same but for
    words that stand beside it or above it, too. A control of another name is another control, as ever.
    """
    if not now.record or known.record == now.record or known.path != now.path:
        return False
    return _leads_alike(known, now) or _named_alike(known, now)


def _leads_alike(known: Fingerprint, now: Fingerprint) -> bool:
    then = variant(_ANY_HOST + known.href)
    return ID in then and then == variant(_ANY_HOST + now.href)


def _named_alike(known: Fingerprint, now: Fingerprint) -> bool:
    then, today = (_words(each.text or each.label or each.hint) for each in (known, now))
    both = then & today
    return bool(both) and then - both <= _beside(known) and today - both <= _beside(now)


def _beside(fingerprint: Fingerprint) -> set[str]:
    return _words(f"{fingerprint.heading} {fingerprint.left} {fingerprint.above}")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
