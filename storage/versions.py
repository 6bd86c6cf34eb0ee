"""The version of a database: which there are, which one it has, and how it comes to the present one.

The migrations are written for Alembic, which is loaded only where one of them is to run.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).with_name("migrations")


def revisions() -> list[str]:
    """All versions that a history can have, the present one first; their files are named after them."""
    files = MIGRATIONS.glob("versions/[0-9]*_*.py")
    return sorted((path.name.partition("_")[0] for path in files), reverse=True)


def version_of(connection: Connection) -> str | None:
    """The version of a database; None if klastry never wrote to it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that the database has not seen, within the transaction of `connection`."""
    from alembic.command import upgrade
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    upgrade(config, "head")
