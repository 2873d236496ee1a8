"""What readers read: visits by article and column, counted from a web server's log."""
