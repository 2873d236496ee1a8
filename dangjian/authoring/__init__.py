"""What an editor starts with: a new article, a new site, pasted addresses."""
