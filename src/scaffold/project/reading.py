"""What a plan is made from, and its revision after it: each file is read once."""

from collections.abc import Iterator

from scaffold.history import State, makes
from scaffold.project import guard, touched
from scaffold.project.aside import aside
from scaffold.project.config import Config
from scaffold.project.files import Files

MANY_FILES = 50
"""From so many on, the second core reads ahead."""


class Reading:
    """The package's files and its history, at the moment of one plan.

    Args:
        config: the project.
        ahead: whether a revision will be generated without a look at all models, so that its files may be read already.
    """

    def __init__(self, config: Config, *, ahead: bool = False) -> None:
        self.files = Files(config.folder)
        self._config = config
        self._history: dict[str, bytes] | None = None
        many = ahead and len(self.files) > MANY_FILES
        self._ahead = aside(lambda: _look(config), yielding=True) if many else None

    def makes(self, table: str) -> bool:
        """Whether the revisions make a table; see `scaffold.history.makes`."""
        return makes((data for name, data in self._files() if name.endswith(".py")), table)

    def _files(self) -> Iterator[tuple[str, bytes]]:
        """The files of the history; kept if they will be read once more in this process, and are few."""
        if self._ahead is None and self._history is None:
            self._history = dict(guard.files(self._config))
        yield from guard.files(self._config) if self._history is None else self._history.items()

    def looked(self) -> tuple[touched.Looked | None, State]:
        """The result of `touched.look_through`, where that is there already, and the history."""
        return self._ahead() if self._ahead else (None, guard.state(self._config, self._history))


def _look(config: Config) -> tuple[touched.Looked, State]:
    state = guard.state(config)
    _ = state.line, state.heads, state.edited, state.gone  # they go along
    return touched.look_through(config), state
