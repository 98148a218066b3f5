"""Answers as notebooks show them."""

import json

from . import _ctem
from .errors import CtemError


class Answer(dict[str, object]):
    """An answer, or a part of one: a `dict` that notebooks show as its picture, and that is a table of Arrow, where there is one."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        try:
            return _ctem.picture(self)
        except CtemError:
            return None

    def to_arrow(self) -> _ctem.Columns:
        """The same as `ctem.to_arrow(answer)`."""
        return _ctem.to_arrow(self)


def loads(text: str) -> object:
    """An answer from its document; the engine calls this."""
    return json.loads(text, object_hook=Answer)
