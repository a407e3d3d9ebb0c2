"""A whole configuration file: definitions, tables, protocols and templates, other statements."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from bgpd.bird.bfd_settings import BFD
from bgpd.bird.bgp_settings import BGP
from bgpd.bird.kernel_settings import DEVICE, DIRECT, KERNEL
from bgpd.bird.pipe_settings import PIPE
from bgpd.bird.settings import Protocol, read_block, read_item
from bgpd.bird.static_settings import STATIC
from bgpd.bird.top_level import TOP_LEVEL
from bgpd.bird.tree import BirdConfiguration, Item, ProtocolBlock, Table
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Dialect, Kind, Token

_PROTOCOLS: Final[Mapping[str, Protocol]] = MappingProxyType(
    {protocol.kind: protocol for protocol in (BGP, KERNEL, DEVICE, DIRECT, STATIC, PIPE, BFD)}
)


class Grammar(ValueGrammar):
    """Reads a configuration file."""

    def __init__(
        self,
        tokens: Iterator[Token],
        dialect: Dialect,
        configuration: BirdConfiguration,
        new_names: Mapping[str, str],
    ) -> None:
        """``new_names`` are other names for protocols that are given one by us."""
        super().__init__(tokens, dialect, configuration)
        self._new_names = new_names
        self.program.symbols.others |= configuration.tables.keys()
        self._unnamed: dict[str, int] = {}
        """How many protocols of each kind have been given a name."""

    def read(self) -> None:
        """Read all. Raises FilterError for the first mistake, QuitError where a filter says so."""
        while self.peek().kind is not Kind.END:
            self.forget_words()
            self._statement()
        complaint = self._complaint()
        if complaint:
            raise FilterError(self.place, complaint)

    def _complaint(self) -> str | None:
        """Return what is wrong with all of it together."""
        protocols = self.configuration.protocols
        if not protocols:
            return "No protocol is specified in the config file"
        for block in protocols:
            complaint = _PROTOCOLS[block.kind].final_check(block, self.configuration)
            if complaint:
                return complaint
        if self.dialect.bits == 128 and all(item.name != "router id" for item in self.configuration.items):
            return "Router ID must be configured manually on IPv6 routers"
        return None

    def _statement(self) -> None:
        if self.accept(";"):
            return
        rule = _RULES.get(self.peek().text)
        if rule is not None:
            rule(self)
        else:
            self.configuration.items.append(read_item(self, TOP_LEVEL))

    # Names

    def _take(self, name: str) -> str:
        self.program.symbols.check_free(name, self.place)
        self.program.symbols.others.add(name)
        return name

    # Tables

    def define_table(self) -> None:
        """Read ``table name sorted``. The table ``master`` is there, but may be said to be sorted."""
        self.expect("table")
        name: str = self.expect_kind(Kind.SYMBOL).value
        is_sorted = self.accept("sorted")
        if name != "master":
            self._take(name)
        self.configuration.tables[name] = Table(name, is_sorted)
        self.configuration.symbols.setdefault(name, "routing table")

    # Protocols

    def define_protocol(self) -> None:
        """Read a protocol or a template."""
        begin = self.next()
        protocol = _PROTOCOLS.get(self.peek().text)
        if protocol is None:
            raise self.syntax_error("a kind of protocol")
        self.next()
        if protocol.is_unique and self._has(protocol.kind):
            raise FilterError(self.place, "Kernel device protocol already defined")
        block = ProtocolBlock(protocol.kind, self._name(protocol.kind), begin.text == "template", begin.at)
        self.configuration.blocks[block.name] = block
        self.configuration.symbols[block.name] = "protocol template" if block.is_template else "protocol"
        self.subject = block.name
        if self.accept("from"):
            block.items += self._template(protocol.kind).items
        else:
            block.items += self._traced_by_default()
        block.items = read_block(self, protocol.settings, block.items)
        complaint = None if block.is_template else protocol.check(block, self.configuration)
        if complaint:
            raise FilterError(self.place, complaint)

    def _traced_by_default(self) -> list[Item]:
        """Return what the last ``debug protocols`` says of all protocols behind it."""
        defaults = [item for item in self.configuration.items if item.name == "debug protocols"]
        return [item._replace(name="debug") for item in defaults[-1:]]

    def _has(self, kind: str) -> bool:
        return any(block.kind == kind for block in self.configuration.blocks.values())

    def _name(self, kind: str) -> str:
        """Read a name; a protocol without one is called by its kind and a number."""
        if self.peek().kind is Kind.SYMBOL:
            name = self.next().value
            self.peek()
            return self._take(name)
        if self.peek().text not in ("from", "{"):
            raise self.syntax_error("a name or '{'")
        while True:
            number = self._unnamed[kind] = self._unnamed.get(kind, 0) + 1
            name = f"{kind}{number}"
            name = self._new_names.get(name, name)
            if name not in self.program.symbols:
                return self._take(name)

    def _template(self, kind: str) -> ProtocolBlock:
        name = self.expect_kind(Kind.SYMBOL)
        template = self.configuration.blocks.get(name.value)
        if template is None:
            raise FilterError(name.at, "Template or protocol name expected")
        if template.kind != kind:
            raise FilterError(name.at, "Can't copy configuration from a different protocol type")
        return template


_RULES: Final[Mapping[str, Callable[[Grammar], None]]] = MappingProxyType(
    {
        "define": Grammar.define_constant,
        "function": Grammar.define_function,
        "filter": Grammar.define_filter,
        "eval": Grammar.evaluate,
        "roa": Grammar.define_roa_table,
        "table": Grammar.define_table,
        "protocol": Grammar.define_protocol,
        "template": Grammar.define_protocol,
    }
)
"""What a statement may begin with, but for settings."""
