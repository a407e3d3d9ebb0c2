"""Text behind an octet that counts its octets, in capabilities that tell people something."""

from messages.errors import MalformedValueError


def read_text(value: bytes) -> tuple[str, bytes]:
    """Return the text at the beginning, and what follows it."""
    stop = 1 + value[0] if value else 1
    if stop > len(value):
        raise MalformedValueError(f"length {len(value)} is less than {stop}")
    try:
        text = value[1:stop].decode()
    except UnicodeDecodeError as error:
        raise MalformedValueError(str(error)) from None
    if not text.isprintable():
        raise MalformedValueError(f"{text!r} cannot be shown")
    return text, value[stop:]


def write_text(text: str) -> bytes:
    """Return the octets of a text, cut where a character ends if it is too long."""
    octets = text.encode()[:0xFF].decode(errors="ignore").encode()
    return bytes((len(octets),)) + octets
