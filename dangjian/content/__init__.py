"""The content as read and arranged: sources, columns, the catalogue, the archive."""
