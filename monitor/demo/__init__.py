"""The demo: four days of model pages of the two sites, visited, told, published and served.

All of it is the real thing, the command `klastry crawl` included, but for the sites: a stand-in
on loopback answers in their place with hand-written pages. Nothing leaves the computer.
"""

from monitor.demo.play import demo

__all__ = ["demo"]
