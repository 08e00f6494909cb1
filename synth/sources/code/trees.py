"""Finds Python code by name or path, and tells which distribution and licence it belongs to.

Nothing is imported: names are looked up among the folders that Python would import from.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError, nearest
from synth.sources.code import licences

_NOT_CODE = re.compile(
    r"^(tests?|testing|test_.*|.*_tests?|conftest|setup|docs?|examples?|benchmarks?|_?vendor(ed)?|"
    r"third_party|extern(al|als)?|site-packages|node_modules|build|dist|migrations|locale|typeshed)$"
)
_LICENCE_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENSE.rst", "COPYING", "COPYING.txt")


@dataclass(frozen=True, slots=True)
class Tree:
    """The modules of one distribution or source tree.

    Args:
        name: of the distribution, or of the folder.
        licence: SPDX expression.
        modules: dotted name to file, sorted by name; packages stand under their own name.
        unstated_is_own: whether this is the user's own tree, where no licence need be stated.
    """

    name: str
    licence: str
    modules: dict[str, Path]
    unstated_is_own: bool = False

    @property
    def permissive(self) -> bool:
        """Whether its code may go into a data set."""
        own = self.unstated_is_own and self.licence == licences.UNSTATED
        return own or licences.is_permissive(self.licence)


def find(argument: str) -> list[Tree]:
    """The trees that an argument names.

    Args:
        argument: an importable name or a distribution (`more_itertools`, `more-itertools`, `xml.sax`), or the
            path of a file, of a package's folder, of a source tree, or of a folder of installed packages,
            where each distribution becomes a tree.

    Raises:
        UserError: there is nothing of that name.
    """
    if not argument:
        raise UserError("no package or path is given", do="write it after the colon: `doctest:PACKAGE`")
    path = Path(argument).expanduser()
    if "/" in argument or argument in {".", ".."} or (path.exists() and not _importable(argument)):
        if not path.exists():
            raise UserError("there is no such file or folder", where=argument)
        return _at(path.resolve())
    return [_named(argument)]


# --- by name ------------------------------------------------------------------------------------------------


def _importable(name: str) -> Path | None:
    """The file or folder that `import name` would take, for a name with dots too."""
    parts = name.split(".")
    for folder in _search_folders():
        place = folder.joinpath(*parts)
        if (place / "__init__.py").is_file():
            return place
        if place.with_suffix(".py").is_file():
            return place.with_suffix(".py")
        if place.is_dir() and len(parts) > 1:
            return place  # a namespace package's part
    return None


def _search_folders() -> list[Path]:
    return [Path(entry) for entry in sys.path if entry and Path(entry).is_dir()]


def _named(name: str) -> Tree:
    place = _importable(name)
    distribution = None if place else _distribution_called(name)
    if place is None and distribution is None:
        known = {one.name for one in importlib.metadata.distributions()} | set(sys.stdlib_module_names)
        raise UserError(
            f"no package called `{name}` is installed here",
            do=f"give a path to its folder, or install it; {nearest(name, sorted(known))}",
        )
    if place is None:
        assert distribution is not None
        return _of_distribution(distribution)
    top = place
    for _ in name.split(".")[1:]:
        top = top.parent
    return _of_place(place, top)


def _distribution_called(name: str) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


# --- by path ------------------------------------------------------------------------------------------------


def _at(path: Path) -> list[Tree]:
    if path.is_file():
        return [_of_place(path, _top(path))]
    if (path / "__init__.py").is_file():
        return [_of_place(path, _top(path))]
    installed = _installed_in(path)
    if installed:
        return [tree for tree in (_of_distribution(one) for one in installed) if tree.modules]
    return [_source_tree(path)]


def _top(path: Path) -> Path:
    """The outermost package that a file or package is in."""
    while (path.parent / "__init__.py").is_file():
        path = path.parent
    return path


def _installed_in(folder: Path) -> list[importlib.metadata.Distribution]:
    found = importlib.metadata.distributions(path=[str(folder)])
    named = {one.name.lower(): one for one in found if one.name}
    return [named[name] for name in sorted(named)]


def _source_tree(folder: Path) -> Tree:
    """A folder of packages and modules; with pyproject.toml in it or above `src`."""
    root = folder / "src" if (folder / "src").is_dir() else folder
    modules: dict[str, Path] = {}
    for entry in sorted(root.iterdir()):
        modules |= _modules(entry, entry)
    if not modules:
        raise UserError("there is no Python code in this folder", where=str(folder))
    name, licence = _declared(folder)
    return Tree(name, licence, modules, unstated_is_own=True)


def _declared(folder: Path) -> tuple[str, str]:
    """Name and licence as pyproject.toml and the licence file say."""
    name, licence = folder.name, licences.UNSTATED
    for place in (folder, folder.parent):
        try:
            project = tomllib.loads((place / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
        except (OSError, ValueError):
            continue
        stated = project.get("license", "")
        text = stated.get("text", "") if isinstance(stated, dict) else stated
        return project.get("name", name), text or licences.from_text(_licence_file(place))
    return name, licence


def _licence_file(folder: Path) -> str:
    for name in _LICENCE_FILES:
        try:
            return (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return ""


# --- what is there ------------------------------------------------------------------------------------------


def _of_place(place: Path, top: Path) -> Tree:
    """The tree of a package, of a part of one, or of a single module."""
    modules = _modules(place, top)
    if top.parent == Path(sysconfig.get_path("stdlib")).resolve() or top.parent == Path(
        sysconfig.get_path("stdlib")
    ):
        return Tree(top.stem, "PSF-2.0", modules)
    for distribution in _installed_in(top.parent):
        if any(file.parts[:1] == (top.name,) for file in distribution.files or ()):
            return Tree(distribution.name, _licence_of(distribution), modules)
    name, licence = _declared(top.parent)
    return Tree(top.stem if licence == licences.UNSTATED else name, licence, modules, unstated_is_own=True)


def _of_distribution(distribution: importlib.metadata.Distribution) -> Tree:
    modules: dict[str, Path] = {}
    for file in sorted(distribution.files or (), key=str):
        if file.suffix != ".py" or ".." in file.parts or _is_other(file.parts):
            continue
        name = _dotted(file.parts)
        modules[name] = Path(str(distribution.locate_file(file)))
    return Tree(distribution.name, _licence_of(distribution), dict(sorted(modules.items())))


def _licence_of(distribution: importlib.metadata.Distribution) -> str:
    texts = [
        file for file in distribution.files or () if file.stem.upper() in {"LICENSE", "LICENCE", "COPYING"}
    ]
    text = ""
    for file in texts[:1]:
        try:
            text = Path(str(distribution.locate_file(file))).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return licences.from_metadata(distribution.metadata, text)  # type: ignore[arg-type]


def _modules(place: Path, top: Path) -> dict[str, Path]:
    files: Iterable[Path] = [place] if place.is_file() else place.rglob("*.py")
    found = {}
    for file in files:
        parts = file.relative_to(top.parent).parts
        if file.suffix == ".py" and not _is_other(parts):
            found[_dotted(parts)] = file
    return dict(sorted(found.items()))


def _is_other(parts: Iterable[str]) -> bool:
    """Whether a file is a test, an example, or another project's."""
    return any(_NOT_CODE.match(part.removesuffix(".py")) or part.startswith(".") for part in parts)


def _dotted(parts: Iterable[str]) -> str:
    names = [part.removesuffix(".py") for part in parts]
    return ".".join(names[:-1] if names[-1] == "__init__" and len(names) > 1 else names)
