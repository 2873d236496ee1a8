"""From a build to the live site."""

from typing import Final

KEEP: Final = 3
"""How many former releases of a site are stored, unless another number is given."""
