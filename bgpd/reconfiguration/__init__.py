"""Another configuration for a daemon that runs: what it means, and how it is applied."""
