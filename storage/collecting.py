"""Reading very many rows, or loading a program, without a search for circular garbage in between."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Lets Python's search for circular garbage rest while the block runs.

    A hundred thousand rows set it off again and again, and hold no circles: it took a sixth of the time of
    a list, a fifth of that of a diff (benchmarks/questions.py).
    """
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """`uncollected`, and what there is at the end is never searched again: it stays until the process ends.

    A program is hundreds of thousands of objects and no garbage: they took a tenth of the time of loading
    it, and as much again of a short run (benchmarks/publish.py).
    """
    with uncollected():
        yield
        gc.freeze()
