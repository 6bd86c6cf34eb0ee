"""One visit, decided: from what the pages said and what is known, to what is written and told.

Pure. The steps of the house in order: check, identify, compare, resolve; `storage` remembers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipelines import check, clock
from pipelines.cards import missed, read_details
from pipelines.draft import ABOUT_THE_LIST, Draft, kind_at, list_page
from pipelines.identify import scoped
from pipelines.listing import read_list
from pipelines.mixed_up import with_missed_details
from pipelines.news import changes
from storage.errors import MassChange, PageFault
from storage.past import GONE, UNREAD, Decision, Doubt, PageUpdate, Past, Refused
from storage.records import LIST, Gone, Key, Missed, Page, Reading, Said, Snapshot, Source, Unchanged

_HELD = {"rename": "perhaps renamed: "}
"""What a doubt about the list is of, where its own words do not say so."""


def keys_of(source: Source, snapshot: Snapshot) -> set[Key]:
    """All keys of the records of a visit: what `Past` must know the holders of."""
    readings = [(LIST, reading) for reading in snapshot.pages] + list(snapshot.details.items())
    return {
        key
        for page, reading in readings
        if isinstance(reading, Said)
        for record in reading.records
        for key in scoped(source.id, page, record).keys
    }


def decide(
    source: Source,
    snapshot: Snapshot,
    past: Past,
    *,
    trust_clock: bool = False,
    heard: Sequence[datetime] = (),
    believed: frozenset[str] = frozenset(),
) -> Decision:
    """What this visit changes. A list that is not believed changes nothing but `visit`.

    `trust_clock` leaves out the test of our own clock (recordings and given times); `heard` are
    the times (UTC) that other answers of the same run gave. `believed` names kinds of doubt that a
    person has put aside for this reading. The detail tells later visits of every host that wants to
    be left alone.
    """
    standing, why = "ok", None
    if not trust_clock:
        standing, why = clock.judge(snapshot.at, (*snapshot.dates, *heard), past.clock)
    decision = _decided(source, snapshot, past, believed, standing, why)
    said = decision.detail or ""
    detail = "; ".join(filter(None, (said, *(rest for rest in snapshot.rests if rest not in said))))
    return replace(
        decision, detail=detail or None, clock="suspect" if decision.reason == "clock" else standing
    )


def _decided(
    source: Source, snapshot: Snapshot, past: Past, believed: frozenset[str], standing: str, why: str | None
) -> Decision:
    fault = check.list_fault(snapshot, kind_at(source, snapshot.address))
    if standing == "suspect" or (why and not fault):
        return Decision(snapshot, "refused", "clock", why)
    if fault:
        return _disbelieved(snapshot, fault.reason, fault.detail, fault.page)
    return _read(source, snapshot, past, believed)


def _read(source: Source, snapshot: Snapshot, past: Past, believed: frozenset[str]) -> Decision:
    draft = Draft(source, with_missed_details(snapshot, past), past, believed)
    try:
        if draft.list_said:
            read_list(draft)
        read_details(draft)
    except MassChange as error:
        return _doubted(draft, error)
    except PageFault as error:
        return _disbelieved(snapshot, error.reason, str(error), _list_page(snapshot))
    return _sealed(draft)


def _disbelieved(snapshot: Snapshot, reason: str, detail: str, page: Page | None) -> Decision:
    refused = (Refused(LIST, page, reason),) if page and page.body else ()
    return Decision(snapshot, check.state_of(reason), reason, detail, missed=1, refused=refused)


def _doubted(draft: Draft, error: MassChange) -> Decision:
    """A page refused whole that a person may believe: one review for one content."""
    decision = _disbelieved(draft.snapshot, error.reason, str(error), _list_page(draft.snapshot))
    doubt = Doubt("mass-change", draft.source.id, draft.contents, str(error), LIST)
    kept = tuple(
        Refused(list_page(number), reading.page, error.reason)
        for number, reading in enumerate(draft.snapshot.pages)
        if isinstance(reading, Said)
    )
    return replace(decision, doubts=_not_asked_yet([doubt], draft.past), refused=kept)


def _sealed(draft: Draft) -> Decision:
    groups = changes(draft)
    if draft.baseline:  # what archives said before watching began is no news
        groups = [tuple(replace(row, baseline=True) for row in group) for group in groups]
    state, reason, detail = _outcome(draft)
    doubts = [*draft.doubts, *draft.identities.doubts]
    return Decision(
        draft.snapshot,
        state,
        reason,
        detail,
        list=draft.proof,
        missed=len(missed(draft)),
        records=draft.records,
        entities=tuple(draft.identities.entities),
        keys=tuple(draft.identities.keys),
        begun=tuple(draft.turns.begun),
        ended=tuple(draft.turns.ended),
        frozen=tuple(draft.turns.frozen),
        thawed=tuple(draft.turns.thawed),
        changes=tuple(groups),
        doubts=_not_asked_yet(doubts, draft.past),
        settled=_settled(draft, doubts),
        pages=_page_updates(draft.snapshot),
        refused=_refused(draft),
    )


def _refused(draft: Draft) -> tuple[Refused, ...]:
    """The pages, of the list and of details, that a visit which is believed did not believe.

    And the first answers that a detail page is gone, which may come to prove a loss.
    """
    snapshot, known = draft.snapshot, draft.past.pages
    lists = ((list_page(number), reading) for number, reading in enumerate(snapshot.pages))
    missed = [
        Refused(page, reading.page, reading.reason)
        for page, reading in (*lists, *snapshot.details.items())
        if isinstance(reading, Missed) and reading.page and reading.page.body
    ]
    gone = [
        Refused(page, reading.page, GONE)
        for page, reading in snapshot.details.items()
        if isinstance(reading, Gone) and reading.page and page in known and not known[page].gone_since
    ]
    return (*missed, *gone)


def _outcome(draft: Draft) -> tuple[str, str | None, str | None]:
    """State, reason and detail of a visit whose list is believed."""
    snapshot, faults = draft.snapshot, missed(draft)
    later = [reading for reading in snapshot.pages if isinstance(reading, Missed | Gone)]
    if later:
        return "partial", later[0].reason, f"a later page of the list was missed: {later[0].address}"
    if snapshot.unread:
        return "partial", "budget", UNREAD
    if faults:
        count = f"{len(faults)} of {len(snapshot.details)} detail pages missed"
        return "partial", faults[0].reason, f"{count}, first {faults[0].address}: {faults[0].detail}"
    if snapshot.stopped:
        return "partial", snapshot.stopped, "the visit ended before all pages were asked"
    if draft.waiting:
        counts = "; ".join(_HELD.get(each.kind, "") + each.counts for each in draft.waiting)
        return "partial", "list-shrunk", f"held for a person: {counts}"
    all_read = (*snapshot.pages, *snapshot.details.values())
    state = "unchanged" if all(isinstance(reading, Unchanged) for reading in all_read) else "complete"
    if snapshot.moved_to:
        return state, "moved", f"moved to {snapshot.moved_to}"
    return state, None, None


def _not_asked_yet(doubts: list[Doubt], past: Past) -> tuple[Doubt, ...]:
    asked = {(doubt.kind, doubt.subject) for doubt in past.doubts if doubt.open or doubt.verdict == "reject"}
    return tuple(doubt for doubt in doubts if (doubt.kind, doubt.subject) not in asked)


def _settled(draft: Draft, doubts: list[Doubt]) -> tuple[Doubt, ...]:
    """Open doubts that the list, believed again, no longer raises.

    Only a whole list can tell who is not on it.
    """
    met = {(doubt.kind, doubt.subject) for doubt in doubts}
    read = draft.list_said and draft.snapshot.whole
    kinds = (*ABOUT_THE_LIST, "mass-change") if read else ("mass-change",)
    return tuple(
        doubt
        for doubt in draft.past.doubts
        if doubt.open and doubt.kind in kinds and (doubt.kind, doubt.subject) not in met
    )


def _list_page(snapshot: Snapshot) -> Page | None:
    return next((reading.page for reading in snapshot.pages if isinstance(reading, Said)), None)


def _page_updates(snapshot: Snapshot) -> tuple[PageUpdate, ...]:
    cut = snapshot.unread or any(isinstance(reading, Missed | Gone) for reading in snapshot.pages)
    lists = [
        _page_update(list_page(number), reading, again=cut) for number, reading in enumerate(snapshot.pages)
    ]
    details = [_page_update(page, reading) for page, reading in snapshot.details.items()]
    return tuple(update for update in (*lists, *details) if update)


def _page_update(key: str, reading: Reading, *, again: bool = False) -> PageUpdate | None:
    """`again`: of a list that was not read to its end, every page is wanted again."""
    address, at = reading.address, reading.at
    if isinstance(reading, Said):
        etag, modified = (reading.page.headers.get(name) for name in ("etag", "last-modified"))
        return PageUpdate(key, address, at, reading, etag, modified, full=True, revalidated=True, again=again)
    if isinstance(reading, Unchanged):
        etag, modified = reading.validators or (None, None)
        revalidated = reading.validators is not None
        return PageUpdate(
            key, address, at, None, etag, modified, full=reading.full, revalidated=revalidated, again=again
        )
    if isinstance(reading, Gone):
        return PageUpdate(key, address, at, gone=True)
    return None
