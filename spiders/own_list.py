"""Lists that users add in their own klastry.toml."""

from spiders.site import SiteSpider


class OwnList(SiteSpider):
    """Any site: nothing is presumed of it."""

    name = "own_list"
