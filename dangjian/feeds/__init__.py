"""Feeds: which there are, what an item holds, RSS, Atom, JSON Feed, OPML."""
