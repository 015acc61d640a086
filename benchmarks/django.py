"""The same application in Django: one app, a model and a migration for each table."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

INSTALLED = importlib.util.find_spec("django") is not None
COMMANDS = (
    (sys.executable, "manage.py", "makemigrations", "shop", "--verbosity", "0"),
    (sys.executable, "manage.py", "migrate", "--verbosity", "0"),
)
MANAGE = """\
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""
SETTINGS = """\
SECRET_KEY = "benchmark"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "local.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
FIELDS = (
    ("name", "models.TextField()"),
    ("slug", "models.CharField(max_length=80, unique=True)"),
    ("price", "models.DecimalField(max_digits=12, decimal_places=2, default=0)"),
    ("status", 'models.CharField(max_length=20, default="draft")'),
    ("note", "models.TextField(null=True)"),
    ("made", "models.DateTimeField(auto_now_add=True)"),
)
MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = [
        migrations.CreateModel(
            name="Item{number}",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
{fields}
            ],
        ),
    ]
"""


def project(size: int, cache: Path) -> Path:
    """The application with `size` tables and as many migrations, migrated."""
    home = cache / f"django-{size}"
    if not home.exists():
        partial = home.with_name(f"{home.name}.{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        versions = partial / "shop" / "migrations"
        versions.mkdir(parents=True)
        (partial / "manage.py").write_text(MANAGE)
        (partial / "settings.py").write_text(SETTINGS)
        for package in (versions, versions.parent):
            (package / "__init__.py").touch()
        (versions.parent / "models.py").write_text("from django.db import models\n" + "".join(map(_model, range(size))))
        for number in range(size):
            below = f'("shop", "{_name(number - 1)}")' if number else ""
            fields = "\n".join(f'                ("{name}", {field}),' for name, field in FIELDS)
            text = MIGRATION.format(dependencies=below, number=number, fields=fields)
            (versions / f"{_name(number)}.py").write_text(text)
        subprocess.run(COMMANDS[1], cwd=partial, check=True, capture_output=True)
        partial.rename(home)
    return home


def write_model(folder: Path) -> None:
    """Write a table of six columns, as a person does."""
    with (folder / "shop" / "models.py").open("a") as file:
        file.write(_model("Late"))


def _model(number: int | str) -> str:
    fields = "".join(f"    {name} = {field}\n" for name, field in FIELDS)
    return f"\n\nclass Item{number}(models.Model):\n{fields}"


def _name(number: int) -> str:
    return f"{number + 1:04}_item{number}"
