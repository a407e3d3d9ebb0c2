"""Random configurations of one daemon, and what they make of what neighbors say, worked out the slow way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, Literal

BLOCKS: Final = ("10.20", "10.21", "10.22", "10.23")
"""The first two octets of everything that neighbors announce."""
FARS: Final[Mapping[str, str]] = {"far1": "10.9.0.2", "far2": "10.9.0.3", "far3": "10.9.0.4"}
"""The addresses of the neighbors."""
ASNS: Final = {"far1": 65002, "far2": 65003, "far3": 65004}
_STATICS: Final = ("10.23.0.0/26", "10.24.0.0/16", "10.25.0.0/16")


@dataclass(frozen=True)
class Wish:
    """What a configuration says; neighbors are told everything."""

    preferences: Mapping[str, int] = field(default_factory=lambda: {"far1": 100, "far2": 200, "far3": 300})
    refused: Mapping[str, str] = field(default_factory=dict)
    """A block that is not taken from a neighbor."""
    absent: frozenset[str] = frozenset()
    statics: Mapping[str, str] = field(default_factory=dict)
    """Prefixes and their gateways."""
    stop: Literal["withdraw", "graceful"] = "graceful"
    graceful_restart: Literal["off", "helper", "full"] = "full"

    def other(self, random: Random) -> "Wish":
        """Return one that differs in one respect."""
        name = random.choice([*FARS])
        match random.randrange(6):
            case 0:
                levels = random.sample(range(100, 400, 100), 3)
                return replace(self, preferences=dict(zip(FARS, levels, strict=True)))
            case 1:
                return replace(self, refused={**self.refused, name: random.choice(BLOCKS)})
            case 2:
                return replace(self, absent=frozenset() if self.absent else frozenset({name}))
            case 3:
                chosen = random.sample(_STATICS, random.randrange(len(_STATICS) + 1))
                return replace(self, statics={each: random.choice([*FARS.values()]) for each in chosen})
            case 4:
                return replace(self, stop=random.choice(("withdraw", "graceful")))
        return replace(self, graceful_restart=random.choice(("off", "helper", "full", "full")))

    def text(self) -> str:
        """Return the file."""
        parts = [
            f'[router]\nid = "10.9.0.1"\nasn = 64512\nstop = "{self.stop}"',
            '[metrics]\nlisten = ""\n[direct]\ninterfaces = []\n[kernel.ipv4]\n[filters]',
        ]
        for name, preference in self.preferences.items():
            refusal = f"if net ~ [{self.refused[name]}.0.0/16+] then reject; " if name in self.refused else ""
            parts.append(f"from_{name} = '{refusal}bgp_local_pref = {preference}; accept;'")
        parts += [f'[[static]]\nprefix = "{prefix}"\nvia = "{via}"' for prefix, via in self.statics.items()]
        parts += [
            f'[[neighbors]]\nname = "{name}"\naddress = "{FARS[name]}"\nasn = {ASNS[name]}\npassive = true\n'
            f'import = "from_{name}"\nexport = "all"\ngraceful_restart = "{self.graceful_restart}"'
            for name in FARS
            if name not in self.absent
        ]
        return "\n".join([*parts, ""])

    def gateways(self, said: Mapping[str, Collection[str]]) -> dict[str, str]:
        """Return where the kernel is to send packets, by prefix, given what each neighbor announces."""
        found: dict[str, str] = {}
        for name in sorted(self.preferences, key=self.preferences.__getitem__):
            if name not in self.absent:
                block = self.refused.get(name, "none")
                found |= {each: FARS[name] for each in said[name] if not each.startswith(f"{block}.")}
        return {**found, **self.statics}

    def told(self, said: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """Return what each neighbor is to know of us: everything but what goes through itself."""
        best = self.gateways(said)
        return {
            name: {prefix for prefix, gateway in best.items() if gateway != address}
            for name, address in FARS.items()
            if name not in self.absent
        }
