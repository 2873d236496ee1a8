"""The preview: builds as an editor saves, and serves the result to a browser."""
