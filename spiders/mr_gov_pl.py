"""The ministry responsible for development, on gov.pl and on its older host mr.gov.pl."""

import re

from spiders.signs import Habits
from spiders.site import SiteSpider


class MrGovPl(SiteSpider):
    """The portal sends dead addresses to the home page of the unit, or to its own."""

    name = "mr_gov_pl"
    habits = Habits(homes=re.compile(r"/(?:web(?:/[^/]+)?/?)?"))
