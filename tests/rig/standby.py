"""A physical standby of a private PostgreSQL server, streaming by a slot of its own."""

import shutil

from . import users
from .postgres import Postgres
from .waiting import wait_until


class Standby(Postgres):
    """A standby of `primary`, which is running; `name` is its application_name and its slot.

    Made by an online backup over SQL, because not every set of binaries has pg_basebackup.
    `database` is where primary_conninfo points, which a standby needs to follow failover slots.
    """

    def __init__(self, primary, name, settings=None, database="postgres"):
        where = (f"host=127.0.0.1 port={primary.port} user=postgres dbname={database} "
                 f"application_name={name}")
        super().__init__(primary.major, settings={
            **primary.settings, "hot_standby": "on", "hot_standby_feedback": "on",
            "primary_conninfo": where, "primary_slot_name": name, **(settings or {})})
        self.name = name
        self._primary = primary

    def _initialize(self):
        self.log.touch()
        functions = ("pg_start_backup('rig', true, false)", "pg_stop_backup(false, false)") \
            if self.major < 15 else ("pg_backup_start('rig', true)", "pg_backup_stop(false)")
        self._primary.sql("SELECT pg_create_physical_replication_slot(%s, true)", (self.name,))
        connection = self._primary.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {functions[0]}")
                shutil.copytree(self._primary.data, self.data, symlinks=True,
                                ignore=self._not_to_copy)
                cursor.execute(f"SELECT labelfile FROM {functions[1]}")
                label = cursor.fetchone()[0]
        finally:
            connection.close()
        (self.data / "pg_replslot").mkdir(exist_ok=True)
        (self.data / "backup_label").write_text(label, encoding="utf-8")
        (self.data / "standby.signal").touch()
        users.give(self.directory)

    @staticmethod
    def _not_to_copy(folder, names):
        if folder.endswith("pg_replslot"):
            return names
        return [name for name in names if name in ("postmaster.pid", "postmaster.opts")
                or name.startswith("pgsql_tmp")]

    def wait_streaming(self):
        wait_until(lambda: self._primary.value(
            "SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = %s "
            "AND state = 'streaming'", (self.name,)), f"{self.name} streamed")
        return self

    def promote(self):
        """Makes it a primary of its own; returns when it takes writes."""
        self.sql("SELECT pg_promote(true, 60)")
        wait_until(lambda: not self.value("SELECT pg_is_in_recovery()"), f"{self.name} was primary")
        return self
