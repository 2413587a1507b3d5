"""What the errors of MySQL and MariaDB mean to a run: who must act, and whether anything was done."""

from __future__ import annotations

import pymysql

from activities.secrets import masked
from workflows.errors import (
    AccessDeniedError,
    AetherError,
    InvalidParamsError,
    RequestRefusedError,
    ServerFailedError,
    ServerUnreachableError,
)

_LONGEST = 500
_MEANINGS: tuple[tuple[type[AetherError], frozenset[int], str], ...] = (
    (ServerUnreachableError, frozenset({1053, 1152, 1927, 2002, 2003, 2006, 2013, 2055}), "broke the connection: "),
    (AccessDeniedError, frozenset({1044, 1045, 1130, 1142, 1143, 1227, 1370, 1698}), "denies access: "),
    (
        RequestRefusedError,
        frozenset({1048, 1062, 1169, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1451, 1452, 1557})
        | frozenset({1569, 1644, 1690, 3819, 4025}),
        "refuses the data: ",
    ),
    (
        ServerFailedError,
        frozenset({1021, 1040, 1041, 1203, 1205, 1213, 1226, 1317, 1614, 1637, 1969, 3024}),
        "cannot do it now: ",
    ),
    (InvalidParamsError, frozenset({1290, 1792}), "may only be read by this step or on this connection: "),
)
"""What errors mean, by their numbers."""


def explained(error: pymysql.MySQLError, *, acted: bool | None) -> AetherError:
    """Sort an error by who must act.

    A statement that the server answers with an error was undone by it; `acted` says what is known where the
    connection broke instead.
    """
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    said = masked(" ".join(str(error.args[1] if len(error.args) > 1 else error).split()))[:_LONGEST]
    for kind, numbers, meaning in _MEANINGS:
        if number in numbers:
            unsure = acted if kind is ServerUnreachableError else False
            return kind(f"the database {meaning}{said}", acted=unsure, number=number)
    if isinstance(error, pymysql.IntegrityError | pymysql.DataError):
        return RequestRefusedError(f"the database refuses the data: {said}", acted=False, number=number)
    return InvalidParamsError(f"the database cannot do it: {said}", acted=False, number=number or None)
