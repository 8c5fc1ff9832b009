"""Blank modules: what stands in, inside a page, for the modules that are not carried there.

The reasons need some twenty modules of this package, and these name many more at their heads: to write
stores, to read YAML, to draw.  A blank gives a placeholder for every name, so that such an import
passes; whatever is then done with one says that it is not there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

OURS = "colloquy"
ABSENT = frozenset(("numpy", "pyoxigraph", "yaml"))
"""Packages of others that are never carried."""


class NotCarriedError(RuntimeError):
    """Something was used that the page does not carry."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not carried in the page: name its module in colloquy.inpage.packing")


class _Naming(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return placeholder(f"{cls.__module__}.{cls.__qualname__}", name)


class Placeholder(metaclass=_Naming):
    """What stands for a name: it may be imported, called, inherited and subscripted, and is of no use then."""

    def __init__(self, *given: object, **named: object) -> None:
        pass

    def __class_getitem__(cls, item: object) -> type[Placeholder]:
        return cls

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotCarriedError(f"{type(self).__module__}.{type(self).__qualname__}")


def placeholder(module: str, name: str) -> Any:
    """Make the placeholder for a name of a module."""
    return _Naming(name, (Placeholder,), {"__module__": module})


class _Blank(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return placeholder(self.__name__, name)


class Blanks(MetaPathFinder, Loader):
    """Finds a blank for every module that nothing else finds; it has to be asked last."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give a blank for a module of ours, or of an absent package."""
        if fullname.partition(".")[0] in {OURS, *ABSENT}:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the blank."""
        return _Blank(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it blank."""


def install() -> None:
    """Let modules that are not there be blank from now on."""
    if not any(isinstance(finder, Blanks) for finder in sys.meta_path):
        sys.meta_path.append(Blanks())
