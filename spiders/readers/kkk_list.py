"""The ministry's list of Key National Clusters on gov.pl, since 2019.

    <article class="article-area__article " id="main-content">
      <h2>Krajowe Klastry Kluczowe</h2>
      <div class="editor-content">
        <h3>VI runda (status obowiązuje do 17 grudnia 2025&nbsp;r.):</h3>
        <ul><li>Name (sector, sector), reprezentowany przez Coordinator,</li> …</ul>
      </div>
      <a class="file-download" href="/attachment/<uuid>">…</a>

The heading is `h3`, `h4`, a bold paragraph or a plain line; the rows are `ol`, `ul`, lines that
begin with a dash, or a table with a row of column names. Prose is no row. A cluster that is
listed in two rounds is given twice.
"""

from collections.abc import Iterator

from spiders.markup import attachments
from spiders.readers import _govpl
from spiders.readers._clusters import clusters
from spiders.readers._lines import lines
from storage.records import Page, Record

VERSION = 2

content = _govpl.content


def read(page: Page) -> Iterator[Record]:
    """The clusters of all rounds, then the attached documents.

    Raises PageUnreadable when the list is not there, PageFault where a row or a date cannot
    be read.
    """
    article = _govpl.article(page)
    documents = list(attachments(page, article))
    files = {str(document.values["url"]) for document in documents}
    pieces = [piece for body in _govpl.bodies(page, article) for piece in lines(body)]
    yield from clusters(page, pieces, files)
    yield from documents
