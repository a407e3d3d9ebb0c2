"""A CA and a server's certificate, made by the command openssl for one test run."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.requirements import skip_package_missing


class Certificates(NamedTuple):
    """Files in PEM."""

    ca: Path
    server: Path
    key: Path


def make_certificates(folder: Path, *addresses: str) -> Certificates:
    """Return certificates of a server at these addresses; skip the test if nobody can make them."""
    if shutil.which("openssl") is None:
        skip_package_missing("openssl")
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    ca_key, request, extensions = folder / "ca.key", folder / "server.csr", folder / "server.ext"
    key_options = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout")
    _openssl("req", "-x509", "-days", "2", "-subj", "/CN=kubernetes", *key_options, ca_key, "-out", made.ca)
    _openssl("req", "-subj", "/CN=kube-apiserver", *key_options, made.key, "-out", request)
    names = ",".join(f"IP:{address}" for address in addresses)
    extensions.write_text(f"subjectAltName={names}\n")
    signing = ("-CA", made.ca, "-CAkey", ca_key, "-CAcreateserial", "-extfile", extensions)
    _openssl("x509", "-req", "-days", "2", "-in", request, *signing, "-out", made.server)
    return made


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
