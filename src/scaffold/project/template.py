"""The domain template, rendered by Copier into a folder of its own and read back."""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from scaffold.errors import UsageError
from scaffold.plan import Rendering
from scaffold.project import versions
from scaffold.project.aside import Helper, helper
from scaffold.project.config import Config
from scaffold.source.answers import Answers

BUILTIN = "scaffold:domain_table"
"""What answers call the template that scaffold brings."""

CODE = re.compile(r"""^[ \t?{]*["']?(_tasks|_migrations|_jinja_extensions)\b["']?[ \t]*(?::|$)""", re.MULTILINE)
"""The settings of Copier that run code (copier.readthedocs.io/en/stable/configuring, "unsafe"), as YAML spells keys."""

HELP = "Repair it, or leave `template` out of [tool.scaffold] for the built-in one."


Asked = tuple[Config, str, Mapping[str, Any]]
"""What `render` is asked for."""


def ahead() -> AbstractContextManager[Helper[Asked, Rendering]]:
    """What renders in a process of its own, and imports Copier there while here nobody knows yet what to render."""
    return helper(lambda asked: render(*asked), _import_copier)


def _import_copier() -> None:
    import copier

    del copier


def render(config: Config, domain: str, answers: Mapping[str, Any]) -> Rendering:
    """The module that the project's template makes of `answers`.

    Nothing that the template brings is ever run: no tasks, no migrations, no Jinja extensions, whatever the user's
    Copier settings trust.

    Raises:
        UsageError: the template is missing, wants to run code, or does not render to the one module.
    """
    source = config.template or versions.builtin()
    if not (source / "copier.yml").is_file() and not (source / "copier.yaml").is_file():
        raise UsageError(
            f"{source} is no Copier template: it has no copier.yml; nothing was written.",
            help="Copy templates/domain_table there, or leave `template` out of [tool.scaffold] for the built-in one.",
        )
    where = Path(os.path.relpath(config.template, config.root)).as_posix() if config.template else BUILTIN
    return Rendering(_rendered(source, str(source), domain, answers), where, versions.version(source))


def render_again(config: Config, answers: Answers) -> str | None:
    """What the template made of answers when it was at their version; None where that version is not known.

    Raises:
        UsageError: it can't be rendered any more, or wants to run code.
    """
    with versions.kept(config, answers.version) as source:
        if source is None:
            return None
        name = f"{answers.template}, at its version {answers.version[:12]},"
        return _rendered(source, name, answers.domain, answers.values)


def _rendered(source: Path, name: str, domain: str, answers: Mapping[str, Any]) -> str:
    """The text of the module that the template in a folder makes; messages call it by its name."""
    _refuse_code(source, name)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        # A copy without .git: Copier would otherwise render the newest tag of a repository instead of its files.
        template, output = Path(scratch, "template"), Path(scratch, "output")
        try:
            shutil.copytree(source, template, ignore=versions.left_out)
        except OSError as error:
            reason = error.args[0][0][2] if isinstance(error, shutil.Error) else error
            raise UsageError(f"The template {name} can't be read: {reason}; nothing was written.", help=HELP) from None
        copy(name, template, output, answers)
        rendered = [
            file for file in output.rglob("*") if file.is_file() and not file.name.startswith(".copier-answers")
        ]
        if [file.relative_to(output).as_posix() for file in rendered] != [f"{domain}.py"]:
            names = ", ".join(sorted(file.relative_to(output).as_posix() for file in rendered)) or "nothing"
            raise UsageError(
                f"The template {name} rendered {names} instead of just {domain}.py; nothing was written.",
                help="Its only file should be called {{ domain }}.py.jinja",
            )
        return rendered[0].read_bytes().decode()


def _refuse_code(source: Path, name: str) -> None:
    """Copier would leave tasks out without a word, and run migrations on an update only."""
    for file in (source / "copier.yml", source / "copier.yaml"):
        if file.is_file() and (found := CODE.findall(file.read_text(encoding="utf-8", errors="replace"))):
            raise UsageError(
                f"{name}/{file.name} wants to run code with {', '.join(found)}, and scaffold runs none;"
                " nothing was written.",
                help=f"Take {' and '.join(found)} out of it.",
            )


def copy(name: str, template: Path, output: Path, answers: Mapping[str, Any]) -> None:
    """Let Copier render a template into a folder of its own, without running anything that it brings.

    Args:
        name: what messages call the template.
        template: the copy of it to render.
        output: the folder; Copier makes it.
        answers: to the template's questions.

    Raises:
        UsageError: it can't be rendered, or wants to run code.
    """
    import copier
    from copier.errors import UnsafeTemplateError

    try:
        copier.run_copy(
            str(template),
            output,
            data=dict(answers),
            defaults=True,
            quiet=True,
            unsafe=False,
            skip_tasks=True,
            settings=copier.Settings(),
        )
    except UnsafeTemplateError as error:
        raise UsageError(
            f"The template {name} wants to run code, and scaffold runs none: {_reason(error)}; nothing was written.",
            help=HELP,
        ) from None
    except Exception as error:
        # An expression in a template can raise anything.
        raise UsageError(
            f"The template {name} can't be rendered: {_reason(error)}; nothing was written.", help=HELP
        ) from error


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].removesuffix(".")
