"""What stops a publish."""

from dangjian.common.errors import DangjianError


class PublishError(DangjianError):
    """Nothing was switched; the message is Chinese."""


class OtherSiteError(PublishError):
    """The live folder holds a site that was not published from here."""
