"""From a build to the live site."""
