"""Work for the second core."""

import os
import time

import pytest

from scaffold.project.aside import WIDE, aside, helper


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


def test_a_helper_is_ready_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)
    ready: list[int] = []
    with helper(lambda asked: (asked, ready, os.getpid()), lambda: ready.append(os.getpid())) as made:
        asked, prepared, worker = made.begin("a thing")()
    assert asked == "a thing"
    assert prepared == [worker]
    assert worker != os.getpid()
    assert not ready


def test_a_helper_that_is_not_asked_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)
    with helper(lambda _: None, lambda: time.sleep(600)) as made:
        child = made._child
    assert child is not None
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_helper_that_can_not_get_ready_leaves_the_work_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)

    def fails() -> None:
        raise ZeroDivisionError

    with helper(lambda asked: (asked, os.getpid()), fails) as made:
        assert made.begin(1)() == (1, os.getpid())


def test_a_large_result_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)
    assert len(aside(lambda: b"." * (3 * WIDE))()) == 3 * WIDE


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_it_is_done_here_where_a_standard_stream_is_closed(monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr(f"sys.{stream}", None)
    assert aside(os.getpid)() == os.getpid()
