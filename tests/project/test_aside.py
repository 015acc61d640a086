"""Work for the second core."""

import os

import pytest

from scaffold.project.aside import aside


def test_it_is_done_in_another_process_where_there_is_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)
    assert aside(os.getpid)() != os.getpid()


def test_it_is_done_here_where_there_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert aside(os.getpid)() == os.getpid()


def test_what_it_raises_is_raised_where_the_result_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)

    def fails() -> int:
        raise ZeroDivisionError

    result = aside(fails)
    with pytest.raises(ZeroDivisionError):
        result()
