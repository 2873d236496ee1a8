"""The one time zone of everything an office publishes."""

from datetime import timedelta, timezone
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8))
