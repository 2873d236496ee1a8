"""How many examples a property is tried with: a quick number, and a large one in the long mode."""

from hypothesis import settings


def examples(quick: int, long: int) -> settings:
    """Settings for one property; the rest is the mode's, known before tests are imported."""
    mode = settings.get_current_profile_name()
    return settings(max_examples=long if mode == "long" else quick)
