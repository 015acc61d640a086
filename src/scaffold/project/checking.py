"""A project judged by the rules, and mended where that is safe."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from scaffold.lint.check import check
from scaffold.lint.finding import Edit, Finding, apply
from scaffold.lint.options import Options
from scaffold.lint.subject import subject
from scaffold.plan import FileEdit, Snapshot
from scaffold.project import transaction
from scaffold.project.config import Config
from scaffold.project.declared import declared
from scaffold.project.signals import HeldSignals
from scaffold.source.text import decode, encode

MAX_ROUNDS = 100
"""Fixes that touch each other are made one after the other; a fix that never ends is a bug."""


def findings(config: Config, snapshot: Snapshot, options: Options) -> tuple[Finding, ...]:
    """What is wrong with the project.

    Raises:
        UsageError: a module of the package has a syntax error, or raises on import.
    """
    files = {config.root / snapshot.path(file): snapshot.files[file] for file in snapshot.files}
    return check(subject(snapshot, declared(config, files), options))


def fixes(config: Config, snapshot: Snapshot, options: Options) -> tuple[FileEdit, ...]:
    """The edits that mend all that can be mended safely, and lose nothing."""
    now = snapshot
    for _ in range(MAX_ROUNDS):
        edited = _edited(now, findings(config, now, options))
        if not edited:
            break
        now = replace(now, files={**now.files, **edited})
    changed = [file for file in snapshot.files if snapshot.files[file] != now.files[file]]
    return tuple(FileEdit(snapshot.path(file), snapshot.files[file], now.files[file]) for file in changed)


def write(config: Config, edits: tuple[FileEdit, ...]) -> None:
    """Make the edits, all or none; call it while the project is held.

    Raises:
        ScaffoldError: a file was changed in the meantime, or can't be written.
    """
    work, signals = transaction.Transaction(config, edits), HeldSignals()
    try:
        work.stage()
        signals.hold()
        work.promise(None)
    finally:
        work.abandon()
        transaction.settle(config)
        signals.release()


def _edited(snapshot: Snapshot, found: tuple[Finding, ...]) -> Mapping[str, bytes]:
    """The new bytes of the files that fixes are for."""
    edits = defaultdict[str, list[Edit]](list)
    for finding in found:
        if finding.fix:
            edits[finding.fix.file].append(finding.fix.edit)
    files = {file: snapshot.path(file) for file in snapshot.files if snapshot.path(file) in edits}
    texts = {file: decode(snapshot.files[file], path) for file, path in files.items()}
    return {
        file: encode(texts[file].with_text(apply(texts[file].text, edits[path])), path) for file, path in files.items()
    }
