"""`python -m monitor.cli`: the same as the command `klastry`."""

import sys

from monitor.cli import main

sys.exit(main())
