"""Polish words: what happened, the names of fields and states."""

from collections.abc import Mapping

from monitor.words.language import FieldWords
from storage.records import Kind, Verb


def _text(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(
        label, f"{changed}: {{name}} – {{new}}", f"{given}: {{name}} – {{new}}", f"{gone}: {{name}}"
    )


def _date(label: str, thing: str, given: str, gone: str) -> FieldWords:
    return FieldWords(
        label,
        f"{thing} zmieniony: {{name}} – {{span}}",
        f"{given}: {{name}} – {{new}}",
        f"{gone}: {{name}}",
        later=f"{thing} przesunięty: {{name}} – {{span}}",
        earlier=f"{thing} przyspieszony: {{name}} – {{span}}",
        refined=f"{thing} doprecyzowany: {{name}} – {{new}}",
    )


def _address(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(label, f"{changed}: {{name}}", f"{given}: {{name}}", f"{gone}: {{name}}")


def _title(label: str, changed: str, given: str, gone: str) -> FieldWords:
    return FieldWords(label, f"{changed}: {{old}} → {{new}}", f"{given}: {{new}}", f"{gone}: {{old}}")


FIELDS: Mapping[tuple[Kind, str], FieldWords] = {
    ("cluster", "name"): _title(
        "nazwa", "Poprawiona nazwa klastra", "Podano nazwę klastra", "Nazwa klastra nie jest już podana"
    ),
    ("cluster", "coordinator"): _text(
        "koordynator",
        "Nowy koordynator klastra",
        "Podano koordynatora klastra",
        "Koordynator klastra nie jest już podany",
    ),
    ("cluster", "sectors"): _text(
        "branże", "Zmiana branż klastra", "Podano branże klastra", "Branże klastra nie są już podane"
    ),
    ("cluster", "region"): _text(
        "region", "Zmiana regionu klastra", "Podano region klastra", "Region klastra nie jest już podany"
    ),
    ("cluster", "round"): FieldWords(
        "runda konkursu",
        "Zmiana rundy konkursu: {name} – runda {new} (wcześniej {old})",
        "Podano rundę konkursu: {name} – runda {new}",
        "Runda konkursu nie jest już podana: {name}",
    ),
    ("cluster", "status_from"): _date(
        "początek statusu",
        "Początek statusu",
        "Podano początek statusu",
        "Początek statusu nie jest już podany",
    ),
    ("cluster", "status_until"): FieldWords(
        "koniec statusu",
        "Koniec statusu zmieniony: {name} – {span}",
        "Podano, do kiedy obowiązuje status: {name} – {until}",
        "Nie jest już podane, do kiedy obowiązuje status: {name}",
        later="Status przedłużony {until}: {name}",
        earlier="Status skrócony: {name} – {span}",
        refined="Koniec statusu doprecyzowany: {name} – {new}",
    ),
    ("cluster", "url"): _address(
        "adres strony",
        "Nowy adres strony klastra",
        "Podano adres strony klastra",
        "Adres strony klastra nie jest już podany",
    ),
    ("call", "title"): _title(
        "tytuł", "Poprawiony tytuł naboru", "Podano tytuł naboru", "Tytuł naboru nie jest już podany"
    ),
    ("call", "number"): _text(
        "numer", "Zmiana numeru naboru", "Podano numer naboru", "Numer naboru nie jest już podany"
    ),
    ("call", "programme"): _text(
        "program", "Zmiana programu naboru", "Podano program naboru", "Program naboru nie jest już podany"
    ),
    ("call", "institution"): _text(
        "instytucja",
        "Nabór prowadzi inna instytucja",
        "Podano instytucję prowadzącą nabór",
        "Instytucja prowadząca nabór nie jest już podana",
    ),
    ("call", "announced"): _date(
        "ogłoszenie naboru",
        "Termin ogłoszenia naboru",
        "Podano datę ogłoszenia naboru",
        "Data ogłoszenia naboru nie jest już podana",
    ),
    ("call", "opens"): _date(
        "start naboru",
        "Start naboru",
        "Podano datę startu naboru",
        "Data startu naboru nie jest już podana",
    ),
    ("call", "closes"): FieldWords(
        "termin składania wniosków",
        "Termin naboru zmieniony: {name} – {span}",
        "Podano termin naboru: {name} – {until}",
        "Termin naboru nie jest już podany: {name}",
        later="Termin naboru przesunięty: {name} – {span}",
        earlier="Termin naboru skrócony: {name} – {span}",
        refined="Termin naboru doprecyzowany: {name} – {new}",
    ),
    ("call", "rounds"): FieldWords(
        "rundy naboru",
        "Zmiana rund naboru: {name} – {new}",
        "Podano rundy naboru: {name} – {new}",
        "Rundy naboru nie są już podane: {name}",
    ),
    ("call", "results"): _date(
        "wyniki naboru",
        "Termin wyników naboru",
        "Podano termin wyników naboru",
        "Termin wyników naboru nie jest już podany",
    ),
    ("call", "status"): FieldWords(
        "stan naboru",
        "Zmiana stanu naboru: {name} – {new}",
        "Podano stan naboru: {name} – {new}",
        "Stan naboru nie jest już podany: {name}",
    ),
    ("call", "budget"): FieldWords(
        "budżet",
        "Budżet naboru zmieniony: {name} – {span}",
        "Podano budżet naboru: {name} – {new}",
        "Budżet naboru nie jest już podany: {name}",
        later="Budżet naboru zwiększony: {name} – {span}",
        earlier="Budżet naboru zmniejszony: {name} – {span}",
    ),
    ("call", "grant_max"): FieldWords(
        "maksymalne dofinansowanie",
        "Maksymalne dofinansowanie zmienione: {name} – {span}",
        "Podano maksymalne dofinansowanie: {name} – {new}",
        "Maksymalne dofinansowanie nie jest już podane: {name}",
        later="Maksymalne dofinansowanie zwiększone: {name} – {span}",
        earlier="Maksymalne dofinansowanie zmniejszone: {name} – {span}",
    ),
    ("call", "beneficiaries"): _text(
        "kto może złożyć wniosek",
        "Zmiana, kto może złożyć wniosek",
        "Podano, kto może złożyć wniosek",
        "Nie jest już podane, kto może złożyć wniosek",
    ),
    ("call", "url"): _address(
        "adres strony",
        "Nowy adres strony naboru",
        "Podano adres strony naboru",
        "Adres strony naboru nie jest już podany",
    ),
    ("article", "title"): _title(
        "tytuł",
        "Nowy tytuł wiadomości",
        "Podano tytuł wiadomości",
        "Tytuł wiadomości nie jest już podany",
    ),
    ("article", "published"): FieldWords(
        "data publikacji",
        "Zmiana daty publikacji: {name} – {span}",
        "Podano datę publikacji: {name} – {new}",
        "Data publikacji nie jest już podana: {name}",
    ),
    ("article", "lead"): _address(
        "wstęp",
        "Zmieniony wstęp wiadomości",
        "Wiadomość ma teraz wstęp",
        "Wstęp usunięty z wiadomości",
    ),
    ("article", "text"): _address(
        "treść", "Zmieniona treść wiadomości", "Wiadomość ma teraz treść", "Treść wiadomości usunięta"
    ),
    ("article", "url"): _address(
        "adres strony",
        "Nowy adres wiadomości",
        "Podano adres wiadomości",
        "Adres wiadomości nie jest już podany",
    ),
    ("article", "about"): _address(
        "nabory, których dotyczy",
        "Wiadomość odsyła do innych naborów",
        "Wiadomość odsyła do naboru",
        "Wiadomość nie odsyła już do naboru",
    ),
    ("document", "title"): _title(
        "tytuł",
        "Nowy tytuł dokumentu",
        "Podano tytuł dokumentu",
        "Tytuł dokumentu nie jest już podany",
    ),
    ("document", "url"): _address(
        "adres pliku",
        "Dokument podmieniony",
        "Podano adres dokumentu",
        "Adres dokumentu nie jest już podany",
    ),
    ("document", "belongs_to"): _address(
        "strona, na której jest",
        "Dokument przeniesiony na inną stronę",
        "Podano stronę dokumentu",
        "Strona dokumentu nie jest już podana",
    ),
    ("document", "sha256"): _address(
        "suma kontrolna",
        "Nowa wersja dokumentu",
        "Dokument pobrany",
        "Dokumentu nie można już pobrać",
    ),
    ("document", "media_type"): _text(
        "format pliku",
        "Zmiana formatu dokumentu",
        "Rozpoznano format dokumentu",
        "Format dokumentu nie jest już znany",
    ),
}

KINDS: Mapping[Kind, str] = {
    "cluster": "klaster",
    "call": "nabór",
    "article": "wiadomość",
    "document": "dokument",
}

STATUSES: Mapping[str, str] = {
    "planned": "planowany",
    "open": "trwa",
    "closed": "zakończony",
    "suspended": "zawieszony",
    "settled": "rozstrzygnięty",
}

STATUS_NEWS: Mapping[str, str] = {
    "planned": "Nabór planowany: {name}",
    "open": "Nabór trwa: {name}",
    "closed": "Nabór zakończony: {name}",
    "suspended": "Nabór zawieszony: {name}",
    "settled": "Nabór rozstrzygnięty: {name}",
}

VERBS: Mapping[tuple[Verb, Kind], str] = {
    ("appeared", "cluster"): "Nowy klaster na liście: {name}",
    ("appeared", "call"): "Nowy nabór: {name}",
    ("appeared", "article"): "Nowa wiadomość: {name}",
    ("appeared", "document"): "Nowy dokument: {name}",
    ("disappeared", "cluster"): "Klaster zniknął z listy: {name}",
    ("disappeared", "call"): "Nabór zniknął ze strony: {name}",
    ("disappeared", "article"): "Wiadomość zniknęła ze strony: {name}",
    ("disappeared", "document"): "Dokument zniknął ze strony: {name}",
    ("returned", "cluster"): "Klaster wrócił na listę: {name}",
    ("returned", "call"): "Nabór wrócił na stronę: {name}",
    ("returned", "article"): "Wiadomość wróciła na stronę: {name}",
    ("returned", "document"): "Dokument wrócił na stronę: {name}",
    ("renamed", "cluster"): "Klaster zmienił nazwę: {old} → {new}",
    ("renamed", "call"): "Nabór zmienił tytuł: {old} → {new}",
    ("renamed", "article"): "Wiadomość zmieniła tytuł: {old} → {new}",
    ("renamed", "document"): "Dokument zmienił tytuł: {old} → {new}",
    ("merged", "cluster"): "Dwa wpisy o tym samym klastrze połączone w jeden: {name}",
    ("merged", "call"): "Dwa wpisy o tym samym naborze połączone w jeden: {name}",
    ("merged", "article"): "Dwa wpisy o tej samej wiadomości połączone w jeden: {name}",
    ("merged", "document"): "Dwa wpisy o tym samym dokumencie połączone w jeden: {name}",
    ("retracted", "cluster"): "Sprostowanie: wcześniejsza informacja o klastrze była błędna – {name}",
    ("retracted", "call"): "Sprostowanie: wcześniejsza informacja o naborze była błędna – {name}",
    ("retracted", "article"): "Sprostowanie: wcześniejszy wpis o wiadomości był błędny – {name}",
    ("retracted", "document"): "Sprostowanie: wcześniejszy wpis o dokumencie był błędny – {name}",
}
