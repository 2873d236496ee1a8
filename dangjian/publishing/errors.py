"""What stops a publish."""

from dangjian.common.errors import DangjianError


class PublishError(DangjianError):
    """Nothing was switched; the message is Chinese."""


class OtherSiteError(PublishError):
    """There is a site that was not published from here; ``replacing``: what would become of it."""

    def __init__(self, message: str, replacing: str = "") -> None:
        super().__init__(message)
        self.replacing = replacing or "会整个换下，原来的保存为旧版本，可以退回"
