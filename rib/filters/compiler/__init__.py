"""Trees to Python functions, by way of the ``ast`` module: fast, plain, or telling of every step."""
