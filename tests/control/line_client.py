"""A client that shows the lines as they are."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Self


class LineClient:
    """Reads line by line, and fails rather than wait for ever."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_unix_connection(self._path)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self.writer.close()

    def send(self, *commands: str) -> None:
        """Send commands without waiting for answers."""
        self.writer.write("".join(f"{command}\n" for command in commands).encode())

    async def line(self) -> str:
        """Return the next line, without its newline."""
        async with asyncio.timeout(20):
            return (await self.reader.readline()).decode().removesuffix("\n")

    async def answer(self) -> list[str]:
        """Return the lines up to the one that ends an answer."""
        lines = [await self.line()]
        while lines[-1][4:5] != " " or not lines[-1][:4].isdecimal():
            lines.append(await self.line())
        return lines


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop make passes until something has happened."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise TimeoutError
