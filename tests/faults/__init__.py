"""Everything that sites do to a monitor: one table of scenarios, played to the real `klastry crawl`.

`table.CATALOGUE` is the table, `crowd.Crowd` plays it (many sources in one crawl, and beside them the
twin that never met a fault), `checks` says what must be true after every case.
"""
