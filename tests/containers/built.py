"""The image that the Containerfile makes, built once for all tests of a run."""

import shutil
from collections.abc import Iterator

import pytest

from tests.containers.base_image import VERSION, base_image
from tests.containers.build import Builder, context
from tests.containers.image import Image
from tests.containers.manifests import ROOT
from tests.installation.wheels import needed


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Return the image that is built if no target is named."""
    bases = {f"python:{VERSION}-slim": base_image()}
    sent, made = (tmp_path_factory.mktemp(name) for name in ("context", "image"))
    with Builder(context(ROOT, sent), bases, needed(VERSION)) as builder:
        image = builder.build(builder.file.default, made)
    yield image
    shutil.rmtree(made)  # which is much
