"""The fixed texts of the page of one change and of its citation."""

from collections.abc import Mapping

EVIDENCE: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "index": "Wszystkie zmiany", "skip": "Przejdź do treści",
        "lead": "Dowód zmiany nr {} zauważonej przez monitor oficjalnych stron.",
        "change": "Co się zmieniło", "begun": "Od czego się zaczęło", "value": "Wartość",
        "known": "Co było wtedy wiadomo", "when": "Kiedy",
        "utc": "W czasie UTC: po {after}, nie później niż {by}.", "utc_seen": "W czasie UTC: {by}.",
        "recorded": "Zapisano: {} (czas warszawski).",
        "evidence": "Strona, z której to odczytano",
        "no_evidence": "To wpis monitora o sobie samym: nie stoi za nim żadna strona.",
        "asked": "Adres", "reached": "Odpowiedział adres", "read": "Odczyt",
        "status": "Odpowiedź HTTP", "size": "Treść", "bytes": "{} B, {}", "sha256": "SHA-256 pliku",
        "content": "SHA-256 czytanego fragmentu", "reader": "Odczytał", "version": "{}, wersja {}",
        "visit": "Nr wizyty",
        "ledger": "Zapis w księdze", "row": "Nr wpisu", "digest": "Skrót wpisu",
        "ledger_how": "Skrót powstaje ze skrótu poprzedniego wpisu i z treści tego: kto chciałby "
        "zmienić coś wstecz, musiałby zmienić także wszystkie następne wpisy.",
        "check": "Jak to sprawdzić",
        "check_how": "Na komputerze, na którym działa monitor: cite zapisuje stronę taką, jaką odczytano, "
        "sha256sum oblicza jej SHA-256, verify sprawdza całą historię.",
        "check_bare": "Na komputerze, na którym działa monitor, to polecenie sprawdza całą historię.",
        "cite": "Jak to zacytować", "file": "strona-{}.html",
        "citation": "„{what}”. Źródło: {title}, {address}, odczyt {read} (czas warszawski), SHA-256 "
        "{sha256}. Monitor klastry, zmiana nr {number}, wpis księgi nr {row}, skrót {digest}{page}.",
        "citation_bare": "„{what}”. Monitor klastry, zmiana nr {number}, wpis księgi nr {row}, skrót "
        "{digest}{page}.",
        "retracted": "Uwaga: sprostowano w zmianie nr {number}.",
        "foot": "Dowód nie rozstrzyga, czy strona mówiła prawdę.",
    },
    "en": {
        "index": "All changes", "skip": "Skip to the content",
        "lead": "Evidence of change no. {} seen by the monitor of the official pages.",
        "change": "What changed", "begun": "What it began with", "value": "Value",
        "known": "What was known then", "when": "When",
        "utc": "In UTC: after {after}, not later than {by}.", "utc_seen": "In UTC: {by}.",
        "recorded": "Recorded: {} (Warsaw time).",
        "evidence": "The page it was read from",
        "no_evidence": "This is an entry of the monitor about itself: no page stands behind it.",
        "asked": "Address", "reached": "Answered by", "read": "Read",
        "status": "HTTP status", "size": "Body", "bytes": "{} B, {}", "sha256": "SHA-256 of the body",
        "content": "SHA-256 of what is read", "reader": "Reader", "version": "{}, version {}",
        "visit": "Visit no.",
        "ledger": "In the ledger", "row": "Row no.", "digest": "Digest of the row",
        "ledger_how": "The digest is made of the digest before it and of what this row holds: whoever "
        "altered anything back in time would have to alter every row after it.",
        "check": "How to verify it",
        "check_how": "On the computer that runs the monitor: cite writes the page as it was read, sha256sum "
        "computes its SHA-256, verify verifies the whole history.",
        "check_bare": "On the computer that runs the monitor, this command verifies the whole history.",
        "cite": "How to cite it", "file": "page-{}.html",
        "citation": "“{what}”. Source: {title}, {address}, read {read} (Warsaw time), SHA-256 {sha256}. "
        "Monitor klastry, change no. {number}, ledger row no. {row}, digest {digest}{page}.",
        "citation_bare": "“{what}”. Monitor klastry, change no. {number}, ledger row no. {row}, digest "
        "{digest}{page}.",
        "retracted": "Note: retracted by change no. {number}.",
        "foot": "Evidence does not decide whether the page was right.",
    },
}  # fmt: skip
