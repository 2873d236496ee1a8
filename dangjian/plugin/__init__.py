"""Pelican's signals to the engine, and articles as Pelican's own classes."""
