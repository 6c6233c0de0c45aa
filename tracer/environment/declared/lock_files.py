"""Lock files: Pipfile.lock, poetry.lock, uv.lock and pdm.lock give exact versions of everything. Host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.environment.declared.declaration import Declarations, declare, poetry_specifier
from tracer.environment.declared.requirements_file import place_of

TOML_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; {} when there is none or it is broken."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return dict(tomllib.loads(path.read_text("utf-8", "replace")))
    except (OSError, ValueError):
        return {}


def read_lock(path: Path) -> Declarations:
    """The versions that a lock file in TOML chose."""
    data = read_toml(path)
    packages = data.get("package") or data.get("packages") or []
    versions: dict[str, str] = {}
    twice: set[str] = set()
    for item in packages if isinstance(packages, list) else []:
        name, version = str(item.get("name", "")), str(item.get("version", ""))
        if not name or not version or "editable" in str(item.get("source", "")):
            continue
        if versions.setdefault(name, version) != version:
            twice.add(name)  # one version per platform or Python: which is ours is for uv to say
    return Declarations(locked=tuple((name, f"=={v}") for name, v in versions.items() if name not in twice))


def read_pipfile(path: Path, root: Path) -> Declarations:
    """A Pipfile: what the program needs, what its developers need, and which Python."""
    data = read_toml(path)
    place = place_of(path, root)
    found = Declarations()
    for table, group in (("packages", ""), ("dev-packages", "dev")):
        found += of_table(data.get(table) or {}, place, group)
    version = str((data.get("requires") or {}).get("python_version", ""))
    return found + Declarations(pythons=((f"=={version}.*", place),) if version.count(".") == 1 else ())


def read_pipfile_lock(path: Path) -> Declarations:
    """The versions that Pipenv chose."""
    try:
        data = json.loads(path.read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return Declarations()
    default = data.get("default") if isinstance(data, dict) else None
    items = default.items() if isinstance(default, dict) else ()
    locked = tuple((str(name), str(item["version"])) for name, item in items if item.get("version"))
    return Declarations(locked=locked)


def of_table(table: Any, place: str, group: str = "") -> Declarations:
    """A table of name to version, as poetry and Pipenv have it."""
    found = Declarations()
    for name, value in table.items() if isinstance(table, dict) else ():
        first = value[0] if isinstance(value, list) and value else value
        details = first if isinstance(first, dict) else {"version": first}
        if details.get("path"):
            continue  # a part of the repository
        specifier = poetry_specifier(str(details.get("version", "")))
        if str(name).lower() == "python":
            found += Declarations(pythons=((specifier, place),) if specifier else ())
            continue
        extras = f"[{','.join(details['extras'])}]" if isinstance(details.get("extras"), list) else ""
        marker = f"; {details['markers']}" if details.get("markers") else ""
        address = f" @ git+{details['git']}" if details.get("git") else ""
        found += declare(f"{name}{extras}{address or specifier}{' ' if address else ''}{marker}", place, group)
    return found
