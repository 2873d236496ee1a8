"""Dangjian (党建): a static portal for the news of Party organization departments, on Pelican."""

from dangjian.paths import VERSION, theme_path

__version__ = VERSION
__all__ = ["__version__", "register", "theme_path"]


def register() -> None:
    """Register the plugin with Pelican (``PLUGINS = ["dangjian"]``)."""
    from dangjian.plugin.hooks import connect  # noqa: PLC0415 - importing Pelican is slow

    connect()
