"""A server that gives each command the octets a test wants, to see what clients make of them."""

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

BANNER = b"0001 BIRD v0.3.3+birdv1.6.8 ready.\n"
SYNTAX_ERROR = b"9001 syntax error\n"
HANG_UP = b""
"""What it answers when it closes the connection instead."""


class ScriptedServer:
    """Serves ``path`` in threads of its own; ``asked`` are the commands it was sent."""

    def __init__(self, path: Path, answers: Mapping[str, bytes], banner: bytes = BANNER) -> None:
        self.path = path
        self.asked: list[str] = []
        self._answers = answers
        self._banner = banner
        self._listener = socket.socket(socket.AF_UNIX)
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._start(self._accept)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for client in self._clients:
            client.close()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, target: Callable[..., object], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with suppress(BrokenPipeError, ConnectionResetError), client, client.makefile("rb") as commands:
            client.sendall(self._banner)
            for line in commands:
                command = line.decode().removesuffix("\n")
                self.asked.append(command)
                answer = self._answers.get(command, SYNTAX_ERROR)
                if answer == HANG_UP:
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(answer)
