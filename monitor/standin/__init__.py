"""A stand-in for the real hosts, on loopback: an HTTP proxy that answers everything itself.

It never connects anywhere. A client that is told to use it as its proxy, and to trust the
authority it made, asks real addresses over real HTTP and TLS and gets the answers given here.
The demo shows the main job with it; the tests break it in every way a site may break.
"""

from monitor.standin.answers import Answer, Asked, Pages, conditional
from monitor.standin.server import StandIn

__all__ = ["Answer", "Asked", "Pages", "StandIn", "conditional"]
