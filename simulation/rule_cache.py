"""Where compiled rules are kept on the disk, so that a rule is compiled once for a machine and not for each run.

A compiled rule is filed under a fingerprint of everything it computes from: its own bytecode, the constants it reads
and the rules it calls, however far down. Numba's own cache looks at the file of a rule only, and would go on using
yesterday's code after a change in a constant, an argument or a rule that stands elsewhere. What does not change the
computation (comments, docstrings, the place of the package) does not change the fingerprint.

What others have compiled for the same kind of processor is read too, where one's own folder has nothing: rules that lie
in the package itself, and those in a folder that may be read only. Rules in the package may be compiled for a level of
processors that many share: every processor of that level reads them, and they compute the same to the bit."""

from __future__ import annotations

import atexit
import hashlib
import multiprocessing
import os
import platform
import shutil
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from filelock import FileLock
from llvmlite import binding
from numba.core import caching

PACKAGE = Path(__file__).resolve().parent
IN_THE_PACKAGE = PACKAGE / "compiled"
COMMON_LEVEL = "x86-64-v3"
"""The level of processors for which a wheel holds rules: Intel's since 2013 and AMD's since 2015 (x86-64 psABI)."""
_FEATURES_OF_COMMON_LEVEL = ("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe")
_announced = False
LOADED: list[Path] = []
"""Files of compiled rules that this process has read."""
NO_HOME = "CIRCUIT_CACHE_OF_PARENT"
"""Tells the processes of a batch the temporary folder of the one that started them."""


def usual_folder() -> Path:
    """Where compiled rules are kept unless that cannot be written. Raises RuntimeError for a user without a home."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("NUMBA_CACHE_DIR") or home / "circuit-economy")


def folder_for_rules() -> Path:
    """Folder for compiled rules: inside the user's cache, or a temporary one, shared with the processes that this one
    starts and removed with it, where nothing can be kept there."""
    try:
        folder = usual_folder()
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):  # a user without a home is a RuntimeError
        pass
    shared = os.environ.get(NO_HOME)
    if shared and os.access(shared, os.W_OK):
        return Path(shared)
    passing = tempfile.mkdtemp(prefix="circuit-economy-")
    os.environ[NO_HOME] = passing
    atexit.register(shutil.rmtree, passing, ignore_errors=True)
    return Path(passing)


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Folder of compiled rules of this process."""
    return folder_for_rules()


@lru_cache(maxsize=1)
def folders_of_others() -> tuple[Path, ...]:
    """Folders of compiled rules that this process reads and does not write."""
    folders = [IN_THE_PACKAGE]
    with suppress(RuntimeError):
        folders.append(usual_folder())
    return tuple(folder for folder in folders if folder != cache_folder() and os.access(folder, os.R_OK))


@lru_cache(maxsize=1)
def is_of_common_level() -> bool:
    """Whether this processor runs what is compiled for the common level, and nobody has named another kind."""
    settings: Any = numba.config
    if settings.CPU_NAME is not None or platform.machine().lower() not in {"x86_64", "amd64"}:
        return False
    features = binding.get_host_cpu_features()
    return all(features.get(name, False) for name in _FEATURES_OF_COMMON_LEVEL)


def is_kept(name: str) -> bool:
    """Whether a file lies in the folder of compiled rules, or in one of those that are read too."""
    return any((folder / name).exists() for folder in (cache_folder(), *folders_of_others()))


def fingerprint(function: Callable[..., Any]) -> str:
    """Sixteen characters that change when what a rule computes changes: its code, constants, defaults, and those of
    the rules it calls. Raises TypeError for a rule that reads something whose value cannot be told."""
    settings: Any = numba.config
    digest = hashlib.sha256(f"{numba.__version__} {settings.BOUNDSCHECK}".encode())
    digest.update(_content(getattr(function, "py_func", function)))
    return digest.hexdigest()[:16]


_known: dict[Any, bytes] = {}
_met_again: set[Any] = set()


def _content(function: Any, under: tuple[Any, ...] = ()) -> bytes:
    """Digest of a function and all it reads. A function that calls itself is known by its name inside itself."""
    if function in _known:
        return _known[function]
    if function in under:
        _met_again.update(under[under.index(function) :])
        return repr((function.__module__, function.__qualname__)).encode()
    digest = hashlib.sha256()
    digest.update(repr((function.__module__, function.__qualname__, function.__defaults__)).encode())
    for part in _parts(function.__code__, function.__doc__):
        digest.update(repr(part).encode())
    for name, value in _read(function):
        digest.update(name.encode())
        digest.update(_told(value, function, (*under, function)))
    content = digest.digest()
    if not under or function not in _met_again:  # a member of a circle of calls is only known from where one entered it
        _known[function] = content
    return content


def _parts(code: types.CodeType, doc: str | None = None) -> Iterator[object]:
    yield (code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)
    for number, constant in enumerate(code.co_consts):
        if isinstance(constant, types.CodeType):
            yield from _parts(constant)
        elif not (number == 0 and constant == doc):
            yield constant


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _read(function: Any) -> Iterator[tuple[str, Any]]:
    """Name and value of every global and free variable of a function."""
    for name in sorted(set(_names(function.__code__))):
        if name in function.__globals__:
            yield name, function.__globals__[name]
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield name, cell.cell_contents


