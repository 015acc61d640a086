"""Ctrl-C, SIGTERM and a closed terminal, kept waiting for the moment in which files and database go over together."""

import signal

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class HeldSignals:
    """Signals that stop a command, from `hold` to `release`."""

    def __init__(self) -> None:
        self._held = False

    def hold(self) -> None:
        """From here on they wait."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        self._held = True

    def release(self) -> None:
        """Let them through again; one that came meanwhile came too late to stop anything, and is dropped."""
        if not self._held:
            return
        self._held = False
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        except KeyboardInterrupt:
            self.release()
