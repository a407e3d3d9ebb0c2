"""A thread that carries batches into the kernel, one after the other.

The kernel does all the work of a batch inside of the system call, so the event loop must not make it.
"""

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread

_Batch = Sequence[bytes]


class Sender:
    """Sends in another thread; ``ended`` is called there after each batch, with what went wrong."""

    def __init__(self, send: Callable[[bytes], None], ended: Callable[[Exception | None], object]) -> None:
        self._send = send
        self._ended = ended
        self._batches: SimpleQueue[_Batch | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="kernel routes", daemon=True)
        self._thread.start()

    def put(self, datagrams: _Batch) -> None:
        """Send these as soon as those before are sent."""
        self._batches.put(datagrams)

    def close(self) -> None:
        """Wait until everything is sent."""
        self._batches.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (datagrams := self._batches.get()) is not None:
            failure: Exception | None = None
            try:
                for datagram in datagrams:
                    self._send(datagram)
            except Exception as error:
                failure = error
            self._ended(failure)
