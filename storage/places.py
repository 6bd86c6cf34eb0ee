"""Where a database is, as a person may read it: no password is ever printed.

Whatever goes wrong with a database named by an address becomes one line that carries no secret.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from storage.database import database_url, explain, shown
from storage.errors import StorageError, UsageError

__all__ = ["BACKENDS", "backend", "reaching", "shown"]

BACKENDS = ("sqlite", "postgresql")


def backend(where: str) -> str:
    """`sqlite` or `postgresql`. Raises UsageError for any other kind of database."""
    try:
        name = make_url(database_url(where)).get_backend_name()
    except ArgumentError:
        raise UsageError(f"database {shown(where)} is neither a path nor an SQLAlchemy URL") from None
    if name not in BACKENDS:
        raise UsageError(f"database {shown(where)}: klastry keeps its history in SQLite or PostgreSQL only")
    return name


@contextmanager
def reaching(where: str) -> Iterator[None]:
    """While the block uses the database at `where`, its faults become lines without secrets."""
    backend(where)
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            f"database {shown(where)} needs the driver {error.name}: pip install 'klastry[postgres]'"
        ) from None
    except NoSuchModuleError:
        raise UsageError(f"database {shown(where)}: there is no such driver; leave it out") from None
    except DatabaseError as error:
        raise StorageError(explain(error, shown(where))) from None
    except StorageError as error:
        raise type(error)(str(error).replace(where, shown(where))) from None
