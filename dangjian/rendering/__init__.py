"""Templates and theme files: what turns planned pages into bytes."""
