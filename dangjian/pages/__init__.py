"""Page plans: each module says which pages of one kind there are, and what each may read."""
