"""English words: what happened, the names of fields and states."""

from collections.abc import Mapping

from monitor.words.language import FieldWords
from storage.records import Kind, Verb


def _text(label: str, thing: str) -> FieldWords:
    return FieldWords(
        label,
        f"{thing} changed: {{name}} – {{new}}",
        f"{thing} given: {{name}} – {{new}}",
        f"{thing} no longer given: {{name}}",
    )


def _date(label: str, thing: str, later: str = "moved") -> FieldWords:
    return FieldWords(
        label,
        f"{thing} changed: {{name}} – {{span}}",
        f"{thing} given: {{name}} – {{new}}",
        f"{thing} no longer given: {{name}}",
        later=f"{thing} {later}: {{name}} – {{span}}",
        earlier=f"{thing} brought forward: {{name}} – {{span}}",
        refined=f"{thing} made more exact: {{name}} – {{new}}",
    )


def _money(label: str, thing: str) -> FieldWords:
    return FieldWords(
        label,
        f"{thing} changed: {{name}} – {{span}}",
        f"{thing} given: {{name}} – {{new}}",
        f"{thing} no longer given: {{name}}",
        later=f"{thing} raised: {{name}} – {{span}}",
        earlier=f"{thing} lowered: {{name}} – {{span}}",
    )


def _named(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(label, f"{changed}: {{name}}", f"{given}: {{name}}", f"{gone}: {{name}}")


def _title(label: str, thing: str, changed: str = "corrected") -> FieldWords:
    return FieldWords(
        label,
        f"{thing} {changed}: {{old}} → {{new}}",
        f"{thing} given: {{new}}",
        f"{thing} no longer given: {{old}}",
    )


FIELDS: Mapping[tuple[Kind, str], FieldWords] = {
    ("cluster", "name"): _title("name", "Cluster name"),
    ("cluster", "coordinator"): _text("coordinator", "Cluster coordinator"),
    ("cluster", "sectors"): _text("sectors", "Cluster sectors"),
    ("cluster", "region"): _text("region", "Cluster region"),
    ("cluster", "round"): FieldWords(
        "round of the competition",
        "Round of the competition changed: {name} – round {new} (was {old})",
        "Round of the competition given: {name} – round {new}",
        "Round of the competition no longer given: {name}",
    ),
    ("cluster", "status_from"): _date("start of status", "Start of status"),
    ("cluster", "status_until"): FieldWords(
        "end of status",
        "End of status changed: {name} – {span}",
        "End of status given: {name} – {until}",
        "End of status no longer given: {name}",
        later="Status extended {until}: {name}",
        earlier="Status shortened: {name} – {span}",
        refined="End of status made more exact: {name} – {new}",
    ),
    ("cluster", "url"): _named(
        "page address",
        "New page address of a cluster",
        "Page address of a cluster given",
        "Page address of a cluster no longer given",
    ),
    ("call", "title"): _title("title", "Title of a call"),
    ("call", "number"): _text("number", "Call number"),
    ("call", "programme"): _text("programme", "Programme of a call"),
    ("call", "institution"): _text("institution", "Institution running a call"),
    ("call", "announced"): _date("announced", "Announcement of a call", "put off"),
    ("call", "opens"): _date("opens", "Opening of a call", "put off"),
    ("call", "closes"): FieldWords(
        "deadline",
        "Deadline changed: {name} – {span}",
        "Deadline given: {name} – {until}",
        "Deadline no longer given: {name}",
        later="Deadline moved: {name} – {span}",
        earlier="Deadline brought forward: {name} – {span}",
        refined="Deadline made more exact: {name} – {new}",
    ),
    ("call", "rounds"): _text("rounds", "Rounds of a call"),
    ("call", "results"): _date("results", "Results of a call", "put off"),
    ("call", "status"): _text("state", "State of a call"),
    ("call", "budget"): _money("budget", "Budget of a call"),
    ("call", "grant_max"): _money("largest grant", "Largest grant"),
    ("call", "beneficiaries"): FieldWords(
        "who may apply",
        "Who may apply changed: {name} – {new}",
        "Told who may apply: {name} – {new}",
        "No longer told who may apply: {name}",
    ),
    ("call", "url"): _named(
        "page address",
        "New page address of a call",
        "Page address of a call given",
        "Page address of a call no longer given",
    ),
    ("article", "title"): _title("title", "Title of an article", "changed"),
    ("article", "published"): FieldWords(
        "published",
        "Publication date changed: {name} – {span}",
        "Publication date given: {name} – {new}",
        "Publication date no longer given: {name}",
    ),
    ("article", "lead"): _named(
        "lead", "Lead of an article changed", "An article now has a lead", "Lead removed from an article"
    ),
    ("article", "text"): _named(
        "text", "Text of an article changed", "An article now has a text", "Text of an article removed"
    ),
    ("article", "url"): _named(
        "page address",
        "New address of an article",
        "Address of an article given",
        "Address of an article no longer given",
    ),
    ("article", "about"): _named(
        "calls it is about",
        "An article now leads to other calls",
        "An article now leads to a call",
        "An article no longer leads to a call",
    ),
    ("document", "title"): _title("title", "Title of a document", "changed"),
    ("document", "url"): _named(
        "file address",
        "Document replaced",
        "Address of a document given",
        "Address of a document no longer given",
    ),
    ("document", "belongs_to"): _named(
        "page it is on",
        "Document moved to another page",
        "Page of a document given",
        "Page of a document no longer given",
    ),
    ("document", "sha256"): _named(
        "checksum", "New version of a document", "Document fetched", "Document can no longer be fetched"
    ),
    ("document", "media_type"): _text("file format", "File format of a document"),
}

KINDS: Mapping[Kind, str] = {
    "cluster": "cluster",
    "call": "call",
    "article": "article",
    "document": "document",
}

STATUSES: Mapping[str, str] = {
    "planned": "planned",
    "open": "open",
    "closed": "closed",
    "suspended": "suspended",
    "settled": "settled",
}

STATUS_NEWS: Mapping[str, str] = {
    "planned": "Call planned: {name}",
    "open": "Call is open: {name}",
    "closed": "Call closed: {name}",
    "suspended": "Call suspended: {name}",
    "settled": "Call settled: {name}",
}

VERBS: Mapping[tuple[Verb, Kind], str] = {
    ("appeared", "cluster"): "New cluster on the list: {name}",
    ("appeared", "call"): "New call: {name}",
    ("appeared", "article"): "New article: {name}",
    ("appeared", "document"): "New document: {name}",
    ("disappeared", "cluster"): "Cluster gone from the list: {name}",
    ("disappeared", "call"): "Call gone from the page: {name}",
    ("disappeared", "article"): "Article gone from the page: {name}",
    ("disappeared", "document"): "Document gone from the page: {name}",
    ("returned", "cluster"): "Cluster back on the list: {name}",
    ("returned", "call"): "Call back on the page: {name}",
    ("returned", "article"): "Article back on the page: {name}",
    ("returned", "document"): "Document back on the page: {name}",
    ("renamed", "cluster"): "Cluster renamed: {old} → {new}",
    ("renamed", "call"): "Call renamed: {old} → {new}",
    ("renamed", "article"): "Article renamed: {old} → {new}",
    ("renamed", "document"): "Document renamed: {old} → {new}",
    ("merged", "cluster"): "Two entries for one cluster merged: {name}",
    ("merged", "call"): "Two entries for one call merged: {name}",
    ("merged", "article"): "Two entries for one article merged: {name}",
    ("merged", "document"): "Two entries for one document merged: {name}",
    ("retracted", "cluster"): "Correction: what we told of a cluster was wrong – {name}",
    ("retracted", "call"): "Correction: what we told of a call was wrong – {name}",
    ("retracted", "article"): "Correction: what we told of an article was wrong – {name}",
    ("retracted", "document"): "Correction: what we told of a document was wrong – {name}",
}
