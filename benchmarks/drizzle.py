"""The same application in drizzle-kit, on Node and on bun: a file for each table, and a migration for each.

With each migration drizzle-kit keeps a snapshot of all tables, so that a thousand would be gigabytes: beyond MOST only
its best case is measured, one migration for all. It takes part where it is installed, in a folder of the cache:

    npm install --prefix ~/.cache/scaffold-benchmarks/node drizzle-kit@0.31 drizzle-orm @libsql/client bun
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

MOST = 100
"""The largest application that is made with a migration for each table."""

CONFIGURATION = """\
import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './schema/*.ts',
  out: './migrations',
  dbCredentials: { url: 'file:local.db' },
})
"""
TABLE = """\
import {{ integer, sqliteTable, text }} from 'drizzle-orm/sqlite-core'

export const {name} = sqliteTable('{name}', {{
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  slug: text('slug', {{ length: 80 }}).notNull().unique(),
  status: text('status', {{ enum: ['draft', 'published'] }}).notNull().default('draft'),
  note: text('note'),
  price: integer('price').notNull().default(0),
}})
"""


def runtimes(cache: Path) -> dict[str, tuple[str, ...]]:
    """How to run drizzle-kit, by the name of what runs it; empty where it is not installed."""
    modules = _modules(cache)
    kit = str(modules / "drizzle-kit" / "bin.cjs")
    found = {"Node": (shutil.which("node"), ()), "bun": (str(modules / ".bin" / "bun"), ("--bun",))}
    return {
        name: (program, *options, kit)
        for name, (program, options) in found.items()
        if program and Path(program).exists() and Path(kit).exists()
    }


def versions(cache: Path) -> list[str]:
    """What is installed, with versions; none where nothing is."""
    names = ("drizzle-kit", "drizzle-orm", "bun") if runtimes(cache) else ()
    told = {name: _modules(cache) / name / "package.json" for name in names}
    found = [f"{name} {json.loads(file.read_text())['version']}" for name, file in told.items() if file.exists()]
    if found and (node := shutil.which("node")):
        told_by_node = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        found.append(f"Node {told_by_node.strip().removeprefix('v')}")
    return found


def project(runtime: tuple[str, ...], *, at_once: bool) -> Callable[[int, Path], Path]:
    """What makes the application with `size` tables, migrated, with as many migrations or with one."""

    def make(size: int, cache: Path) -> Path:
        home = cache / f"drizzle-{size}{'-at-once' if at_once else ''}"
        if not home.exists():
            partial = home.with_name(f"{home.name}.{os.getpid()}")
            shutil.rmtree(partial, ignore_errors=True)
            (partial / "schema").mkdir(parents=True)
            (partial / "node_modules").symlink_to(_modules(cache))
            (partial / "drizzle.config.ts").write_text(CONFIGURATION)
            generate, migrate = commands(runtime)
            for number in range(size):
                _write(partial, f"d{number:04}_items")
                if not at_once or number == size - 1:
                    subprocess.run(generate, cwd=partial, check=True, capture_output=True)
            subprocess.run(migrate, cwd=partial, check=True, capture_output=True)
            partial.rename(home)
        return home

    return make


def commands(runtime: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Generate, and apply."""
    return (*runtime, "generate"), (*runtime, "migrate")


def write_table(folder: Path) -> None:
    """Write a table of six columns, as a person does."""
    _write(folder, "lates")


def _write(folder: Path, name: str) -> None:
    (folder / "schema" / f"{name}.ts").write_text(TABLE.format(name=name))


def _modules(cache: Path) -> Path:
    return cache.resolve() / "node" / "node_modules"
