"""A project judged by the rules, and mended where that is safe."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace

from scaffold.errors import UsageError
from scaffold.lint.check import check
from scaffold.lint.finding import Edit, Finding, apply
from scaffold.lint.options import Options
from scaffold.lint.subject import read, subject
from scaffold.plan import FileEdit, Snapshot
from scaffold.project import transaction
from scaffold.project.aside import aside
from scaffold.project.config import Config
from scaffold.project.declared import declared
from scaffold.project.signals import HeldSignals
from scaffold.schema.model import Model
from scaffold.source.text import decode, encode

MAX_ROUNDS = 100
"""Fixes that touch each other are made one after the other; a fix that never ends is a bug."""


def declaring(config: Config, snapshot: Snapshot) -> Callable[[], tuple[Model, ...]]:
    """Begin to import the models, and return what waits for all that they declare."""
    files = {config.root / snapshot.path(file): snapshot.files[file] for file in snapshot.files}
    return aside(lambda: declared(config, files))


def findings(snapshot: Snapshot, models: Callable[[], tuple[Model, ...]], options: Options) -> tuple[Finding, ...]:
    """What is wrong with the project.

    Args:
        snapshot: the texts.
        models: brings what they declare; see `declaring`.
        options: the configuration.

    Raises:
        UsageError: a module of the package has a syntax error, or raises on import.
    """
    try:
        domains = read(snapshot)
    except UsageError:
        # What is wrong with a module is better said by who imports it.
        models()
        raise
    return check(subject(snapshot, domains, models(), options))


def fixes(config: Config, snapshot: Snapshot, options: Options) -> tuple[FileEdit, ...]:
    """The edits that mend all that can be mended safely, and lose nothing."""
    now = snapshot
    for _ in range(MAX_ROUNDS):
        edited = _edited(now, findings(now, declaring(config, now), options))
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
