"""English words: what happened, the names of fields and states."""

from collections.abc import Mapping
from dataclasses import replace

from monitor.words.language import FieldWords
from storage.records import Kind, Verb


def _text(label: str, thing: str) -> FieldWords:
    return FieldWords(
        label,
        f"{thing} changed: {{name}} – {{new}}",
        f"{thing} added: {{name}} – {{new}}",
        f"{thing} no longer stated: {{name}}",
    )


def _date(label: str, thing: str, new: str = "{new}") -> FieldWords:
    return FieldWords(
        label,
        f"{thing} changed: {{name}} – {{span}}",
        f"{thing} announced: {{name}} – {new}",
        f"{thing} no longer stated: {{name}}",
        later=f"{thing} put off: {{name}} – {{span}}",
        earlier=f"{thing} brought forward: {{name}} – {{span}}",
        refined=f"{thing} now exact: {{name}} – {{new}}",
    )


def _money(label: str, thing: str) -> FieldWords:
    return FieldWords(
        label,
        f"{thing} changed: {{name}} – {{span}}",
        f"{thing} announced: {{name}} – {{new}}",
        f"{thing} no longer stated: {{name}}",
        later=f"{thing} raised: {{name}} – {{span}}",
        earlier=f"{thing} lowered: {{name}} – {{span}}",
    )


def _bare(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(label, f"{changed}: {{name}}", f"{given}: {{name}}", f"{gone}: {{name}}")


def _address(label: str, of: str) -> FieldWords:
    return _bare(label, f"New address of {of}", f"Address of {of} added", f"Address of {of} no longer stated")


def _title(label: str, thing: str, changed: str = "corrected") -> FieldWords:
    return FieldWords(
        label,
        f"{thing} {changed}: {{old}} → {{new}}",
        f"{thing} added: {{new}}",
        f"{thing} no longer stated: {{old}}",
    )


FIELDS: Mapping[tuple[Kind, str], FieldWords] = {
    ("cluster", "name"): _title("name", "Cluster name"),
    ("cluster", "coordinator"): _text("coordinator", "Cluster coordinator"),
    ("cluster", "sectors"): _text("sectors", "Cluster sectors"),
    ("cluster", "region"): _text("region", "Cluster region"),
    ("cluster", "round"): FieldWords(
        "round of the competition",
        "Round of the competition changed: {name} – round {new} (was {old})",
        "Round of the competition added: {name} – round {new}",
        "Round of the competition no longer stated: {name}",
    ),
    ("cluster", "status_from"): _date("start of status", "Start of status"),
    ("cluster", "status_until"): replace(
        _date("end of status", "End of status", "{until}"),
        later="Status extended {until}: {name}",
        earlier="Status shortened, now {until}: {name}",
    ),
    ("cluster", "url"): _address("page address", "a cluster's page"),
    ("call", "title"): _title("title", "Call title"),
    ("call", "number"): _text("number", "Call number"),
    ("call", "programme"): _text("programme", "Call programme"),
    ("call", "institution"): FieldWords(
        "institution",
        "Call now run by another institution: {name} – {new}",
        "Institution running the call added: {name} – {new}",
        "Institution running the call no longer stated: {name}",
    ),
    ("call", "announced"): replace(
        _date("announced", "Announcement date"), given="Announcement date added: {name} – {new}"
    ),
    ("call", "opens"): _date("opens", "Opening date"),
    ("call", "closes"): replace(
        _date("deadline", "Deadline", "{until}"), later="Deadline moved: {name} – {span}"
    ),
    ("call", "rounds"): _text("rounds", "Call rounds"),
    ("call", "results"): _date("results", "Date of results"),
    ("call", "status"): _text("state", "State of a call"),
    ("call", "budget"): _money("budget", "Call budget"),
    ("call", "grant_max"): _money("largest grant", "Largest grant"),
    ("call", "beneficiaries"): _text("who may apply", "Eligible applicants"),
    ("call", "url"): _address("page address", "a call's page"),
    ("article", "title"): _title("title", "Article title", "changed"),
    ("article", "published"): FieldWords(
        "published",
        "Publication date changed: {name} – {span}",
        "Publication date added: {name} – {new}",
        "Publication date no longer stated: {name}",
        refined="Publication date now exact: {name} – {new}",
    ),
    ("article", "lead"): _bare("lead", "Article lead changed", "Article lead added", "Article lead removed"),
    ("article", "text"): _bare("text", "Article text changed", "Article text added", "Article text removed"),
    ("article", "url"): _address("page address", "an article"),
    ("article", "about"): _bare(
        "calls it is about",
        "Links to calls changed in an article",
        "Link to a call added in an article",
        "Links to calls removed from an article",
    ),
    ("document", "title"): _title("title", "Document title", "changed"),
    ("document", "url"): _bare(
        "file address", "Document replaced", "Document address added", "Document address no longer stated"
    ),
    ("document", "belongs_to"): _bare(
        "page it is on",
        "Document now on another page",
        "Now known which page the document is on",
        "No longer known which page the document is on",
    ),
    ("document", "sha256"): _bare(
        "checksum", "New version of a document", "Document fetched", "Document can no longer be fetched"
    ),
    ("document", "media_type"): FieldWords(
        "file format",
        "Document format changed: {name} – {new}",
        "Document format recognised: {name} – {new}",
        "Document format no longer known: {name}",
    ),
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
    ("disappeared", "cluster"): "Cluster no longer on the list: {name}",
    ("disappeared", "call"): "Call no longer on the page: {name}",
    ("disappeared", "article"): "Article no longer on the page: {name}",
    ("disappeared", "document"): "Document no longer on the page: {name}",
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
    ("retracted", "cluster"): "Correction: the news of a cluster was wrong – {name}",
    ("retracted", "call"): "Correction: the news of a call was wrong – {name}",
    ("retracted", "article"): "Correction: the news of an article was wrong – {name}",
    ("retracted", "document"): "Correction: the news of a document was wrong – {name}",
}

NO_NEWS: Mapping[Kind, str] = {
    "cluster": "Cluster on the list: {name}",
    "call": "Call: {name}",
    "article": "Article: {name}",
    "document": "Document: {name}",
}
