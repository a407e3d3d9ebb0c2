"""Passwords of TCP MD5 signatures, from the configuration or from files (RFC 2385)."""

from pydantic import SecretStr

from bgpd.config.regular_files import read_regular_file
from bgpd.config.values import PASSWORD_OCTETS


class PasswordFileError(Exception):
    """A password file cannot be used; the message never contains what the file does."""


def read_password(path: str) -> bytes:
    """Return the password in a file, without the newline at its end."""
    try:
        password = read_regular_file(path).removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise PasswordFileError(f"{reason}; write the path of a file this user may read") from None
    if not 1 <= len(password) <= PASSWORD_OCTETS:
        raise PasswordFileError(
            f"the file holds {len(password)} octets; a password has 1 to {PASSWORD_OCTETS}"
        )
    return password


def password_of(password: SecretStr | None, path: str | None) -> bytes | None:
    """Return the password to use, if there is one."""
    if password is not None:
        return password.get_secret_value().encode()
    return read_password(path) if path is not None else None
