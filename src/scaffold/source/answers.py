"""The answers that a template was given, as Copier keeps them: one small file a table, which git merges by itself.

The file of a domain's first table is named after the domain, and stands for the whole module. That of a table that was
added later is named after both, and stands for the table's class. They are JSON, which is YAML as well.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scaffold.errors import UsageError
from scaffold.plan import FileEdit, Rendering, Snapshot

FOLDER = "tables/.answers"
"""Relative to the package's folder."""

_TEMPLATE, _VERSION = "_src_path", "_commit"
"""Copier's own names for where a template is from and for its version."""

_NOW = "_class_name"
"""What the class is called by now, if that is not what the template called it."""

_NAMES = ("domain", "table", "class_name")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a template was asked for one table.

    Args:
        file: that keeps them, relative to the package's folder.
        template: where it is.
        version: the one that rendered the table last.
        values: by question.
        class_now: the model's name in the module.
    """

    file: str
    template: str
    version: str
    values: Mapping[str, Any]
    class_now: str

    @property
    def domain(self) -> str:
        """The module's name."""
        return str(self.values["domain"])

    @property
    def class_name(self) -> str:
        """The model's name in a rendering."""
        return str(self.values["class_name"])

    @property
    def whole(self) -> bool:
        """Whether the template made the whole module, and not just a class of it."""
        return self.file == _file(self.domain)

    def at(self, version: Rendering) -> "Answers":
        """The same answers, to the version of a template that has rendered them anew."""
        return replace(self, template=version.template, version=version.version)

    def encode(self) -> bytes:
        """The file's bytes."""
        now = {_NOW: self.class_now} if self.class_now != self.class_name else {}
        told = {_TEMPLATE: self.template, _VERSION: self.version, **now, **self.values}
        return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def of_table(rendering: Rendering, values: Mapping[str, Any], *, whole: bool) -> Answers:
    """The answers that a rendering was made of.

    Args:
        rendering: of the template.
        values: by question.
        whole: whether the module is the rendering, and not just one of its classes.
    """
    file = _file(values["domain"]) if whole else _file(values["domain"], values["table"])
    return Answers(file, rendering.template, rendering.version, values, str(values["class_name"]))


def of_domain(snapshot: Snapshot, domain: str) -> tuple[Answers, ...]:
    """What is kept about a domain's tables, that of its first table first.

    Raises:
        UsageError: a file can't be read.
    """
    files = [file for file in snapshot.answers if file == _file(domain) or file.startswith(f"{FOLDER}/{domain}.")]
    kept = [_decode(file, snapshot.answers[file], snapshot.path(file)) for file in files]
    return tuple(sorted(kept, key=lambda answers: (not answers.whole, answers.file)))


def edit(snapshot: Snapshot, file: str, answers: Answers | None) -> FileEdit:
    """The edit that keeps answers in a file, or removes it.

    Args:
        snapshot: of the project.
        file: relative to the package's folder.
        answers: None where nothing is left to keep.
    """
    return FileEdit(snapshot.path(file), snapshot.answers.get(file), answers.encode() if answers else None)


def forgotten(snapshot: Snapshot, domain: str, class_name: str | None = None) -> tuple[FileEdit, ...]:
    """The edits that remove the answers of a domain, or of one of its classes."""
    kept = of_domain(snapshot, domain)
    return tuple(edit(snapshot, a.file, None) for a in kept if class_name in {None, a.class_now})


def renamed(snapshot: Snapshot, domain: str, table: str, old: str, new: str) -> tuple[FileEdit, ...]:
    """The edits that let answers follow a class to its new name.

    Args:
        snapshot: of the project.
        domain: the module's name.
        table: the table's new name.
        old: the class's name.
        new: its new name.
    """
    edits: list[FileEdit] = []
    for kept in of_domain(snapshot, domain):
        if kept.class_now == old:
            file = kept.file if kept.whole else _file(domain, table)
            header = [re.sub(rf"\b{kept.class_name}\b", new, line) for line in kept.values.get("header", ())]
            values = dict(kept.values) | {"table": table, "class_name": new, "header": header}
            moved = replace(kept, file=file, values=values, class_now=new)
            edits += [edit(snapshot, kept.file, None)] * (moved.file != kept.file)
            edits.append(edit(snapshot, moved.file, moved))
    return tuple(each for each in edits if each.before != each.after)


def _file(domain: str, table: str = "") -> str:
    return f"{FOLDER}/{domain}.{table}.json" if table else f"{FOLDER}/{domain}.json"


def _decode(file: str, data: bytes, path: str) -> Answers:
    try:
        told = json.loads(data)
        template, version = str(told.pop(_TEMPLATE)), str(told.pop(_VERSION))
        if not all(isinstance(told[name], str) for name in _NAMES):
            raise ValueError(f"{', '.join(_NAMES)} are texts")
        return Answers(file, template, version, told, str(told.pop(_NOW, told["class_name"])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} can't be read as the answers that a template was given ({error}); nothing was written.",
            help=f"Take it back through version control: git checkout -- {path}",
        ) from None
