"""The chapter of pages that lie with 200, over days: what is truly gone, and what only seems so."""

# fmt: off
# A table, laid out by hand.

from faults.model import OWN_ROWS, own_list
from faults.of_lies import rejected
from faults.scenario import ANY, CARD, LIST, Given, Page, Scenario, Visit
from faults.tricks import made, rows, status, without

_GONE = {LIST: without(6)}
_LEFT, _CAME_BACK = ("disappeared 0..24",), ("returned 96..120",)
_CLOSING = {LIST: own_list(OWN_ROWS, deadline="24.11.2026")}


def days(name: str, fault: str, shape: str, *visits: Visit, **more: object) -> Scenario:
    """A story told day by day, begun by a visit of its own unless one is given."""
    first = () if visits[0].hours == 0 else (Visit(),)
    return Scenario(name, fault, shape, (*first, *visits), "days", **more)  # type: ignore[arg-type]


def _day(number: float, outcome: str = "complete", told: int = 0, **more: object) -> Visit:
    return Visit(outcome=outcome, told=told, hours=24 * number, **more)  # type: ignore[arg-type]


def _fault(number: float, outcome: str, **more: object) -> Visit:
    return Visit(outcome=outcome, hours=24 * number, truth=None, **more)  # type: ignore[arg-type]


def _deadline(day: str) -> dict[str, object]:
    return {LIST: made(lambda text: text.replace("4.12.2026", day, 1))}


_MANY = {**{number: f"Nowy nabór numer {number}" for number in range(100, 80, -1)}, **OWN_ROWS}
_AMENDED = "Regulamin konkursu po zmianach z 20 listopada"


def _with_file(text: str, number: str, label: str = "Regulamin konkursu") -> str:
    return text.replace("</article>",
    f'<a class="file-download" href="/attachment/{number}">{label}</a></article>')


def _paged(given: Given) -> Page:
    """All calls, four on a page."""
    number = int(given.asked.url.partition("?s=")[2] or 1)
    some = dict(list(_MANY.items())[4 * number - 4 : 4 * number])
    return own_list(some, f"/nabory?s={number + 1}" if number < 6 else "")


def _endless(given: Given) -> Page:
    """Always another new call, and another page after it."""
    number = int(given.asked.url.partition("?s=")[2] or 1)
    return own_list({1000 - number: f"Nabór bez końca {number}"}, f"/nabory?s={number + 1}")


