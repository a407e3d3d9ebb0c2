"""What the API's refusals mean, and what to do about them."""

from typing import Final

from bgpd.kubernetes.answers import Refusal
from bgpd.kubernetes.collections import Collection

_LONGEST: Final = 300
"""Characters of what a server says that are shown."""


def refusal_words(collection: Collection, refusal: Refusal) -> str:
    """Return it in words for an operator."""
    match refusal.status:
        case 401:
            return (
                "the API does not accept our token (401 Unauthorized); it is read again for each request: "
                "look whether token_file is still renewed, and is one of this cluster"
            )
        case 403:
            return f"we may not watch it (403 Forbidden); the rule that is missing: {collection.rule}"
        case 404:
            return (
                f"the API does not know {collection.plural} of {collection.api_version} (404 Not Found); "
                "is Calico installed, and does it keep its resources in Kubernetes?"
            )
        case 429:
            return "the API has too much to do (429 Too Many Requests)"
    said = " ".join(refusal.message.split())
    text = "".join(each for each in said if each.isprintable())[:_LONGEST]
    return (
        f"the API answers {refusal.status}{f' {refusal.reason}' * bool(refusal.reason)}: {text or 'no more'}"
    )
