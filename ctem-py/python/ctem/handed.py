"""What is handed in, as the engine takes it: text and bytes. The engine calls this for whatever is neither."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date


def document(given: object) -> object:
    """The bytes or the text of a path, of an open file, or of a buffer."""
    if isinstance(given, os.PathLike):
        with open(given, "rb") as file:
            return file.read()
    if callable(read := getattr(given, "read", None)):
        return read()
    if isinstance(given, (bytearray, memoryview)):
        return bytes(given)
    advice = ": write it as JSON, by `json.dumps`" if isinstance(given, (Mapping, list, tuple)) else ""
    raise TypeError(f"a document is bytes, text, a path or an open file, not {type(given).__name__}{advice}")


def files(given: object) -> Iterable[tuple[str, object]]:
    """Documents by the names of their files."""
    if callable(items := getattr(given, "items", None)):
        return items()
    raise TypeError(f"files are documents by name, such as {{'scan.json': Path('scan.json')}}, not {type(given).__name__}")


def moment(given: object) -> str:
    """A moment as text."""
    if isinstance(given, date):
        return given.isoformat()
    if callable(item := getattr(given, "item", None)) and isinstance(value := item(), date):
        return value.isoformat()
    raise TypeError(f"a moment is text, a date or a datetime, not {type(given).__name__}")


def written(given: object) -> str:
    """
    Plain values as JSON; of others what they stand for: dates, paths, mappings, and the numbers and arrays of other libraries. What is not a
    number is `null`, as other libraries mean it and as JavaScript writes it.
    """
    try:
        return json.dumps(given, default=_plain, allow_nan=False)
    except ValueError as error:
        if "circular" in str(error).lower():
            raise
    # What has no end is no JSON, and the engine says where it stands.
    return json.dumps(_known(given), default=lambda value: _known(_plain(value)))


def rows(table: object) -> list[dict[str, object]]:
    """The rows of a table: one of pandas, polars or Arrow, columns by their names, or rows. An empty cell is `None`."""
    if callable(method := getattr(table, "notna", None)):
        # As objects, since a column of numbers has no `None`.
        table = table.astype(object).where(method(), None).to_dict("records")  # type: ignore[attr-defined]
    elif callable(method := getattr(table, "to_dicts", None)) or callable(method := getattr(table, "to_pylist", None)):
        table = method()
    elif isinstance(table, Mapping):
        table = [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]
    if not isinstance(table, Iterable):
        raise TypeError(f"a table has rows or columns, and {type(table).__name__} has neither")
    return [dict(row) for row in table]


def _known(value: object) -> object:
    """The same with `None` for each number that is none."""
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and value != value else value


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Sequence, set, frozenset)):
        return list(value)
    if callable(method := getattr(value, "tolist", None)) or callable(method := getattr(value, "item", None)):
        return method()
    raise TypeError(f"a {type(value).__name__} cannot be part of a document")
