"""The same calls for `asyncio`: each runs in a thread, and the event loop goes on meanwhile.

    from ctem import aio

    program = aio.Program()
    await program.absorb(await aio.read(data))
    today = await program.assess("2025-11-13")
    plan = await today.plan(budget={"hours": 40})

Functions and methods are those of `ctem`, by the same names, with the same arguments and answers; what is no call stays as it is. Where a task
is cancelled, work that tells its progress ends too.
"""

import asyncio
import functools
import inspect
import threading
from types import GetSetDescriptorType

from . import _ctem


def _own(value):
    """The engine's object behind one of these."""
    return getattr(value, "_behind", value)


def _later(value):
    """What a call gives, with the engine's objects as those of this module."""
    if isinstance(value, list):
        return [_later(each) for each in value]
    kind = _KINDS.get(type(value))
    if kind is None:
        return value
    twin = kind.__new__(kind)
    twin._behind = value
    return twin


def _coroutine(call, told):
    """A call as a coroutine."""

    @functools.wraps(call)
    async def later(*arguments, **how):
        over = threading.Event()
        if told:
            ask = how.get("progress") or (lambda done, of: None)
            how["progress"] = lambda done, of: False if over.is_set() else ask(done, of)
        how = {name: _own(value) for name, value in how.items()}
        try:
            return _later(await asyncio.to_thread(call, *map(_own, arguments), **how))
        finally:
            over.set()

    return later


def _tells(call, kind=None):
    """Whether a call tells its progress."""
    takes = inspect.signature(call).parameters
    return "progress" in takes or (kind is _ctem.Assessment and "options" in takes)


def _twin(kind):
    """The class whose calls are coroutines."""

    def begun(self, *arguments, **how):
        self._behind = kind(*map(_own, arguments), **{name: _own(value) for name, value in how.items()})

    members = {"__doc__": kind.__doc__, "__init__": begun, "__repr__": lambda self: repr(self._behind)}
    if hasattr(kind, "__len__"):
        members["__len__"] = lambda self: len(self._behind)
    if hasattr(kind, "__getitem__"):
        members["__getitem__"] = lambda self, place: self._behind[place]
        members["__contains__"] = lambda self, exposure: exposure in self._behind
        members["__iter__"] = lambda self: iter(self._behind)
        members["__reversed__"] = lambda self: reversed(self._behind)
    if hasattr(kind, "__arrow_c_stream__"):
        members["__arrow_c_stream__"] = lambda self, requested_schema=None: self._behind.__arrow_c_stream__(requested_schema)
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        call = getattr(kind, name)
        if isinstance(member, GetSetDescriptorType):
            members[name] = property(lambda self, name=name: _later(getattr(self._behind, name)), doc=member.__doc__)
        elif isinstance(member, staticmethod):
            members[name] = staticmethod(_coroutine(call, _tells(call)))
        else:
            members[name] = _coroutine(call, _tells(call, kind))
    return type(kind.__name__, (), members)


_KINDS = {kind: _twin(kind) for kind in vars(_ctem).values() if isinstance(kind, type)}
globals().update({kind.__name__: twin for kind, twin in _KINDS.items()})
__all__ = [kind.__name__ for kind in _KINDS]
for _name, _call in vars(_ctem).items():
    if inspect.isbuiltin(_call) and not _name.startswith("_"):
        globals()[_name] = _coroutine(_call, _tells(_call))
        __all__ += [_name]
