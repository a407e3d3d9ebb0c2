"""Calico's resources as configuration."""
