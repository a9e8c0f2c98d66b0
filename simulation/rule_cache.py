"""Where compiled rules are kept on the disk, so that a rule is compiled once for a machine and not for each run.

The folder carries a digest of every source file of this package, because Numba's own cache does not notice a change
in another file. Inside it a rule has its place in the package, wherever that is installed: Numba's own place follows
the path of the file, and a second environment would compile everything anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba
from filelock import FileLock
from numba.core import caching

PACKAGE = Path(__file__).resolve().parent


def folder_of(package: Path) -> Path:
    """Folder for the compiled rules of a package: inside the user's cache, or a temporary one where nothing can be
    kept there.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = Path(os.environ.get("NUMBA_CACHE_DIR", home / "circuit-economy"), _sources_digest(package))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="circuit-economy-"))


def _sources_digest(package: Path) -> str:
    digest = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Folder of the compiled rules of this package."""
    return folder_of(PACKAGE)


class PlaceInPackage(caching._CacheLocator):
    """Tells Numba the place of a rule of this package; None for a rule of somebody else's, which has Numba's own."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self.folder = cache_folder() / Path(file).relative_to(PACKAGE).parent
        self.line = function.__code__.co_firstlineno

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> PlaceInPackage | None:
        """The place of a function from this file."""
        return cls(function, file) if PACKAGE in Path(file).parents else None

    def get_cache_path(self) -> str:
        """Folder of the compiled function."""
        return str(self.folder)

    def get_source_stamp(self) -> str:
        """What changes when the compiled function is out of date: any source."""
        return cache_folder().name

    def get_disambiguator(self) -> str:
        """What tells functions of the same name in one file apart: the line."""
        return str(self.line)


class RuleCacheForm(caching.CompileResultCacheImpl):
    """Numba's form of compiled code, in our place."""

    _locator_classes = [PlaceInPackage, *caching.CompileResultCacheImpl._locator_classes]  # noqa: RUF012


class RuleCache(caching.FunctionCache):
    """Numba's cache for processes that compile at the same time.

    Numba reads the index of a function, adds an entry and writes it again. Of two processes that do so at once, each
    for its own types, one could leave its code under the name of the other's.
    """

    _impl_class = RuleCacheForm

    def _save_overload(self, *arguments: Any) -> None:
        with FileLock(cache_folder() / "saving.lock"):
            super()._save_overload(*arguments)


if not os.environ.get("NUMBA_CACHE_DIR"):
    settings: Any = numba.config
    settings.CACHE_DIR = str(cache_folder())  # for rules of other packages and of users' scripts
