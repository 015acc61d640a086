"""Run the benchmarks: `python -m benchmarks [--sizes 10 100 1000] [--rounds 5] [--write]`.

Contenders take turns, so that a machine that slows down slows all of them. Applications are kept in a cache.
"""

import argparse
import statistics
import sys
from pathlib import Path

from benchmarks import django, drizzle
from benchmarks.breakdown import breakdown
from benchmarks.budget import promises
from benchmarks.contenders import CONTENDERS, Contender, drizzle_kits
from benchmarks.databases import Database, PostgreSQL
from benchmarks.measure import Measured
from benchmarks.report import page, plot

DOCS = Path(__file__).parents[1] / "docs"
PLOTTED = ("add a table", "add a column")


def main() -> int:
    """Measure, print a page, and say which promises are missed; exit code 0 even then, as machines differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000], help="multiples of ten")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tasks", nargs="+", help="only these")
    parser.add_argument("--postgresql", metavar="URL", help="on this server instead of SQLite")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "scaffold-benchmarks")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plot")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    database = PostgreSQL(url=options.postgresql) if options.postgresql else Database()
    database.clear()
    try:
        results = run(options.sizes, options.rounds, options.cache, database, options.tasks)
    finally:
        database.clear()
    kept = promises(results)
    name = "benchmarks" if database.name == "SQLite" else f"benchmarks-{database.name.lower()}"
    shares = breakdown(min(options.sizes), options.cache)
    title, others = f"Benchmarks on {database.name}", drizzle.versions(options.cache)
    text = page(results, kept, shares, title=title, plot=f"{name}.svg", others=others)
    if options.write:
        (DOCS / f"{name}.md").write_text(text)
        (DOCS / f"{name}.svg").write_text(plot(results, PLOTTED))
    print(text)
    for missed in (promise for promise in kept if not promise.kept):
        print(f"missed: {missed.text}: {missed.ratio:.3f}, at most {missed.most}", file=sys.stderr)
    return 0


def run(
    sizes: list[int], rounds: int, cache: Path, database: Database, tasks: list[str] | None = None
) -> dict[tuple[str, str, int], Measured]:
    """The median of each contender at each size."""
    everyone = (*CONTENDERS, *drizzle_kits(cache))
    chosen = [one for one in everyone if (not tasks or one.task in tasks) and _possible(one, database)]
    measured: dict[tuple[str, str, int], list[Measured]] = {}
    for size in sizes:
        for number in range(rounds):
            for one in chosen:
                if (one.grows or size == min(sizes)) and (one.most is None or size <= one.most):
                    print(f"N={size}, round {number + 1} of {rounds}: {one.task}, {one.name}", file=sys.stderr)
                    key = (one.task, one.name, size if one.grows else 0)
                    measured.setdefault(key, []).append(one.run(size, cache, database))
    return {key: _median(several) for key, several in measured.items()}


def _possible(one: Contender, database: Database) -> bool:
    if one.name == "Django":
        return django.INSTALLED and database.name == "SQLite"
    return not one.name.startswith("drizzle-kit") or database.name == "SQLite"


def _median(several: list[Measured]) -> Measured:
    return Measured(
        statistics.median(one.seconds for one in several), statistics.median(one.megabytes for one in several)
    )


if __name__ == "__main__":
    sys.exit(main())