def _told(value: Any, reader: Any, under: tuple[Any, ...]) -> bytes:
    """The value of something a rule reads, as bytes."""
    if hasattr(value, "py_func"):
        return _content(value.py_func, under) + repr(sorted(value.targetoptions.items())).encode()
    if isinstance(value, types.FunctionType):
        return _content(value, under)
    if isinstance(value, np.ndarray):
        return repr(value.dtype.descr).encode() + value.tobytes()
    if isinstance(value, tuple):
        return b"".join(_told(item, reader, under) for item in value)
    if isinstance(value, types.ModuleType):
        return _told_module(value, reader, under)
    if isinstance(value, (int, float, complex, str, bytes, bool, type(None), np.generic, np.dtype)):
        return repr(value).encode()
    if isinstance(value, (type, types.BuiltinFunctionType, np.ufunc)):
        return f"{getattr(value, '__module__', '')}.{value.__name__}".encode()
    told = repr(value)
    if " at 0x" in told:
        raise TypeError(f"{reader.__qualname__} reads {told}, whose value cannot be told")
    return told.encode()


def _told_module(module: types.ModuleType, reader: Any, under: tuple[Any, ...]) -> bytes:
    """A library by its name; a module of one's own by those of its values that the rule may read."""
    if module.__name__.split(".")[0] in {"math", "numpy", "numba", "cmath"}:
        return module.__name__.encode()
    names = sorted(set(_names(reader.__code__)) & set(vars(module)))
    return b"".join(name.encode() + _told(vars(module)[name], reader, under) for name in names)


def announce_compiling() -> None:
    """Say on the error stream that the rules are compiled, once a process; not in one that another has started.

    `CIRCUIT_QUIET` in the environment keeps it silent.
    """
    global _announced
    if not (_announced or os.environ.get("CIRCUIT_QUIET") or multiprocessing.parent_process()):
        print("compiling the rules once, one to three minutes ...", file=sys.stderr, flush=True)
    _announced = True


class RulePlace(caching._CacheLocator):
    """Tells Numba where the compiled form of a rule lies."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        inside = PACKAGE in Path(file).parents
        self.room = Path(file).relative_to(PACKAGE).parent if inside else Path("own")
        self.folder = cache_folder() / self.room
        self.stamp = fingerprint(function)

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> RulePlace:
        """The place of a function from this file."""
        return cls(function, file)

    def get_cache_path(self) -> str:
        """Folder of the compiled function."""
        return str(self.folder)

    def get_source_stamp(self) -> str:
        """What changes when the compiled function is out of date."""
        return self.stamp

    def get_disambiguator(self) -> str:
        """What tells functions of the same name apart, and versions of one function."""
        return self.stamp


class RuleCacheForm(caching.CompileResultCacheImpl):
    """Numba's form of compiled code, in our place."""

    _locator_classes = [RulePlace]  # noqa: RUF012


class RuleCache(caching.FunctionCache):
    """Numba's cache, by fingerprint, for processes that compile at the same time.

    The fingerprint is taken when a rule is first called, since it may read what is defined after it. Numba reads the
    index of a function, adds an entry and writes it again: of two processes that do so at once, each for its own types,
    one could leave its code under the name of the other's, hence the lock."""

    _impl_class = RuleCacheForm

    def __init__(self, function: Callable[..., Any]) -> None:
        self._py_func, self._enabled, self._of_common_level = function, True, False

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        """Under what compiled code is filed: types, kind of processor, bytecode."""
        types_, (triple, *processor), code = super()._index_key(signature, codegen)
        return types_, (triple, *((COMMON_LEVEL, "") if self._of_common_level else processor)), code

    def __getattr__(self, name: str) -> Any:
        """What Numba sets up for a rule, when the first of it is asked for."""
        if name not in {"_name", "_impl", "_cache_path", "_cache_file"}:
            raise AttributeError(name)
        super().__init__(self._py_func)
        return self.__dict__[name]

    def load_overload(self, *arguments: Any) -> Any:
        """The compiled rule, or nothing: then it is compiled, and who waits is told."""
        found = self._load_from(self._cache_file, *arguments) or self._load_from_others(*arguments)
        if found is None and PACKAGE in Path(self._py_func.__code__.co_filename).resolve().parents:
            announce_compiling()
        return found

    def _load_from_others(self, *arguments: Any) -> Any:
        """The rule as others have compiled it, if they have."""
        place, own, found = self._impl.locator, self._cache_file, None
        for folder in folders_of_others():
            where = str(folder / place.room)
            self._cache_file = caching.IndexDataCacheFile(where, self._impl.filename_base, place.get_source_stamp())
            found = found or self._load_from(self._cache_file, *arguments)
            if found is None and folder == IN_THE_PACKAGE and is_of_common_level():
                self._of_common_level = True
                found = self._load_from(self._cache_file, *arguments)
                self._of_common_level = False
        self._cache_file = own
        return found

    def _load_from(self, file: Any, *arguments: Any) -> Any:
        found = super().load_overload(*arguments)
        if found is not None:
            LOADED.append(Path(file._index_path))
        return found

    def _save_overload(self, *arguments: Any) -> None:
        with FileLock(cache_folder() / "saving.lock"):
            super()._save_overload(*arguments)
