"""What the view `statuses` owes to the change log."""

from storage.history import History


def losses_are_ends_of_statuses(history: History, expected: int) -> None:
    """Each of the `expected` losses of clusters in the log ends a row of the same source and times."""
    ends = {
        (row["entity"], row["source"], row["last_seen"], row["gone_by"]): row["how"]
        for row in history.rows("statuses")
    }
    losses = history.changes(equal={"kind": "cluster", "verb": "disappeared"})
    assert len(losses) == expected
    for row in losses:
        how = ends[row["entity"], row["source"], row["seen_after"], row["seen_by"]]
        assert how in ("ended early", "expired", "unknown"), row
