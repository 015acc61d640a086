"""`update`: a newer version of the domain template reaches the modules that an older one made.

What an edit is, and what is the template's, only the version that made a module can tell: it renders the same answers
once more, and that is what both the module and the new version's rendering come from. All that later verbs and people
did to the module is an edit.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scaffold import naming
from scaffold.errors import UsageError
from scaffold.plan import FileEdit, Rendering, Snapshot
from scaffold.plan.merging import Merge, Side
from scaffold.source import answers
from scaffold.source.answers import Answers
from scaffold.source.catalog import Catalog
from scaffold.source.class_text import class_span
from scaffold.source.new_tables import Render

RenderAgain = Callable[[Answers], str | None]
"""What answers made at their own version of the template; None where that version is not known."""

MESSAGE = "update to the template"
CONFLICT = re.compile(r"^<{7} .*?^>{7} [^\r\n]*", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Update:
    """What the user asked for.

    Args:
        domains: whose modules; all without them.
        side: whose lines stay where both the template and a person changed them; None to mark both.
    """

    domains: tuple[str, ...] = ()
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Lines that both the template and a person changed.

    Args:
        path: of the module, relative to the project's root.
        line: the first one's number in the merged module.
        text: what both made of them, and what they were, between marks.
    """

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Updating:
    """What is to be done.

    Args:
        edits: of modules, and of the answers that keep which version they are at.
        conflicts: what is marked in the edited modules.
        left: what is left alone and why, a sentence each.
    """

    edits: tuple[FileEdit, ...]
    conflicts: tuple[Conflict, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """The two renderings of one table's answers.

    Args:
        answers: that were rendered.
        before: at the version that they are at.
        now: at the template's version.
    """

    answers: Answers
    before: str
    now: Rendering


@dataclass(frozen=True, slots=True)
class _Region:
    """A part of a module, and the same part of the two renderings.

    Args:
        start: its offset in the module.
        end: where it ends.
        step: that it belongs to.
        before: the part at the version that the module is at.
        now: the part at the template's version.
    """

    start: int
    end: int
    step: _Step
    before: str
    now: str


def plan(request: Update, snapshot: Snapshot, render: Render, render_again: RenderAgain, merge: Merge) -> Updating:
    """What is to be done.

    Args:
        request: what was asked.
        snapshot: of the project.
        render: renders with the template as it is.
        render_again: renders with the template as it was.
        merge: a three-way merge.

    Raises:
        UsageError: there is no such domain, or a domain that was asked for can't be updated.
    """
    _check_domains(request, snapshot)
    edits: list[FileEdit] = []
    conflicts: list[Conflict] = []
    left: list[str] = []
    for domain in request.domains or snapshot.domains:
        module = _Module(domain, snapshot, Catalog(snapshot))
        steps = list(module.steps(render, render_again))
        text = module.merged(steps, merge, request.side)
        edits += module.edits(steps, text)
        conflicts += module.conflicts(text) if steps else ()
        left += module.left
    if request.domains and left:
        raise UsageError(f"{' '.join(left)} Nothing was written.")
    return Updating(tuple(edits), tuple(conflicts), tuple(left))


def _check_domains(request: Update, snapshot: Snapshot) -> None:
    for domain in request.domains:
        if domain not in snapshot.domains:
            raise UsageError(
                f"There is no domain {domain!r}; the domains are {', '.join(snapshot.domains) or 'none'}.",
                wrong=domain,
                right=(meant := naming.nearest(domain, snapshot.domains)) or "",
                help="" if meant else "See what there is: scaffold tables",
            )


class _Module:
    """A domain's module, on its way to the template's version."""

    def __init__(self, domain: str, snapshot: Snapshot, catalog: Catalog) -> None:
        self.file = f"tables/{domain}.py"
        self.path = snapshot.path(self.file)
        self.left: list[str] = []
        self._snapshot = snapshot
        self._catalog = catalog
        self._answers = answers.of_domain(snapshot, domain)
        self._text = catalog.text(self.file).text
        self._newline = "\r\n" if "\r\n" in self._text else "\n"

    def steps(self, render: Render, render_again: RenderAgain) -> Iterator[_Step]:
        """The tables that are not at the template's version."""
        if not self._answers:
            self.left.append(
                f"{self.path} is left as it is: no answers in {self._snapshot.path(answers.FOLDER)} say that the"
                " template made it."
            )
        for kept in self._answers:
            now = render(kept.domain, kept.values)
            if now.version == kept.version:
                continue
            before = render_again(kept)
            if before is None:
                version = f"its version {kept.version[:12]} of {kept.template}"
                self._leave(kept, f"{version} is not known here; it was never committed, or is a newer scaffold's.")
            elif class_span(self._text, kept.class_now, self.path) is None:
                where = self._snapshot.path(kept.file)
                self._leave(
                    kept,
                    f"there is no such class any more; if it has another name, say so in {where} as `_class_name`.",
                )
            else:
                yield _Step(kept, self._native(before), Rendering(self._native(now.text), now.template, now.version))

    def merged(self, steps: list[_Step], merge: Merge, side: Side | None) -> str:
        """The module's text with the template's changes.

        Args:
            steps: to make.
            merge: a three-way merge.
            side: the one that wins where they conflict.
        """
        text = self._text
        for region in self._regions(steps):
            labels = (
                f"{self.path}, as it is",
                f"the template, at {region.step.answers.version[:12]}",
                f"the template, at {region.step.now.version[:12]}",
            )
            ours = text[region.start : region.end]
            merged = merge(ours, region.before, region.now, labels, side)
            text = text[: region.start] + merged.text + text[region.end :]
        return text

    def edits(self, steps: list[_Step], text: str) -> Iterator[FileEdit]:
        """The module with another text, and the answers at the version that it then has."""
        if steps:
            yield from self._catalog.edit(self.file, text)
        for step in steps:
            yield answers.edit(self._snapshot, step.answers.file, step.answers.at(step.now))

    def conflicts(self, text: str) -> Iterator[Conflict]:
        """What is marked in a text."""
        for match in CONFLICT.finditer(text):
            yield Conflict(self.path, text.count("\n", 0, match.start()) + 1, match[0])

    def _leave(self, kept: Answers, reason: str) -> None:
        self.left.append(f"{kept.class_now} of {self.path} is left as it is: {reason}")

    def _native(self, text: str) -> str:
        return text.replace("\n", self._newline)

    def _regions(self, steps: list[_Step]) -> list[_Region]:
        """What is merged with what, from the module's end to its top, so that no offset moves before it is used.

        Each class is merged by itself, as those that were added later stand in no rendering of the module; and so is
        what stands above and below all of them, as what is new at one's end would else conflict with the next.
        """
        regions = [self._class(step) for step in steps]
        if steps and steps[0].answers.whole:
            regions += self._around(steps[0], min(r.start for r in regions), max(r.end for r in regions))
        changed = [region for region in regions if region.before != region.now]
        return sorted(changed, key=lambda region: region.start, reverse=True)

    def _class(self, step: _Step) -> _Region:
        start, end = self._lines(step.answers.class_now, self._text)
        name = step.answers.class_name
        before, now = (text[slice(*self._lines(name, text))] for text in (step.before, step.now.text))
        return _Region(start, end, step, before, now)

    def _around(self, step: _Step, start: int, end: int) -> Iterator[_Region]:
        before, now = (self._lines(step.answers.class_name, text) for text in (step.before, step.now.text))
        yield _Region(0, start, step, step.before[: before[0]], step.now.text[: now[0]])
        yield _Region(end, len(self._text), step, step.before[before[1] :], step.now.text[now[1] :])

    def _lines(self, class_name: str, text: str) -> tuple[int, int]:
        """The offsets of a class's lines, the end of the last one included."""
        span = class_span(text, class_name, self.path)
        if span is None:
            raise UsageError(
                f"The template rendered no class {class_name}; nothing was written.",
                help="Compare your template with the one that scaffold brings.",
            )
        return span[0], text.find("\n", span[1]) + 1 or len(text)
