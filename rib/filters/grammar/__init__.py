"""Text to tree and back: the lexer, the grammar in layers that build on one another, unparsing."""
