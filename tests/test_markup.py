"""From bytes to text to a tree; all pages here are hand-written models."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.markup import (
    attachments,
    base_of,
    check_whole,
    content_text,
    decode,
    lines_of,
    link,
    soup,
    text_of,
)
from storage.errors import PageDecode, PageNotWhole, PageUnreadable
from storage.records import Key, Page

steady = settings(derandomize=True, max_examples=100, deadline=None, database=None)
ADDRESS = "https://www.gov.pl/web/rozwoj-technologia/klastry"
SENTENCE = "Zażółć gęślą jaźń: ŁÓDŹ, Świętokrzyskie Ćwierćwiecze"
LETTERS = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"


def page(body: bytes | str, content_type: str = "text/html; charset=utf-8") -> Page:
    raw = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type} if content_type else {}
    return Page(ADDRESS, ADDRESS, datetime(2026, 11, 4, tzinfo=UTC), 200, headers, raw)


def html(text: str) -> str:
    return f"<!doctype html><html><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-2", "windows-1250", "latin1", "x-unknown", ""])
@pytest.mark.parametrize(
    "charset",
    [
        "utf-8",
        "utf-8-sig",
        "windows-1250",
        "iso-8859-2",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
    ],
)
def test_bytes_outrank_what_is_declared(charset: str, declared: str) -> None:
    text = html(f'<meta charset="{declared}">{SENTENCE}')
    content_type = f"text/html; charset={declared}" if declared else ""
    assert decode(page(text.encode(charset), content_type)) == text


def test_typography_of_windows_1250() -> None:
    text = html("„Klaster” – Łódź… 25 °C ± 3 ©")
    assert decode(page(text.encode("windows-1250"), "text/html; charset=iso-8859-2")) == text
    text = html("Łódź, 25 °C ± 3")
    assert decode(page(text.encode("windows-1250"), "")) == text


words = st.lists(st.text(st.sampled_from(LETTERS + "aeiouklmnrstwz"), min_size=2, max_size=9), max_size=12)


@steady
@given(words, st.sampled_from(["utf-8", "utf-8-sig", "windows-1250", "iso-8859-2", "utf-16"]))
def test_any_polish_text_comes_back_whole(text: list[str], charset: str) -> None:
    whole = html(f"{SENTENCE} {' '.join(text)}")
    assert decode(page(whole.encode(charset))) == whole


@steady
@given(st.integers(0, 200), st.sampled_from([b"\xb9", b"\xff", b"\xc5", b"\xe2\x80"]))
def test_utf8_with_a_bad_byte_is_refused(place: int, bad: bytes) -> None:
    good = html(SENTENCE * 3)
    cut = len(good[:place].encode())
    with pytest.raises(PageDecode):
        decode(page(good.encode()[:cut] + bad + good.encode()[cut:]))


@pytest.mark.parametrize("charset", ["cp1250", "cp1252", "latin-1", "iso8859-2"])
@pytest.mark.parametrize("letter", LETTERS)
def test_text_encoded_twice_is_refused(charset: str, letter: str) -> None:
    spoilt = letter.encode().decode(charset, errors="ignore")
    if len(spoilt) == 2:
        with pytest.raises(PageDecode, match="twice"):
            decode(page(html(f"Klaster {spoilt}")))


@pytest.mark.parametrize(
    "spoilt",
    [
        "W³adys³aw",
        "wzi±æ",
        "klaster &#313;&#8218;",
        "â€žKlasterâ€ť",
        "\ufffd",
        "&#xFFFD;",
        "&#65533;",
        "&#0;",
    ],
)
def test_other_damage_is_refused(spoilt: str) -> None:
    with pytest.raises(PageDecode) as fault:
        decode(page(html(f"Łódź {spoilt}")))
    assert fault.value.reason == "decode"
    assert fault.value.address == ADDRESS


@pytest.mark.parametrize(
    "body",
    [
        html("Кластер инноваций").encode("cp1251"),
        html("Zażółć gęślą jaźń").encode("cp852"),
        html("\u30af\u30e9\u30b9\u30bf").encode("shift_jis"),
        b"\xff\xfe<\x00h",  # a half character follows the byte order mark
        b"\xff\xfe<\x00\x00",
        b"\xef\xbb\xbfabc\xff",
    ],
)
def test_foreign_or_broken_bytes_never_become_replacement_characters(body: bytes) -> None:
    try:
        text = decode(page(body))
    except PageDecode:
        return
    assert "\ufffd" not in text
    assert body.startswith(b"\xff\xfe<\x00h")


@steady
@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_without_loss_or_refused(body: bytes) -> None:
    try:
        text = decode(page(body))
    except PageDecode:
        return
    assert "\ufffd" not in text
    assert "\0" not in text


@pytest.mark.parametrize("text", ["m³/h", "5 ± 2", "klaster¹ i", "É. Zola, Müller & Söhne, Łódź", "a\u00adb"])
def test_what_only_looks_like_damage_is_read(text: str) -> None:
    assert decode(page(html(text))) == html(text)


def test_ways_a_document_ends() -> None:
    check_whole(html("a"))
    check_whole("<html><body><div>a</div></BODY >\n<!-- 0.12 s --><script>var a = '<div>';</script>")
    check_whole("<html><body><div><ul><li>a</ul></div>")
    check_whole("<section><div class='a'>x</div></section>")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><head><title>a</title>",
        "<html><body><p>abc",
        "<html><body><div><ul><li>a",
        "<html><body><div>a</div><div",
        "<html><body><div>a</div><script>var a",
        "<html><body><div>a</div><!-- </body></html>",
        "<html><body><iframe srcdoc='</html>'></iframe><div>" + "a" * 3000,
    ],
)
def test_documents_that_end_too_early(text: str) -> None:
    with pytest.raises(PageNotWhole):
        check_whole(text)


def test_every_cut_within_the_content_is_noticed() -> None:
    whole = "<html><body><main><div><ul>" + "<li>klaster</li>" * 20 + "</ul></div></main></body></html>"
    for end in range(whole.index("</main>") + len("</main>")):
        with pytest.raises(PageNotWhole):
            check_whole(whole[:end])


def test_text_and_lines() -> None:
    tree = soup(
        page(
            "<html><head><title>nie</title><style>p{}</style></head><body>"
            "<p>Termin:&nbsp;30.0<b>9</b>.2026</p><!-- <a href='/x'>ukryty</a> -->"
            "<div>a<br>b<script>zle()</script><template>c</template><noscript>d</noscript></div>"
            "<table><tr><td>e</td><td>f</td></tr></table><span>  g </span></body></html>"
        )
    )
    assert lines_of(tree) == ["Termin: 30.09.2026", "a", "b", "e", "f", "g"]
    assert text_of(tree) == "Termin: 30.09.2026 a b e f g"
    assert text_of(tree, " | ").endswith("e | f | g")
    assert tree.title is not None
    assert text_of(tree.title) == "nie"


def test_only_some_elements() -> None:
    tree = soup(page("<html><body><p>a</p><article><p>b</p></article></body></html>"), only="article")
    assert text_of(tree) == "b"


def test_content_overlooks_what_changes_at_each_load() -> None:
    first = (
        '<div><form><input type="hidden" name="__RequestVerificationToken" value="1"></form>'
        '<script>var a = 1</script><p>Klastry</p> <a class="x" href="/a?utm_source=1#b">plik</a></div>'
    )
    second = (
        '<div><form><input type="hidden" name="__RequestVerificationToken" value="2"></form>'
        '<script>var a = 2</script>\n<!-- 3 -->\n<p>Klastry\n </p><a href=" /a?utm_source=7">plik</a></div>'
    )
    assert content_text(soup(page(first))) == content_text(soup(page(second)))
    for said, instead in (("/a?", "/b?"), ("plik", "pliki"), ("Klastry", "")):
        changed = first.replace(said, instead)
        assert content_text(soup(page(changed))) != content_text(soup(page(first)))


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>" + "<div>" * 50_000 + "klaster" + "</div>" * 50_000 + "</body></html>",
        "<html><body>" + "<b>" * 50_000 + "klaster",
        "<html><body>" + "<div><p>" * 50_000 + "klaster",
    ],
)
def test_nested_beyond_reason(body: str) -> None:
    with pytest.raises(PageUnreadable):
        soup(page(body))


def test_wide_pages_are_read() -> None:
    body = "<ul>" + "<li>klaster" * 20_000 + "</ul>"
    assert len(lines_of(soup(page(body)))) == 20_000
    deep = "<div>" * 490 + "klaster" + "</div>" * 490
    assert text_of(soup(page(deep))) == "klaster"


def test_tags_in_deep_tags_take_their_time_only_up_to_a_depth() -> None:
    begun = process_time()
    with pytest.raises(PageUnreadable, match="nested more than"):
        soup(page("<html><body>" + "<div>" * 1_900 + "x<br>" * 24_000))
    assert process_time() - begun < 1


def test_text_without_some_of_the_elements_in_it() -> None:
    node = soup(page("<li>Klaster <b>A</b><ul><li>jego <i>część</i></li></ul>, Łódź<ol><li>2</li></ol></li>"))
    assert text_of(node, without=("ol", "ul")) == "Klaster A, Łódź"


def test_text_in_rows_in_rows_is_not_read_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spiders.markup.MOST_WALKED", 1_000_000)
    tree = soup(page("<div>" * 400 + "słowo " * 3_000))
    begun = process_time()
    with pytest.raises(PageUnreadable, match="within each other"):
        "".join(map(text_of, tree.find_all("div")))
    assert process_time() - begun < 1


def test_hostile_markup_takes_linear_time() -> None:
    for text in ("<!--" * 100_000, "<script>" * 100_000, "<div " * 100_000, "<" * 300_000):
        with pytest.raises(PageNotWhole):
            check_whole(text)


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><body>&x;</body></html>',
        '<?xml version="1.0"?><rss version="2.0"><channel/></rss>',
        "sam tekst",
        "https://example.org/",
        "",
    ],
)
def test_what_is_not_html(body: str) -> None:
    with pytest.raises(PageUnreadable) as fault:
        soup(page(body))
    assert fault.value.reason == "type"


def test_xhtml_is_html() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-2"?><!DOCTYPE html><html xmlns="x"><p>ą</p></html>'
    assert text_of(soup(page(body))) == "ą"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/attachment/1", "https://www.gov.pl/attachment/1"),
        (" ?page=2\n", ADDRESS + "?page=2"),
        ("nabor#terminy", "https://www.gov.pl/web/rozwoj-technologia/nabor"),
        ("//www.parp.gov.pl/a ", "https://www.parp.gov.pl/a"),
        ("HTTP://example.org/Łódź i okolice", "http://example.org/%C5%81%C3%B3d%C5%BA%20i%20okolice"),
        ("/pli\nki\\a.pdf", "https://www.gov.pl/pliki/a.pdf"),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.parp.gov.pl%2Fa%3Fb%3D1&data=x",
            "https://www.parp.gov.pl/a?b=1",
        ),
        ("https://eur01.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)", None),
        ("https://eur01.safelinks.protection.outlook.com/", None),
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@example.org", None),
        ("ftp://example.org/", None),
        ("file:///etc/hostname", None),
        ("https://gov.pl@example.org/", None),
        ("https://a:b@example.org/", None),
        ("http://[", None),
        ("http://example.org:99999/", None),
        ("#terminy", None),
        ("", None),
        (None, None),
    ],
)
def test_link(href: str | None, address: str | None) -> None:
    assert link(page(""), href) == address


def test_base_is_honoured_on_its_own_host_only() -> None:
    assert link(page(""), "a", "https://www.gov.pl/b/") == "https://www.gov.pl/b/a"
    assert link(page(""), "a", "/b/") == "https://www.gov.pl/b/a"
    assert link(page(""), "a", "https://example.org/b/") == "https://www.gov.pl/web/rozwoj-technologia/a"
    assert link(page(""), "a", "http://[") is None
    tree = soup(page("<html><head><base href=' /b/ '></head><body><a href='c'>d</a></body></html>"))
    assert tree.a is not None
    assert base_of(tree) == base_of(tree.a) == "/b/"
    assert base_of(soup(page("<p>a</p>"))) is None


@steady
@given(st.text(max_size=40))
def test_any_href_gives_a_web_address_or_none(href: str) -> None:
    address = link(page(""), href)
    assert address is None or address.startswith(("https://", "http://"))


def test_attachments() -> None:
    body = """<div>
      <a class="file-download" href="/attachment/11-22">Regulamin konkursu<br>
        <span class="extra">regulamin_konkursu.pdf 0.45MB</span></a>
      <a href="/attachment/11-22" class="file-download">Regulamin konkursu</a>
      <a href="https://example.org/a/Wz%C3%B3r.DOCX?v=1">Wzór wniosku (DOCX, 54 KB)</a>
      <a href="/dane/lista-kodow.xlsx"><img src="x.png"></a>
      <a href="/web/rozwoj-technologia/nabor">Nabór</a>
      <a href="javascript:void(0)/a.pdf">Zły plik</a>
      <!-- <a href="/ukryty.pdf">Ukryty</a> -->
    </div>"""
    source = page(body)
    documents = list(attachments(source, soup(source)))
    assert [(one.values["title"], one.values["url"]) for one in documents] == [
        ("Regulamin konkursu", "https://www.gov.pl/attachment/11-22"),
        ("Wzór wniosku", "https://example.org/a/Wz%C3%B3r.DOCX?v=1"),
        ("lista-kodow", "https://www.gov.pl/dane/lista-kodow.xlsx"),
    ]
    assert documents[0].keys == (
        Key("document", "regulamin konkursu"),
        Key("url", "https://gov.pl/attachment/11-22"),
    )


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("Regulamin (PDF, 1,2 MB)", "Regulamin"),
        ("Regulamin - plik pdf", "Regulamin"),
        ("Regulamin.pdf", "Regulamin"),
        ("Regulamin konkursu 2026", "Regulamin konkursu 2026"),
        ("Lista 20 klastrów (stan na 2023)", "Lista 20 klastrów (stan na 2023)"),
        ("Załącznik nr 1", "Załącznik nr 1"),
    ],
)
def test_label_without_notes(label: str, title: str) -> None:
    source = page(f'<p><a href="/a.pdf">{label}</a></p>')
    assert [one.values["title"] for one in attachments(source, soup(source))] == [title]
