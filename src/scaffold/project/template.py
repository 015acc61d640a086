"""The domain template, rendered by Copier into a folder of its own and read back."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.errors import UsageError
from scaffold.project.config import Config

CODE = re.compile(r"^(_tasks|_migrations|_jinja_extensions)[ \t]*:", re.MULTILINE)
"""The settings of Copier that run code (copier.readthedocs.io/en/stable/configuring, "unsafe")."""


def render(config: Config, domain: str, answers: Mapping[str, Any]) -> str:
    """The text of the module that the project's template makes of `answers`.

    Nothing that the template brings is ever run: no tasks, no migrations, no Jinja extensions, whatever the user's
    Copier settings trust.

    Raises:
        UsageError: the template is missing, wants to run code, or does not render to the one module.
    """
    source = config.template or builtin()
    if not (source / "copier.yml").is_file() and not (source / "copier.yaml").is_file():
        raise UsageError(
            f"{source} is no Copier template: it has no copier.yml; nothing was written.",
            help="Copy templates/domain_table there, or leave `template` out of [tool.scaffold] for the built-in one.",
        )
    _refuse_code(source)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        # A copy without .git: Copier would otherwise render the newest tag of a repository instead of its files.
        template = shutil.copytree(source, Path(scratch, "template"), ignore=shutil.ignore_patterns(".git"))
        output = Path(scratch, "output")
        copy(source, template, output, answers)
        rendered = [
            file for file in output.rglob("*") if file.is_file() and not file.name.startswith(".copier-answers")
        ]
        if [file.relative_to(output).as_posix() for file in rendered] != [f"{domain}.py"]:
            names = ", ".join(sorted(file.relative_to(output).as_posix() for file in rendered)) or "nothing"
            raise UsageError(
                f"The template {source} rendered {names} instead of just {domain}.py; nothing was written.",
                help="Its only file should be called {{ domain }}.py.jinja",
            )
        return rendered[0].read_bytes().decode()


def builtin(name: str = "domain_table") -> Path:
    """A template that scaffold brings: inside the installed package, or at the top of its repository."""
    package = Path(__file__).parent.parent
    installed = package / "templates" / name
    return installed if installed.is_dir() else package.parent.parent / "templates" / name


def _refuse_code(source: Path) -> None:
    """Copier would leave tasks out without a word, and run migrations on an update only."""
    for file in (source / "copier.yml", source / "copier.yaml"):
        if file.is_file() and (found := CODE.findall(file.read_text(encoding="utf-8", errors="replace"))):
            raise UsageError(
                f"{file} wants to run code with {', '.join(found)}, and scaffold runs none; nothing was written.",
                help=f"Take {' and '.join(found)} out of it.",
            )


def copy(source: Path, template: Path, output: Path, answers: Mapping[str, Any]) -> None:
    """Let Copier render a template into a folder of its own, without running anything that it brings.

    Args:
        source: where the template is from, for messages.
        template: the copy of it to render.
        output: the folder; Copier makes it.
        answers: to the template's questions.

    Raises:
        UsageError: it can't be rendered, or wants to run code.
    """
    import copier
    from copier.errors import CopierError, UnsafeTemplateError
    from jinja2 import TemplateError

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
            f"The template {source} wants to run code, and scaffold runs none: {error}; nothing was written."
        ) from None
    except (CopierError, TemplateError, ValueError, TypeError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UsageError(f"The template {source} can't be rendered: {reason}; nothing was written.") from error
