"""Resources from the Kubernetes API: ``[cluster.kubernetes]``."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from bgpd.config.section import Section
from bgpd.config.values import AbsolutePath, Delay, StateFile
from bgpd.config.wording import Allowed, Unset, quoted, refusal

_URL: Final = 'a URL like "https://10.96.0.1:443"'
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def _server(text: str) -> str:
    try:
        url = urlsplit(text)
        is_plain = url.scheme in ("https", "http") and bool(url.hostname) and url.port != 0
        is_bare = not (url.username or url.password or url.query or url.fragment or url.path.strip("/"))
    except ValueError:
        raise refusal(f"{quoted(text)} is not allowed; write {_URL}") from None
    if not (is_plain and is_bare and text.isascii() and text.isprintable() and " " not in text):
        raise refusal(f"{quoted(text)} is not allowed; write {_URL}")
    if url.scheme == "http" and url.hostname not in _LOOPBACK:
        raise refusal(f"{quoted(text)} would show all that is said to everybody; write {_URL}")
    return text.rstrip("/")


def _namespace(text: str) -> str:
    if not _LABEL.fullmatch(text):
        raise refusal(f'{quoted(text)} is not a namespace; write one like "kube-system"')
    return text


ServerUrl = Annotated[str, AfterValidator(_server), Allowed(_URL)]
Namespace = Annotated[str, AfterValidator(_namespace), Allowed('a namespace like "kube-system"')]


class Kubernetes(Section):
    """Where Calico's resources are read from, and watched as long as the daemon runs.

    An empty table is enough in a pod: Kubernetes gives it all that is needed. The rights that it takes are in
    `configs/kubernetes/rbac.yaml`. This node is the one that `--node` names, or `NODENAME` in the
    environment, else the one with the host's name.
    """

    server: Annotated[
        ServerUrl | None, Unset("`KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` of the environment")
    ] = None
    """The URL of the API; `http://` on this host only, and without a token."""

    token_file: AbsolutePath = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    """The file with the token of a service account; read for each request, since it is renewed every hour."""

    ca_file: AbsolutePath = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
    """The certificates that the server's must be signed by, in PEM."""

    namespace: Annotated[Namespace | None, Unset('that of the service account, or `"kube-system"`')] = None
    """Where the secrets are that passwords of peers are in. Only those that peers name are read."""

    state_file: StateFile = "/var/lib/bgpd/kubernetes.json"
    """What is known is kept here, with the passwords, readable for this user only (mode 0600): a start while
    the API is away begins with it. `""`: it is not kept."""

    wait: Delay = 30
    """Seconds that a start waits for the API, or for 5 of them if there is a state file."""
