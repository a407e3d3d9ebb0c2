"""Where the Kubernetes API is, and what one node asks it as whom."""

from typing import NamedTuple


class KubernetesSettings(NamedTuple):
    """``[cluster.kubernetes]`` with everything found that was left out."""

    server: str
    """Its URL: ``https://10.96.0.1:443``."""
    token_file: str
    """The file with the token of our service account; empty: none is sent."""
    ca_file: str
    """The file with the certificates that sign the server's; empty: those of the system."""
    namespace: str
    """Where the secrets are that hold passwords."""
    node: str
    """Our name in Kubernetes, if we are told; empty: the resources tell."""
    state_file: str
    """The file for a restart while the API is away; empty: there is none."""
    wait: int = 30
    """Seconds that a start waits for the API."""