SCENARIOS = (
    days("vanished", "Missing from three lists over two days: one disappearance; back later: one return",
             "register",
         _day(1, content=_GONE), _day(2, "unchanged", content=_GONE),
         _day(3, "unchanged", 1, content=_GONE, news=_LEFT),
         _day(4, "unchanged", content=_GONE), _day(5, told=1, news=_CAME_BACK)),
    days("vanished-between-faults", "The same, with a fault before each of the visits: the same interval",
             "register",
         _fault(0.5, "refused blocked-page", tricks={ANY: rejected}), _day(1, content=_GONE),
         _fault(1.5, "failed http-5xx", tricks={ANY: status(500)}), _day(2, "unchanged", content=_GONE),
         _fault(2.5, "refused not-whole", tricks={LIST: made(lambda text: text[: len(text) // 2])}),
         _day(3, "unchanged", 1, content=_GONE, news=_LEFT), _day(4, "unchanged", content=_GONE),
         _day(5, told=1, news=_CAME_BACK),
         signals=("broke", "recovered", "unstable", "recovered")),
    days("missing-twice", "Missing from two lists and back: nothing told", "register",
         _day(1, content=_GONE), _day(2, "unchanged", content=_GONE), _day(3),
         _day(4, truth="later", told=1)),
    days("back-and-forth", "A deadline moved, and moved back: two changes", "own",
         _day(1, content=_deadline("11.12.2026"), told=1, news=("changed 0..24",)),
         _day(2, told=1, news=("changed 24..48",)), _day(3, "unchanged")),
    days("closed-still-listed", "A call that closed yesterday stands on the list: closed, not gone", "own",
         _day(0, content=_CLOSING), _day(1, "unchanged", content=_CLOSING),
         _day(2, "unchanged", content=_CLOSING),
         _day(3, "unchanged", content=_CLOSING)),
    days("scrolled-off", "Old news scrolls off its window: nothing", "news",
         _day(1, content={LIST: rows(lambda there: there[:2])}),
         _day(2, "unchanged", content={LIST: rows(lambda there: there[:2])}),
         _day(3, "unchanged", content={LIST: rows(lambda there: there[:2])}),
         _day(4, "unchanged", content={LIST: rows(lambda there: there[:2])}),
         _day(5, truth="later", told=1)),
    days("month-turned", "A schedule turns a month, and its first tiles leave: nothing", "calls",
         *(_day(number, "unchanged" if number > 1 else "complete", content={LIST: without(0, 1)})
           for number in range(1, 5))),
    days("card-and-tile-gone", "The tile is gone, and the card answers 404, for days: one disappearance",
             "calls",
         *(_day(number, content={LIST: without(0), CARD: status(404)},
         told=number == 3, news=_LEFT if number == 3 else ()) for number in range(1, 5))),
    days("card-alone-gone", "The card answers 404 for days while the tile stands: nothing told", "calls",
         *(_day(number, content={CARD: status(404)}) for number in range(1, 5))),
    days("list-down-for-days", "404 for the list for five days: nobody loses the status", "register",
         *(_fault(number, "failed gone", tricks={LIST: status(404)}) for number in range(1, 6)),
         _day(6, truth="later", told=1)),
    days("shrunk-for-days", "A third is missing for five days: held all the while", "register",
         *(_fault(number, "partial list-shrunk", tricks={LIST: without(0, 1, 2, 3)}) for number in range(1,
         6)),
         _day(6, truth="later", told=1, news=("appeared 0..144",)),
         unlike=frozenset({"spells", "changes"})),
    days("same-news-again", "Old news listed on top again: not told again", "own",
         _day(1, content={LIST: own_list({9: "Nowy nabór dla klastrów", **OWN_ROWS})}, told=1),
         _day(2), _day(3, content={LIST: own_list({9: "Nowy nabór dla klastrów", **OWN_ROWS})}),
         _day(4)),
    days("file-replaced", "An attachment is replaced, under a new address: told once", "register",
         _day(1, content={LIST: made(lambda text: _with_file(text, "11aa"))}, told=1),
         _day(2, content={LIST: made(lambda text: _with_file(text, "22bb"))}, told=1),
         _day(3, "unchanged", content={LIST: made(lambda text: _with_file(text, "22bb"))})),
    days("file-relabelled", "An attachment is replaced under its address, and its label says so: told once",
             "register",
         _day(1, content={LIST: made(lambda text: _with_file(text, "11aa"))}, told=1),
         _day(2, content={LIST: made(lambda text: _with_file(text, "11aa", _AMENDED))}, told=1,
              news=("changed 24..48",)),
         _day(3, "unchanged", content={LIST: made(lambda text: _with_file(text, "11aa", _AMENDED))})),
    days("file-resized", "An attachment is replaced under its address, and only its size is printed anew: "
             "nothing told, for the file itself is not read", "register",
         _day(1, content={LIST: made(lambda text: _with_file(text, "11aa", "Regulamin (PDF, 1 MB)"))}, told=1),
         _day(2, content={LIST: made(lambda text: _with_file(text, "11aa", "Regulamin (PDF, 2 MB)"))}),
         _day(3, "unchanged", content={LIST: made(lambda text: _with_file(text, "11aa", "Regulamin (PDF, 2 MB)"))})),
    days("window-budget", "Five pages of new calls where a visit reads three: partial, and read on until all "
             "are told", "own",
         _fault(2, "partial budget", tricks={ANY: _paged}, told=12, kept=False, news=("appeared 0..48",) * 12),
         _day(3, told=8, tricks={ANY: _paged}, truth="first", content={LIST: own_list(_MANY)},
              news=("appeared 0..72",) * 8),
         _day(4, "unchanged", content={LIST: own_list(_MANY)}),
         unlike=frozenset({"spells", "changes", "told", "pages"})),
    days("window-endless", "The pager of a window never ends: the budget ends it each day, what is real is told",
             "own",
         _fault(2, "partial budget", tricks={ANY: _endless}, told=3),
         _fault(3, "partial budget", tricks={ANY: _endless}, told=3),
         _day(4, "complete", 1, truth="later"),
         unlike=frozenset({"spells", "changes", "told", "stands", "shown", "pages"})),
)
