"""Building an image takes long, so what needs one is a matter of `make soak`."""

import os
from typing import Final

from tests.containers.built import image
from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["image", "lab", "pytest_runtest_makereport"]

collect_ignore: Final = [] if os.environ.get("BGPD_SOAK") else ["test_image.py", "test_pod.py"]
