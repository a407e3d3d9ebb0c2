"""Filters at work: one run over one route, its verdict as a policy, its trace."""
