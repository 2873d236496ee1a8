"""Whether a site keeps what it promises: settings that lead somewhere, columns that are fresh."""
