"""What a test needs from the machine, and the standard reasons for a skip when it is not there.

Every reason starts with one of four words, so that the closing line of the suite can count them:
``kernel lacks ...``, ``data elsewhere ...``, ``needs root ...`` and ``package ... not available ...``.  Under
``BGPD_REQUIRE_ALL=1`` only the first two kinds still skip; ``tests/conftest.py`` makes the others fail.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

import pytest

KERNEL_LACKS: Final = "kernel lacks"
DATA_ELSEWHERE: Final = "data elsewhere"
REQUIRE_ALL: Final = "BGPD_REQUIRE_ALL"


def skip_kernel_lacks(feature: str) -> NoReturn:
    """Skip: the running kernel has no ``feature``, and nobody can install one for a test."""
    pytest.skip(f"{KERNEL_LACKS} {feature}")


def skip_data_elsewhere(file: str) -> NoReturn:
    """Skip: recorded data that is no part of the repository is not beside it."""
    pytest.skip(f"{DATA_ELSEWHERE}: {file} is no part of the repository, and not in ../shared/data")


def skip_package_missing(package: str, reason: str = "") -> NoReturn:
    """Skip: a Debian package could not be had."""
    pytest.skip(f"package {package} not available" + (f": {reason}" if reason else ""))


def need_network_namespaces() -> None:
    """Skip unless this process may make network namespaces with the ``ip`` command."""
    if os.geteuid() != 0:
        pytest.skip("needs root: network namespaces")
    require_programs({"ip": "iproute2", "unshare": "util-linux"})
    if not Path("/proc/self/ns/net").exists():
        skip_kernel_lacks("network namespaces")
    attempt = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False)
    if attempt.returncode:
        pytest.skip("needs root: CAP_SYS_ADMIN for network namespaces")
    if not Path("/proc/sys/net/ipv6").exists():
        skip_kernel_lacks("IPv6")


def require_programs(packages: Mapping[str, str]) -> None:
    """Skip unless these programs are there (program: the Debian package that has it)."""
    for program, package in packages.items():
        if shutil.which(program) is None:
            skip_package_missing(package)
