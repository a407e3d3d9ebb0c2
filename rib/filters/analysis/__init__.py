"""What is known of a filter before it runs: types, where control goes, what it costs and looks at."""
