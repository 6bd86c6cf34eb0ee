"""Runs migrations on the connection, and inside the transaction, that `storage.database` gives."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
