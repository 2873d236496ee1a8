"""From a build to the live site."""

from typing import Final

KEEP: Final = 3
"""So many former versions of a site are kept, unless another number is given."""
