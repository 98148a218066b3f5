"""What can go wrong, one class a code. The codes are the same in all languages."""


class CtemError(Exception):
    """What went wrong, where, and what would do instead.

    >>> import ctem
    >>> try:
    ...     ctem.cvss("CVSS:3.1/AV:X")
    ... except ctem.CtemError as error:
    ...     print(error.code, "|", error.place, "|", error.message)
    invalid_input | byte 9 | `X` is not a value of `AV`: use one of N, A, L, P
    """

    code: str
    """The kind's stable name."""
    place: str | None
    """Where in the input: a JSON pointer, a line or a byte; nothing when the input has no places."""
    message: str
    """What was found and what would do."""

    def __init__(self, text: str, code: str, place: str | None, message: str) -> None:
        super().__init__(text, code, place, message)
        self.code, self.place, self.message = code, place, message

    def __str__(self) -> str:
        return str(self.args[0])


class InvalidInput(CtemError, ValueError):
    """A value that is readable but not allowed where it stands."""


class Malformed(CtemError, ValueError):
    """Bytes that do not follow their own format."""


class UnknownFormat(CtemError, ValueError):
    """A document that no reader recognises."""


class UnsupportedVersion(CtemError, ValueError):
    """A recognised document of a version that is not read."""


class NotFound(CtemError, KeyError):
    """Something names what is not there."""


class Conflict(CtemError, ValueError):
    """Two statements that cannot both hold."""


class Io(CtemError):
    """A stream that could not be read to its end."""


class LimitExceeded(CtemError, ValueError):
    """Input larger or deeper than the stated limit."""


class Cancelled(CtemError):
    """The caller asked for the work to stop."""


class CtemWarning(UserWarning):
    """What a program would overlook and a person must know, such as a report of which no record can be used.

    >>> import ctem, warnings
    >>> with warnings.catch_warnings(record=True, action="always") as given:
    ...     report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "web-1"}]}')
    >>> print(given[0].message)
    no record of 1 can be used: `kind` is missing: the record must have it   (invalid_input at /assets/0)
    """


_CLASSES: dict[str, type[CtemError]] = {
    "invalid_input": InvalidInput,
    "malformed": Malformed,
    "unknown_format": UnknownFormat,
    "unsupported_version": UnsupportedVersion,
    "not_found": NotFound,
    "conflict": Conflict,
    "io": Io,
    "limit_exceeded": LimitExceeded,
    "cancelled": Cancelled,
}


def _of(text: str, code: str, place: str | None, message: str) -> CtemError:
    """The error of a code; the engine calls this."""
    return _CLASSES[code](text, code, place, message)
