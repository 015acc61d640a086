"""What saves time changes nothing: random verbs, each done with every shortcut and with none."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scaffold.history import State as History
from scaffold.history import state as history_state
from scaffold.project import compare, models, reading, statements, touched
from tests.faults.harness import difference, normalized, state
from tests.projects import Result, TestProject
from tests.properties.drawing import Draw
from tests.properties.sequences import Sequence, State

pytestmark = pytest.mark.slow

ASKED = re.fullmatch(r"(\d+)-(\d+)\*(\d+)", os.environ.get("SCAFFOLD_TEST_BOTH_WAYS", "1-2*12"))
assert ASKED, "SCAFFOLD_TEST_BOTH_WAYS is written FIRST-LAST*VERBS, such as 1-40*50"
FIRST, LAST, VERBS = map(int, ASKED.groups())


@contextmanager
def without_shortcuts() -> Iterator[None]:
    """While it lasts, all models are imported, every revision is parsed and run anew, and Alembic sorts them.

    What the revisions and the models would run is not compared, but all that both have made.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(touched, "metadata", lambda config, *_: models.metadata(config))
        patch.setattr(History, "line", property(lambda _: ()))
        patch.setattr(history_state, "read_header", lambda *_: None)
        patch.setattr(compare, "is_unconditional", lambda _: False)
        patch.setattr(statements, "of_models", lambda *_: None)
        yield


class BothWays(Sequence):
    """A sequence in which each verb is also done on a copy of the project, without shortcuts."""

    def verb(self, argv: tuple[str, ...]) -> Result:
        root = self.project.root
        copy = self.project.copy(root.parent / f"copy-{len(self.told)}" / root.name)
        with without_shortcuts():
            expected = copy.run(*argv)
        found = super().verb(argv)
        assert found.code == expected.code, f"{argv}\n{found}\nwithout shortcuts: {expected}"
        unlike = difference(normalized(state(root)), normalized(state(copy.root)))
        assert not unlike, f"{argv}, compared with what it does without shortcuts:\n{unlike}"
        return found

    def settle(self, draw: Draw, before: State, after: State) -> None:
        """Whether the verb did right is asked elsewhere."""
        del before, after
        if self.perhaps(0.3):
            self.undo(at_once=True)
        elif not draw.migrates:
            assert self.verb(("migrate",)).code == 0


@pytest.mark.parametrize("seed", range(FIRST, LAST + 1))
def test_every_verb_does_the_same(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MANY_FILES", 0)
    sequence = BothWays(TestProject(tmp_path / "project"), 7000 + seed)
    for _ in range(VERBS):
        sequence.step()
    assert sequence.counts["done"] > VERBS // 4
