"""The fixed texts of the page of one cluster, call, article or document, and of the pictures."""

from collections.abc import Mapping

ENTITY: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "cluster": "Klaster", "call": "Nabór", "article": "Wiadomość", "document": "Dokument",
        "formerly": "Wcześniej pod nazwą: {}.", "absorbed": "Połączone z tym wpisem: {}.",
        "source_page": "Strona źródłowa", "file": "Plik na stronie źródłowej",
        "confirmed": "Ostatni udany odczyt źródła: {}.",
        "published": "Opublikowano {}", "gone": "Strony źródłowej już nie ma albo tego nie pokazuje.",
        "picture": "W czasie", "picture_cluster": "Okresy statusu podane na liście.",
        "picture_call": "Terminy, jakie podawała strona: od startu do końca składania wniosków.",
        "read_at": "odczyt: {}", "dates": "nabór wniosków", "status": "status",
        "facts": "Co mówi strona", "field": "Co", "value": "Wartość", "where": "Gdzie i od kiedy",
        "since_day": "od {}", "since_first": "co najmniej od {}", "printed": "na stronie: „{}”",
        "conflicts": "Źródła podają różne dane",
        "conflicts_how": "Pokazujemy wartość ze źródła, które stoi najbliżej sprawy; tu są wszystkie.",
        "text": "Treść", "text_how": "Tekst ze strony źródłowej, najwyżej {} znaków.",
        "documents": "Dokumenty", "articles": "Wiadomości na ten temat", "calls": "Dotyczy",
        "more": "I starsze: {}. Są na liście.",
        "timeline": "Co się działo", "proof": "dowód", "proof_of": "dowód zmiany: {}",
        "baseline_cluster": "Klaster był już na liście, gdy monitor zaczął ją obserwować.",
        "baseline_call": "Nabór był już na stronie, gdy monitor zaczął ją obserwować.",
        "baseline_article": "Wiadomość była już na stronie, gdy monitor zaczął ją obserwować.",
        "baseline_document": "Dokument był już na stronie, gdy monitor zaczął ją obserwować.",
        "parser": "Poprawka odczytu, bez ogłaszania: {}", "config": "Po zmianie ustawień, bez ogłaszania: {}",
        "backfill": "Z archiwalnej kopii, bez ogłaszania: {}", "source_cause": "Bez ogłaszania: {}",
        "human": "{}",
        "noted": "{source} podaje inaczej, bez ogłaszania: {what}",
        "noted_value": "{field}: {old} → {new}", "noted_disappeared": "już tego nie pokazuje",
        "noted_returned": "znów to pokazuje",
        "gap": "Od {since} do {until} nie było udanego odczytu ({source}). Co zmieniło się wtedy, widać "
        "dopiero po nim.",
        "earlier": "Wcześniejszych zdarzeń: {}. Wszystkie wypisuje polecenie: klastry timeline {}",
        "evidence": "Dowody",
        "evidence_how": "Strony, z których odczytano obecne wartości. Monitor przechowuje je bajt w bajt; "
        "SHA-256 pozwala sprawdzić, że to te same.",
        "page": "Strona", "read": "Odczyt", "sha256": "SHA-256", "what": "Co z niej wiadomo",
        "listed": "obecność na stronie",
        "check": "Na komputerze, na którym działa monitor: klastry timeline {} wypisuje wszystko, co o tym "
        "wiadomo, klastry verify sprawdza całą historię.",
        "merged": "Ten wpis połączono z innym",
        "merged_how": "Okazało się, że dwa wpisy mówią o tym samym. Dalszy ciąg jest tutaj:",
        "withdrawn": "Wpis wycofany",
        "withdrawn_how": "Ten wpis powstał z błędnego odczytu strony albo z decyzji, którą cofnięto, "
        "i niczego już nie opisuje.",
        "lead": "{kind}: fakty ze źródłem i datą, przebieg zmian, dowody.",
    },
    "en": {
        "cluster": "Cluster", "call": "Call", "article": "News", "document": "Document",
        "formerly": "Formerly called: {}.", "absorbed": "Merged with this entry: {}.",
        "source_page": "Source page", "file": "File on the source page",
        "confirmed": "Last good reading of the source: {}.",
        "published": "Published {}", "gone": "The source page is gone, or shows this no more.",
        "picture": "In time", "picture_cluster": "Spells of the status as the list states them.",
        "picture_call": "The dates that the page gave: from the opening to the deadline.",
        "read_at": "read: {}", "dates": "applications", "status": "status",
        "facts": "What the page says", "field": "What", "value": "Value", "where": "Where, since when",
        "since_day": "since {}", "since_first": "at least since {}", "printed": "on the page: “{}”",
        "conflicts": "Sources differ",
        "conflicts_how": "The value shown is that of the source nearest to the matter; here are all.",
        "text": "Text", "text_how": "Text of the source page, at most {} characters.",
        "documents": "Documents", "articles": "News about it", "calls": "About",
        "more": "And older ones: {}. They are on the list.",
        "timeline": "What happened", "proof": "evidence", "proof_of": "evidence of the change: {}",
        "baseline_cluster": "The cluster was on the list when the monitor began to watch it.",
        "baseline_call": "The call was on the page when the monitor began to watch it.",
        "baseline_article": "The article was on the page when the monitor began to watch it.",
        "baseline_document": "The document was on the page when the monitor began to watch it.",
        "parser": "A reading mended, not announced: {}",
        "config": "After a change of settings, not announced: {}",
        "backfill": "From an archived copy, not announced: {}", "source_cause": "Not announced: {}",
        "human": "{}",
        "noted": "{source} says otherwise, not announced: {what}",
        "noted_value": "{field}: {old} → {new}", "noted_disappeared": "it shows this no more",
        "noted_returned": "it shows this again",
        "gap": "From {since} to {until} there was no good reading ({source}). What changed then was seen "
        "only after it.",
        "earlier": "Earlier events: {}. This command prints all of them: klastry timeline {}",
        "evidence": "Evidence",
        "evidence_how": "The pages that the present values were read from. The monitor keeps them byte for "
        "byte; the SHA-256 shows that they are the same.",
        "page": "Page", "read": "Read", "sha256": "SHA-256", "what": "What is known from it",
        "listed": "being on the page",
        "check": "On the computer that runs the monitor: klastry timeline {} prints all that is known of "
        "this, klastry verify verifies the whole history.",
        "merged": "This entry was merged with another",
        "merged_how": "Two entries turned out to speak of the same thing. It goes on here:",
        "withdrawn": "Entry withdrawn",
        "withdrawn_how": "This entry came from a misread page or from a decision that was undone, "
        "and describes nothing any more.",
        "lead": "{kind}: facts with source and date, what changed, evidence.",
    },
}  # fmt: skip
"""The page of one thing."""

YEARS: Mapping[str, Mapping[str, str]] = {
    "pl": {
        "today": "dziś", "table": "To samo w tabeli", "name": "Nazwa", "round": "Runda",
        "start": "Od", "end": "Do", "former": "Wcześniejszy koniec", "legend": "Legenda",
        "clusters": "Status klastrów", "calls": "Nabory",
        "good": "trwa", "coming": "zapowiedziane", "past": "zakończone", "doubt": "nie wiadomo",
        "moved": "koniec podany wcześniej", "frayed": "nie podano, od kiedy lub do kiedy",
        "more": "Na obrazie: {} z {}.",
    },
    "en": {
        "today": "today", "table": "The same as a table", "name": "Name", "round": "Round",
        "start": "From", "end": "Until", "former": "Former end", "legend": "Legend",
        "clusters": "Status of clusters", "calls": "Calls",
        "good": "goes on", "coming": "to come", "past": "over", "doubt": "not known",
        "moved": "an end given before", "frayed": "beginning or end not given",
        "more": "In the picture: {} of {}.",
    },
}  # fmt: skip
"""The pictures."""
