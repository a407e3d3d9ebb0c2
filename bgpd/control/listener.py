"""Log lines that a server sends while nobody asks it anything (command ``echo``)."""

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from bgpd.control.dialog import Dialog, DialogError
from bgpd.control.terminal import marked, printable


class Listener:
    """Shows such lines while the user is typing; whoever asks has the dialog for himself until he is done."""

    def __init__(self, dialog: Dialog, show: Callable[[str], None]) -> None:
        self._dialog = dialog
        self._show = show
        self._turn = threading.Lock()
        self._stopped, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        os.close(self._stop)
        self._thread.join()
        os.close(self._stopped)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Leave the dialog to the caller."""
        with self._turn:
            yield

    def _listen(self) -> None:
        try:
            while self._stopped not in select.select([self._dialog.fileno(), self._stopped], [], [])[0]:
                with self._turn:
                    for line in self._dialog.unasked():
                        self._show(printable(marked(line)))
        except DialogError as error:
            self._show(str(error))
