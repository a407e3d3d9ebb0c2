"""What random configurations in our language are made of; ``@blue`` is a table that may not be there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

SECTIONS: Final[Mapping[str, Sequence[str]]] = {
    "id": ('id = "192.0.2.1"',) * 5 + ('id = "192.0.2.7"',),
    "port": ("",) * 4 + ("port = 1179", 'listen = ["10.9.0.1"]'),
    "cluster": ("",) * 3 + ('cluster_id = "192.0.2.99"',),
    "order": ("", 'order = ["@first"]'),
    "f": (
        "f = '''accept;'''",
        "f = '''if net ~ [10.20.0.0/15+] then { bgp_local_pref = 150; accept; } reject;'''",
        "f = '''if halved(bgp_path.len) > 0 then reject; krt_metric = 77; accept;'''",
        "f = '''bgp_community.add((64512, 5)); bgp_med = 9; accept;'''",
        "f = '''if ifname = \"two\" then reject; preference = 150; accept;'''",
    ),
    "g": (
        "g = '''reject;'''",
        "g = '''if source = RTS_STATIC then reject; accept;'''",
        "g = '''if net.len > 20 then accept; reject;'''",
    ),
    "functions": (
        "function halved(int a) { return a / 2; }",
        "function halved(int a) { return a - 1; }",
        "function other() { return true; } function halved(int a) { if other() then return 3; return a; }",
    ),
    "direct": (
        "",
        "[direct]\ninterfaces = []",
        '[direct]\ninterfaces = ["-two", "*"]\ndescription = "x"',
        '[direct]\ntable = "@blue"\npreference = 230',
        "[direct]\ndisabled = true",
        '[direct]\nimport = "g"',
        '[directs.other]\ninterfaces = ["two"]\nfamilies = ["ipv4"]',
        "[directs]",
    ),
    "device": ("", '[device]\ndescription = "x"', "[device]\npresent = false", '[device]\nname = "machine"'),
    "kernel": (
        "[kernel]",
        "[kernel.ipv4]\nadopt_wait = 0",
        "[kernel.ipv4]\nadopt_wait = 0\nmetric = 40\n[kernel.ipv6]\nadopt_wait = 0",
        "[kernel.ipv4]\nadopt_wait = 0\ntable = 100",
        '[kernel.ipv4]\nadopt_wait = 0\nexport = "f"',
        '[kernel.ipv4]\nadopt_wait = 0\nexport = "g"\nlearn = true',
        '[kernel.ipv4]\nadopt_wait = 0\nlearn = true\nimport = "f"\ntable = 101\nprotocol = 44',
        "[kernel.ipv4]\nadopt_wait = 0\ndisabled = true",
        "[kernel.ipv4]\nadopt_wait = 0\ndisabled = true\nmetric = 40",
        "[kernel.ipv4]\nadopt_wait = 0\nmerge_paths = 4\ndevice_routes = true",
    ),
    "kernels": (
        ("",) * 2
        + (
            '[kernels.more]\nfamily = "ipv4"\nadopt_wait = 0\ntable = 102\nrib_table = "@blue"',
            '[kernels.more]\nfamily = "ipv4"\nadopt_wait = 0\ntable = 102\nmetric = 9',
            '[kernels.most]\nfamily = "ipv4"\nadopt_wait = 0\ntable = 102\nexport = "f"',
        )
    ),
    "static": (
        "",
        '[[static]]\nprefix = "10.30.0.0/16"\nblackhole = true',
        '[[static]]\nprefix = "10.30.0.0/16"\nunreachable = true\nset = "krt_metric = 5;"',
        '[[static]]\nprefix = "10.30.0.0/16"\nunreachable = true\nset = "krt_metric = 6;"',
        '[[static]]\nprefix = "10.30.0.0/16"\nvia = "10.9.0.2"\n'
        '[[static]]\nprefix = "10.30.1.0/24"\ndev = "two"',
        '[[static]]\nprefix = "10.30.0.0/16"\nvia = "10.77.0.2"\n'
        '[[static]]\nprefix = "fd00:30::/32"\nprohibit = true',
        '[[static]]\nprefix = "10.30.0.0/16"\nrecursive = "10.20.0.9"',
        '[[static]]\nprefix = "10.30.0.0/16"\nrecursive = "10.21.0.9"',
        '[[static]]\nprefix = "10.31.0.0/16"\nblackhole = true\ntable = "@blue"',
        '[[static]]\nprefix = "10.30.0.0/16"\nblackhole = true\npreference = 20\n'
        '[[static]]\nprefix = "10.20.0.0/16"\nblackhole = true\npreference = 250',
        '[[static]]\nprefix = "0.0.0.0/0"\nblackhole = true\n[[static]]\nprefix = "::/0"\nblackhole = true',
    ),
    "statics": (
        "",
        "[statics.s]\nroutes = []",
        '[statics.s]\nroutes = [{ prefix = "10.32.0.0/16", prohibit = true }]\nimport = "f"',
        '[statics.s]\nroutes = [{ prefix = "10.32.0.0/16", prohibit = true }]\nimport = "g"',
        '[statics.s]\nfamilies = ["ipv4"]\nroutes = [{ prefix = "10.32.0.0/16", blackhole = true }]',
        '[statics.s]\ntable = "@blue"\nroutes = [{ prefix = "10.33.1.0/24", via = "10.9.0.3" }]',
        '[statics.s]\ndisabled = true\nroutes = [{ prefix = "10.33.0.0/16", blackhole = true }]',
        '[statics.s]\nroutes = [{ prefix = "10.32.0.0/16", nexthops = [{ via = "10.9.0.2" }, '
        '{ via = "10.9.0.3", weight = 3 }] }]',
    ),
    "pipe": (
        ("",) * 2
        + (
            '[[pipes]]\npeer_table = "@blue"\nexport = "all"\nimport = "none"',
            '[[pipes]]\npeer_table = "@blue"\nexport = "f"\nimport = "g"',
            '[[pipes]]\npeer_table = "@blue"\nmode = "opaque"\nexport = "all"\nimport = "none"',
            '[[pipes]]\nname = "p"\npeer_table = "@blue"\nexport = "g"\nimport = "all"\nfamilies = ["ipv4"]',
            '[[pipes]]\npeer_table = "@blue"\nexport = "all"\ndisabled = true',
        )
    ),
    "tables": ("", "blue", "blue", "blue green"),
    "far1": (
        'import = "all"\nexport = "all"',
        'import = "all"\nexport = "all"',
        'import = "f"\nexport = "all"',
        'import = "all"\nexport = "f"\nkeep_filtered = false',
        'import = "g"\nexport = "g"\nkeep_filtered = false',
        'import = "f"\nexport = "none"\nkeep_filtered = false',
        'import = "all"\nexport = "all"\ntable = "@blue"',
        'import = "all"\nexport = "all"\nprepend = 2\nnext_hop = "self"',
        'import = "all"\nexport = "all"\nroute_server_client = true',
        'import = "all"\nexport = "all"\nas_override = true\nremove_private_as = "remove"',
        'import = "all"\nexport = "all"\nshutdown = "later"',
        "",
        'import = "all"\nexport = "all"\ndescription = "x"\ndebug = ["states"]\ngateway = "recursive"',
        'import = "all"\nexport = "all"\n[neighbors.max_prefixes]\nexport = 20\naction = "block"',
        'import = "all"\nexport = "all"\n[neighbors.max_prefixes]\nimport = 20\naction = "block"',
    ),
    "far2": (
        "absent",
        'export = "all"',
        'export = "all"',
        'export = "all"\nroute_reflector_client = true',
        'export = "all"\nroute_reflector_client = true\ncluster_id = 7\nimport = "f"',
        'export = "g"\npreference = 110\nrouter_id = "192.0.2.77"',
        'export = "f"\nkeep_filtered = false\nimport = "g"\ntable = "@blue"',
    ),
    "far1 in place": (
        ("",) * 4
        + (
            "preference = 250",
            "default_local_pref = 300\ndefault_med = 30",
            "keep_filtered = false\nallow_local_as = 1",
            "enforce_first_as = true\naccept_blackhole = true",
            "passive = true",
            "hold_time = 60\nkeepalive_time = 7\nsend_hold_time = 600",
            'max_prefixes = { import = 1, action = "warn" }',
            'max_prefixes = { export = 3, action = "warn" }',
            "multihop = 3",
            'graceful_restart = "off"\nstale_time = 9',
            "connect_retry = 9\nerror_forget = 9\nstartup_hold_time = 99",
        )
    ),
    "far2 in place": (
        ("",) * 3
        + (
            "preference = 60",
            "default_local_pref = 50",
            'multihop = 0\ngateway = "direct"',
            'next_hop = "self"',
            'max_prefixes = { receive = 100, action = "block" }',
        )
    ),
    "names": ("far1 far2 range",) * 4
    + ("one far2 range", "far1 two three", "far2 far1 range", "range one two"),
    "range": (
        "absent",
        'import = "all"\nexport = "all"',
        'import = "all"\nexport = "all"',
        'import = "f"\nexport = "g"',
        'import = "all"\nexport = "all"\ntable = "@blue"',
        'import = "all"\nexport = "all"\nshutdown = true',
    ),
    "ghost": (
        "",
        '[[neighbors]]\nname = "ghost"\naddress = "10.9.0.40"\nasn = 65040\nimport = "all"\nexport = "f"',
        '[[neighbors]]\nname = "ghost"\naddress = "10.9.0.41"\nasn = 65040\nimport = "all"\nexport = "f"\n'
        'password = "secret"',
        '[[neighbors]]\nname = "ghost"\naddress = "10.9.0.40"\nasn = 65040\npassive = true\n'
        'password = "other"',
        '[[neighbors]]\nname = "spirit"\naddress = "10.9.0.40"\nasn = 65041\nshutdown = true',
    ),
}
_NEIGHBORS: Final = {
    "far1": 'address = "10.9.0.2"\nasn = 65002',
    "far2": 'address = "10.9.0.3"\nasn = 64512',
    "range": 'range = "10.9.0.64/27"\nasn = 65066',
}


def written(chosen: Mapping[str, str], dialect: str) -> tuple[str, bool]:
    """Return the file, and whether it listens on another port."""
    tables = chosen["tables"].split()
    blue = "blue" if "blue" in tables else "master"
    pipe = chosen["pipe"] if "blue" in tables else ""
    parts = [
        f"[router]\nasn = 64512\ntables = {tables}",
        *(chosen[key] for key in ("id", "port", "cluster")),
        f'[control]\ndialect = "{dialect}"\n{chosen["order"]}',
        f'[metrics]\nlisten = ""\n[filter_files]\ntext = "{chosen["functions"]}"',
        f"[filters]\n{chosen['f']}\n{chosen['g']}",
        *(chosen[key] for key in ("direct", "device", "kernel", "kernels", "static", "statics")),
        pipe,
        *_neighbors(chosen),
        chosen["ghost"],
    ]
    text = "\n".join(parts).replace("@blue", blue).replace("@first", chosen["names"].split()[0]) + "\n"
    return text, "1179" in chosen["port"]


def _neighbors(chosen: Mapping[str, str]) -> Iterator[str]:
    for (key, place), name in zip(_NEIGHBORS.items(), chosen["names"].split(), strict=True):
        terms = chosen[key]
        if terms != "absent":
            timers = "connect_delay = 60\nerror_wait = [1, 1]"
            others = _without(chosen.get(f"{key} in place", ""), terms)
            yield f'[[neighbors]]\nname = "{name}"\n{place}\n{timers}\n{others}\n{terms}'


def _without(lines: str, terms: str) -> str:
    """Return what is not said otherwise."""
    return "\n".join(line for line in lines.splitlines() if line.partition(" =")[0] not in terms)
