"""``Secret``: where the passwords are that other resources refer to."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from bgpd.calico.fields import Fields
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource

_REFERENCE: Final = "write secretKeyRef with the name of a Secret and a key in it"
_PREFERRED: Final = ("kube-system", "calico-system")
"""The namespaces in which calico-node runs, where Calico looks for passwords."""


class SecretKey(NamedTuple):
    """One value of a Secret."""

    name: str
    key: str


class Secrets:
    """The Secrets that there are."""

    def __init__(self, resources: Iterable[Resource], report: Report) -> None:
        self._report = report
        self._found: dict[str, list[Resource]] = {}
        for resource in resources:
            self._found.setdefault(resource.name, []).append(resource)

    def password(self, fields: Fields, key: str) -> str:
        """Return the password that a field refers to; empty if there is none."""
        reference = secret_key_of(fields, key)
        if reference is None:
            return ""
        value = self._value(reference)
        if value is None:
            fields.remark(
                key,
                f"there is no Secret {reference.name} with the key {reference.key}; "
                f"the session has no password until it is there",
            )
        return value or ""

    def _value(self, reference: SecretKey) -> str | None:
        candidates = sorted(
            self._found.get(reference.name, []),
            key=lambda each: (each.namespace not in _PREFERRED, each.namespace),
        )
        values = (self._value_in(each, reference.key) for each in candidates)
        return next((value for value in values if value is not None), None)

    def _value_in(self, secret: Resource, key: str) -> str | None:
        plain, encoded = _part(secret, "stringData").get(key), _part(secret, "data").get(key)
        if isinstance(plain, str):
            return plain
        if not isinstance(encoded, str):
            return None
        try:
            return b64decode(encoded, validate=True).decode()
        except (binascii.Error, ValueError):
            self._report.fault(secret.place, f"data.{key}: this is not base64 of a text in UTF-8")
            return None


def secret_key_of(fields: Fields, key: str) -> SecretKey | None:
    """Return what a field like ``password`` refers to. What is written instead may be a password itself."""
    if not fields.has(key):
        return None
    outer = fields.hidden_table(key)
    inner = None if outer is None else outer.hidden_table("secretKeyRef")
    if inner is None:
        fields.fault(key, _REFERENCE)
        return None
    reference = SecretKey(inner.text("name"), inner.text("key"))
    if not all(reference):
        fields.fault(key, _REFERENCE)
        return None
    return reference


def _part(secret: Resource, part: str) -> Mapping[str, object]:
    values = secret.content.get(part)
    return values if isinstance(values, Mapping) else {}
