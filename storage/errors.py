"""Everything that can go wrong, named for what went wrong.

Each error carries what is needed to say in one line what, where, and what to do.
"""

REASONS = (
    "http-4xx http-5xx gone blocked rate-limited empty not-whole timeout connection protocol truncated "
    "decode too-large tls dns blocked-page not-content login cookie-wall needs-browser soft-404 "
    "moved-home moved parked list-empty list-shrunk mass-change layout duplicate type link-host parse "
    "redirect foreign-host private-host budget robots-disallowed robots-unreachable clock stopped"
).split()
"""The closed list of reasons of the contract."""


class KlastryError(Exception):
    """Any failure klastry can explain; the message says what, where and what to do."""

    code = 4


class UsageError(KlastryError):
    """Wrong arguments: nothing was done."""

    code = 2


class ConfigError(UsageError):
    """A configuration that cannot be used; names the file, the table and the key."""


class StorageError(KlastryError):
    """The database cannot be read or written."""


class DatabaseMissing(StorageError):
    """No database where a published feed says there was one."""


class DatabaseVersion(StorageError):
    """The database was made by a newer klastry."""


class ValueDamaged(StorageError, ValueError):
    """A row of the database holds what is not of the form in which such values are kept."""


class PublishError(KlastryError):
    """The published folder cannot be written."""


class HistoryLocked(KlastryError):
    """Another crawl is at work on this history."""

    code = 5


class PageFault(KlastryError):
    """A page that is not believed. `reason` is of the closed list."""

    code = 3
    reason = "parse"

    def __init__(self, message: str, *, reason: str | None = None, address: str = "") -> None:
        super().__init__(message)
        self.reason = reason or self.reason
        self.address = address
        assert self.reason in REASONS, self.reason


class PageBlocked(PageFault):
    """A block page, captcha or maintenance notice where content was expected."""

    reason = "blocked-page"


class PageUnreadable(PageFault):
    """The layout the reader knows is not there."""

    reason = "layout"


class PageNotWhole(PageFault):
    """The document ends before its end."""

    reason = "not-whole"


class PageDecode(PageFault):
    """The text cannot be decoded without loss."""

    reason = "decode"


class PageGone(PageFault):
    """The page says that it is no longer there (a soft 404)."""

    reason = "soft-404"


class TooFewRecords(PageFault):
    """Fewer records than the source declares or is known to have."""

    reason = "list-shrunk"


class MassChange(PageFault):
    """So many records changed alike that the page is doubted, not the world."""

    reason = "mass-change"


class SourceMoved(PageFault):
    """The page moved where klastry does not follow by itself."""

    reason = "moved"
