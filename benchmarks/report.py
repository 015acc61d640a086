"""A run as a page and a plot."""

import math
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version

from benchmarks.budget import Promise, Results

PACKAGES = ("domain-scaffold", "SQLAlchemy", "alembic", "copier", "typer", "django")
COLOURS = ("#1a6fb0", "#d1495b", "#2e933c", "#8a5fbf", "#c77d0a", "#4a4e69", "#7f7f7f")
WIDTH, HEIGHT, MARGIN = 460, 300, 56


def page(
    results: Results,
    promises: Iterable[Promise],
    shares: Iterable[tuple[str, float]],
    *,
    title: str,
    plot: str,
    others: Sequence[str] = (),
) -> str:
    """The run as Markdown.

    Args:
        results: medians.
        promises: of the budget.
        shares: where our time goes, as name and seconds.
        title: what was measured.
        plot: the file name of the picture.
        others: what was measured that is no Python package, with versions.
    """
    sizes = sorted({size for _, _, size in results if size})
    measured = ", ".join([*_versions(), *others])
    lines = [
        f"# {title}",
        "",
        "Made by `python -m benchmarks`; do not edit. Each number is the median of whole processes, from shell to",
        "shell, run in turn on copies of one application with warm byte code. N is its number of tables and revisions.",
        "",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {measured}.",
        "",
    ]
    for task in dict.fromkeys(task for task, _, _ in results):
        lines += _table(task, results, sizes)
    lines += [
        f"![Time and memory over N]({plot})",
        "",
        "## Budget",
        "",
        "| promise | measured | at most | |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.text} | {p.ratio:.3f} | {p.most} | {'kept' if p.kept else '**missed**'} |" for p in promises]
    lines += ["", "## Where our time goes", "", "Of `new-domain` at the smallest N.", "", "| | ms |", "|---|---|"]
    lines += [f"| {name} | {seconds * 1000:.0f} |" for name, seconds in shares]
    return "\n".join(lines) + "\n"


def _versions() -> Iterable[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _table(task: str, results: Results, sizes: Sequence[int]) -> list[str]:
    names = list(dict.fromkeys(name for found, name, _ in results if found == task))
    if (task, names[0], 0) in results:
        rows = [
            f"| {name} | {_seconds(results[task, name, 0].seconds)} | {results[task, name, 0].megabytes:.0f} |"
            for name in names
        ]
        return [f"## {task.capitalize()}", "", "| | s | peak MB |", "|---|---|---|", *rows, ""]
    head = " | ".join([*(f"N={size}, s" for size in sizes), *(f"N={size}, MB" for size in sizes)])
    rows = []
    for name in names:
        found = [results.get((task, name, size)) for size in sizes]
        cells = [_seconds(one.seconds) if one else "" for one in found] + [
            f"{one.megabytes:.0f}" if one else "" for one in found
        ]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return [f"## {task.capitalize()}", "", f"| | {head} |", "|---|" + "---|" * (2 * len(sizes)), *rows, ""]


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def plot(results: Results, tasks: Sequence[str]) -> str:
    """Time and memory over N as one SVG, both axes logarithmic."""
    panels = [(task, what) for task in tasks for what in ("seconds", "megabytes")]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * 2} {HEIGHT * len(tasks)}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH * 2}" height="{HEIGHT * len(tasks)}" fill="white"/>',
    ]
    for number, (task, what) in enumerate(panels):
        parts += _panel(results, task, what, number % 2 * WIDTH, number // 2 * HEIGHT)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(results: Results, task: str, what: str, left: int, top: int) -> list[str]:
    series: dict[str, list[tuple[int, float]]] = {}
    for (found, name, size), one in sorted(results.items(), key=lambda item: item[0][2]):
        if found == task and size:
            series.setdefault(name, []).append((size, getattr(one, what)))
    sizes = sorted({size for points in series.values() for size, _ in points})
    values = [value for points in series.values() for _, value in points]
    if not values:
        return []
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))

    def x(size: int) -> float:
        span = math.log10(sizes[-1] / sizes[0]) or 1
        return left + MARGIN + (WIDTH - 2 * MARGIN) * math.log10(size / sizes[0]) / span

    def y(value: float) -> float:
        return top + HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * math.log10(value / low) / (math.log10(high / low) or 1)

    unit = "s" if what == "seconds" else "peak MB"
    parts = [f'<text x="{left + MARGIN}" y="{top + 24}" font-weight="bold">{task}, {unit}</text>']
    for tick in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = y(10.0**tick)
        parts.append(f'<path d="M{left + MARGIN} {at:.1f}H{left + WIDTH - MARGIN}" stroke="#ddd"/>')
        parts.append(f'<text x="{left + MARGIN - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**tick:g}</text>')
    parts += [
        f'<text x="{x(size):.1f}" y="{top + HEIGHT - MARGIN + 18}" text-anchor="middle">{size}</text>' for size in sizes
    ]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for size, value in points]
        parts.append(f'<text x="{left + MARGIN + 8}" y="{top + 42 + 15 * number}" fill="{colour}">{name}</text>')
    return parts
