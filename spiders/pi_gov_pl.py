"""The Portal Innowacji (pi.gov.pl) and PARP, which owned it and succeeds it."""

from spiders.signs import Habits
from spiders.site import SiteSpider
from storage.records import fold


class PiGovPl(SiteSpider):
    """PARP answers for dead call cards with its home page, under their address and with 200."""

    name = "pi_gov_pl"
    habits = Habits(
        gone_titles=frozenset(
            map(fold, ("PARP - Centrum Rozwoju MŚP - www.parp.gov.pl", "PARP - Centrum Rozwoju MŚP"))
        )
    )
