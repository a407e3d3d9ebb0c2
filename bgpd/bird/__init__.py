"""BIRD 1.6's configuration files: includes, the grammar, templates."""
