"""Building an image takes long, so what needs one is of `make soak` alone; and the lab of the interop tests."""

import os
from typing import Final

from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["lab", "pytest_runtest_makereport"]

collect_ignore: Final = [] if os.environ.get("BGPD_SOAK") else ["test_image.py", "test_pod.py"]
