"""An article's text: from Markdown to clean HTML with symbolic references."""
