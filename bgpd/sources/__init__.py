"""What the configuration is made from beside its own file, and changes by itself while the daemon runs."""
