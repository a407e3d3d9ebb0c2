"""The one place that knows the version."""

from typing import Final

VERSION: Final = "0.1.0"
