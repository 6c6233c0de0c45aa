"""What the folder of a project declares in pyproject.toml, setup.cfg and setup.py. Host."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

from tracer.environment.declared.declaration import Declarations, declare
from tracer.environment.declared.lock_files import of_table, read_toml
from tracer.environment.declared.requirements_file import place_of, read_requirements
from tracer.environment.declared.setup_script import read_setup_script


def read_project(folder: Path, root: Path) -> Declarations:
    """What the project in a folder needs when it is installed, its extras and groups."""
    return (
        read_pyproject(folder / "pyproject.toml", root)
        + read_setup_cfg(folder / "setup.cfg", root)
        + read_setup_script(folder / "setup.py", root)
    )


def read_pyproject(path: Path, root: Path) -> Declarations:
    """The standard tables, dependency groups, and poetry's own."""
    data = read_toml(path)
    place = place_of(path, root)
    project = _table(data, "project")
    found = _list(project.get("dependencies"), place)
    for name, entries in _table(project, "optional-dependencies").items():
        found += _list(entries, place, str(name))
    groups = _table(data, "dependency-groups")
    for name in groups:
        found += _group(groups, str(name), place, frozenset()).in_group(str(name))
    dynamic = _table(data, "tool", "setuptools", "dynamic", "dependencies").get("file")
    for file in [dynamic] if isinstance(dynamic, str) else dynamic or []:
        found += read_requirements((path.parent / str(file)).resolve(), root)
    if project.get("requires-python"):
        found += Declarations(pythons=((str(project["requires-python"]), place),))
    return found + _poetry(_table(data, "tool", "poetry"), place)


def read_setup_cfg(path: Path, root: Path) -> Declarations:
    """The declarative form of setup.py."""
    reader = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        reader.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError):
        return Declarations()
    place = place_of(path, root)
    found = Declarations()
    if reader.has_section("options"):
        for line in reader.get("options", "install_requires", fallback="").splitlines():
            found += _file_or_line(line.strip(), path, root, place)
        python = reader.get("options", "python_requires", fallback="")
        found += Declarations(pythons=((python, place),) if python else ())
    if reader.has_section("options.extras_require"):
        for name, text in reader.items("options.extras_require"):
            for line in text.splitlines():
                found += declare(line, place, name)
    return found


def _file_or_line(line: str, path: Path, root: Path, place: str) -> Declarations:
    if line.startswith("file:"):
        return read_requirements((path.parent / line[5:].strip()).resolve(), root)
    return declare(line, place)


def _poetry(poetry: dict[str, Any], place: str) -> Declarations:
    found = of_table(poetry.get("dependencies"), place)
    found += of_table(poetry.get("dev-dependencies"), place, "dev")
    for name, group in _table(poetry, "group").items():
        found += of_table(group.get("dependencies") if isinstance(group, dict) else {}, place, str(name))
    return found


def _group(groups: dict[str, Any], name: str, place: str, seen: frozenset[str]) -> Declarations:
    """A dependency group, with those that it includes."""
    found = Declarations()
    entries = groups.get(name)
    for entry in entries if isinstance(entries, list) and name not in seen else ():
        if isinstance(entry, str):
            found += declare(entry, place)
        elif isinstance(entry, dict) and "include-group" in entry:
            found += _group(groups, str(entry["include-group"]), place, seen | {name})
    return found


def _list(entries: Any, place: str, group: str = "") -> Declarations:
    found = Declarations()
    for entry in entries if isinstance(entries, list) else ():
        found += declare(str(entry), place, group)
    return found


def _table(data: Any, *keys: str) -> dict[str, Any]:
    """A table inside tables; {} where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}
