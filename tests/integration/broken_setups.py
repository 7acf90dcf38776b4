"""The broken set-ups of test_check.py: how each is broken, what check must find, how its cure is applied.

A set-up is healthy before it is broken: a database with table `t`, its publication and its slot.
"""

import dataclasses
import typing

from rig import kafka_jars, ports

ERROR, WARNING, INFO = "error", "warning", "info"


def by_statements(setup, finding):
    """The statements that the finding carries, one by one."""
    for statement in finding["statements"]:
        setup.sql(statement)
    if "restart PostgreSQL" in finding["cure"]:
        setup.postgres.restart()


def by_kafka_command(setup, finding):
    """The command of Kafka's that the cure is or begins with."""
    kafka_jars.run_tool(finding["cure"].partition(";")[0].replace("<walferry's>", "ANONYMOUS"))


def by_changing(**keys):
    """A change of the configuration that the cure asks for; `a__b` is key a.b."""
    def mend(setup, _):
        for key, value in keys.items():
            setup.change(key, value(setup) if callable(value) else value)
    return mend


@dataclasses.dataclass
class Case:
    """`breaks` and `mend` are called with the Setup; `what` and `cure` are parts of the finding's texts."""

    name: str
    breaks: typing.Callable
    severity: str
    area: str
    what: str
    cure: str
    mend: typing.Callable = by_statements
    bare: bool = False  # on a server of its own that has no slot
    major: int = 15
    kafka: bool = False
    fixed: bool = False  # check --fix mends it
    more: tuple = ()  # areas of further findings, mended after it


def sql(*statements):
    """Breaks by SQL as superuser in the set-up's database; {slot}, {publication} and {database} are filled in."""
    return lambda setup: [setup.sql(one.format(**setup.names)) for one in statements]


def alter_system(**values):
    def break_it(setup):
        for name, value in values.items():
            setup.sql(f"ALTER SYSTEM SET {name} = '{value}'")
        if set(values) & {"wal_level", "max_wal_senders", "max_replication_slots"}:
            setup.postgres.restart()
        else:
            setup.sql("SELECT pg_reload_conf()")
    return break_it


def no_slot_left(setup):
    setup.sql("SELECT pg_create_physical_replication_slot('other')")
    alter_system(max_replication_slots=1)(setup)


def as_role(*statements, slot=True, publication=True, **keys):
    """A role `cdc_<database>` that may replicate, and the statements."""
    def break_it(setup):
        role = "cdc_" + setup.database
        setup.sql(f"CREATE ROLE {role} LOGIN REPLICATION")
        for one in statements:
            setup.sql(one.format(role=role, **setup.names))
        if not slot:
            setup.drop_slot()
        if not publication:
            setup.sql("DROP PUBLICATION {publication}".format(**setup.names))
        setup.change("source__url", setup.postgres.url(setup.database, user=role))
        for key, value in keys.items():
            setup.change(key, value)
    return break_it


def other_slot(create, *, drop_database=False):
    """Another slot under the configured name, made in the set-up's or another database."""
    def break_it(setup):
        setup.drop_slot()
        if drop_database:
            setup.postgres.create_database(setup.database + "_other")
        setup.postgres.sql(create.format(**setup.names),
                           database=setup.database + ("_other" if drop_database else ""))
    return break_it


def lose_slot(setup):
    setup.sql("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
    setup.sql("SELECT pg_reload_conf()")
    for _ in range(20):
        setup.sql("CREATE TABLE w (); DROP TABLE w; SELECT pg_switch_wal()")
        setup.sql("CHECKPOINT")
        if setup.slot("wal_status") == "lost":
            break
    setup.sql("ALTER SYSTEM RESET max_slot_wal_keep_size")
    setup.sql("SELECT pg_reload_conf()")


def alter_slot_failover(setup, finding):
    """ALTER_REPLICATION_SLOT, which walsenders only know."""
    command = finding["cure"].partition(": ")[2]
    setup.replication_command(command)


def scram_role(setup):
    """A role that needs a password, and a wrong one in the configuration."""
    role = "pw_" + setup.database
    setup.sql("SET password_encryption = 'scram-sha-256'; "
              f"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD 'right'")
    hba = setup.postgres.data / "pg_hba.conf"
    hba.write_text(f"host all {role} 127.0.0.1/32 scram-sha-256\n" + hba.read_text(encoding="utf-8"),
                   encoding="utf-8")
    setup.sql("SELECT pg_reload_conf()")
    setup.change("source__url", setup.postgres.url(setup.database, user=f"{role}:wrong"))


def ascii_database(setup):
    name = setup.database + "_ascii"
    setup.sql(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
    setup.move_to(name)


def back_to_utf8(setup, _):
    setup.move_to(setup.database.removesuffix("_ascii"))


def topic(name, partitions=1, **config):
    """A topic that is there before walferry, with these settings."""
    return lambda setup: setup.kafka.create_topic(
        name.format(**setup.names), partitions, config={key.replace("_", "."): str(value) for key, value in config.items()})


def deny(setup):
    """Somebody else's ACL on the topic: with it nobody but he may see it."""
    setup.kafka.create_topic("{database}.public.t".format(**setup.names))
    command = (f"kafka-acls.sh --bootstrap-server {setup.kafka.bootstrap} --add --allow-principal User:somebody "
               "--operation All --topic {database}.public.t".format(**setup.names))
    by_kafka_command(setup, {"cure": command})


def many(*breaks):
    return lambda setup: [one(setup) for one in breaks]


def change(**keys):
    return lambda setup: by_changing(**keys)(setup, None)


CASES = (
    Case("no server", change(source__url=lambda s: f"postgresql://postgres@127.0.0.1:{ports.allocate()}/x"),
         ERROR, "connection", "refused", "check that PostgreSQL runs",
         by_changing(source__url=lambda s: s.postgres.url(s.database))),
    Case("no database", change(source__url=lambda s: s.postgres.url("nowhere")),
         ERROR, "connection", '"nowhere" does not exist', "source.url",
         by_changing(source__url=lambda s: s.postgres.url(s.database))),
    Case("wrong password", scram_role, ERROR, "connection", "password", "set the right password in source.url",
         by_changing(source__url=lambda s: s.postgres.url(s.database, user=f"pw_{s.database}:right"))),
    Case("wal_level", alter_system(wal_level="replica"), ERROR, "server", "wal_level is replica",
         "ALTER SYSTEM SET wal_level = logical; then restart", bare=True),
    Case("no walsenders", alter_system(max_wal_senders=0), ERROR, "server", "0 of 0 walsenders",
         "ALTER SYSTEM SET max_wal_senders = 5; then restart", bare=True),
    Case("no free slot", no_slot_left, ERROR, "server", "all 1 replication slots",
         "ALTER SYSTEM SET max_replication_slots = 6; then restart", bare=True),
    Case("short wal_sender_timeout", alter_system(wal_sender_timeout="2s"), WARNING, "server",
         "wal_sender_timeout is 2000 ms", "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf()"),
    Case("no wal_sender_timeout", alter_system(wal_sender_timeout="0"), WARNING, "server",
         "wal_sender_timeout is off", "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf()"),
    Case("little WAL kept", alter_system(max_slot_wal_keep_size="512MB"), WARNING, "server",
         "max_slot_wal_keep_size is 512 MB", "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'"),
    Case("idle slots are dropped", alter_system(idle_replication_slot_timeout="1h"), WARNING, "server",
         "idle_replication_slot_timeout is 3600 s", "ALTER SYSTEM SET idle_replication_slot_timeout = 0", major=18),
    Case("commits wait for walferry", alter_system(synchronous_standby_names="*"), WARNING, "server",
         "every commit would wait for walferry", "synchronous_standby_names, without *"),
    Case("SQL_ASCII", ascii_database, WARNING, "server", "SQL_ASCII", "ENCODING 'UTF8'", back_to_utf8),
    Case("role may not replicate", as_role("ALTER ROLE {role} NOREPLICATION"), ERROR, "role", "",
         'REPLICATION; -- on RDS'),
    Case("role may not create a publication",
         as_role("GRANT SELECT ON t TO {role}; CREATE ROLE app_{database}; ALTER TABLE t OWNER TO app_{database}; "
                 "GRANT app_{database} TO {role}", slot=False, publication=False),
         ERROR, "publication", "lacks CREATE on database", "GRANT CREATE ON DATABASE"),
    Case("role does not own the table",
         as_role("CREATE ROLE app_{database}; ALTER TABLE t OWNER TO app_{database}; "
                 "GRANT CREATE ON DATABASE {database} TO {role}", slot=False, publication=False),
         ERROR, "publication", "does not own public.t", 'GRANT "app_'),
    Case("role may not read the rows", as_role(slot=False, snapshot__mode="initial"), ERROR, "role",
         "may not read the rows that the snapshot is to publish: public.t", 'GRANT SELECT ON "public"."t" TO'),
    Case("neither publication nor slot",
         many(lambda s: s.drop_slot(), sql("DROP PUBLICATION {publication}"), change(source__create=False)),
         ERROR, "publication", "does not exist", 'CREATE PUBLICATION "{publication}" FOR TABLE',
         more=("slot",), fixed=True),
    Case("publication younger than its slot", sql("DROP PUBLICATION {publication}"), ERROR, "publication",
         "but the slot does: a publication must be older", "CREATE PUBLICATION"),
    Case("a named table is not published",
         many(sql("CREATE TABLE u (id integer PRIMARY KEY)"), change(source__tables=["public.t", "public.u"])),
         ERROR, "publication", "lacks what source.tables names: public.u",
         'ALTER PUBLICATION "{publication}" ADD TABLE ONLY "public"."u"', fixed=True),
    Case("a selected table is not published", sql("CREATE TABLE u (id integer PRIMARY KEY)"), WARNING, "publication",
         "lacks tables that source.tables selects: public.u",
         'ALTER PUBLICATION "{publication}" ADD TABLE ONLY "public"."u"', fixed=True),
    Case("a private table is published",
         sql("CREATE SCHEMA hr; CREATE TABLE hr.pay (id integer PRIMARY KEY); "
             "ALTER PUBLICATION {publication} ADD TABLE hr.pay"),
         WARNING, "publication", "what source.tables does not select: hr.pay",
         'ALTER PUBLICATION "{publication}" DROP TABLE "hr"."pay"'),
    Case("not every operation is published", sql("ALTER PUBLICATION {publication} SET (publish = 'insert, update')"),
         WARNING, "publication", "does not publish every operation: delete, truncate",
         "SET (publish = 'insert, update, delete, truncate')", fixed=True),
    Case("a row filter", sql("ALTER PUBLICATION {publication} SET TABLE t WHERE (id > 5)"), WARNING, "publication",
         "only rows of public.t with (id > 5) are published", 'ADD TABLE "public"."t"'),
    Case("a column list", sql("ALTER PUBLICATION {publication} SET TABLE t (id)"), INFO, "publication",
         "columns of public.t that are not published: name", 'ADD TABLE "public"."t"'),
    Case("another partition root", sql("ALTER PUBLICATION {publication} SET (publish_via_partition_root = true)"),
         WARNING, "publication", "publish_via_partition_root: false", "SET (publish_via_partition_root = false)"),
    Case("published without identity", sql("ALTER TABLE t DROP CONSTRAINT t_pkey"), WARNING, "publication",
         "UPDATE and DELETE fail: public.t", 'ALTER TABLE "public"."t" REPLICA IDENTITY FULL'),
    Case("to be published without identity",
         many(lambda s: s.drop_slot(), sql("DROP PUBLICATION {publication}; ALTER TABLE t DROP CONSTRAINT t_pkey")),
         ERROR, "publication", "without a replica identity", 'ALTER TABLE "public"."t" REPLICA IDENTITY FULL'),
    Case("an unlogged table", sql("CREATE UNLOGGED TABLE u (id integer PRIMARY KEY)"), WARNING, "table",
         "public.u is unlogged", 'ALTER TABLE "public"."u" SET LOGGED',
         lambda s, f: (by_statements(s, f), s.sql("ALTER PUBLICATION {publication} ADD TABLE u".format(**s.names)))),
    Case("much TOAST and identity default",
         sql("ALTER TABLE t ALTER name SET STORAGE EXTERNAL; "
             "INSERT INTO t SELECT i, repeat('x', 100000) FROM generate_series(1, 30) i"), INFO, "table",
         "MiB of large values out of line", 'ALTER TABLE "public"."t" REPLICA IDENTITY FULL'),
    Case("no slot", many(lambda s: s.drop_slot(), change(source__create=False)), ERROR, "slot", "does not exist",
         "walferry slot create", fixed=True),
    Case("slot of another plugin",
         other_slot("SELECT pg_create_logical_replication_slot('{slot}', 'test_decoding')"), ERROR, "slot",
         "uses the plugin test_decoding", "pg_drop_replication_slot"),
    Case("slot of another database",
         other_slot("SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')", drop_database=True), ERROR,
         "slot", "belongs to the database", "set source.slot to another name",
         by_changing(source__slot=lambda s: s.names["slot"] + "_2")),
    Case("a physical slot", other_slot("SELECT pg_create_physical_replication_slot('{slot}')"), ERROR, "slot",
         "is a physical slot", "pg_drop_replication_slot"),
    Case("a lost slot", lose_slot, ERROR, "slot", "is lost", "pg_drop_replication_slot"),
    Case("a slot in use", lambda s: s.hold_slot(), WARNING, "slot", "is active for PID", "pg_terminate_backend"),
    Case("a slot in use that is not waited for", many(lambda s: s.hold_slot(), change(source__wait_for_slot=False)),
         ERROR, "slot", "is active for PID", "pg_terminate_backend"),
    Case("a spool that cannot be written", change(source__streaming="on", source__spool={"directory": "/nonexistent"}),
         ERROR, "spool", "/nonexistent", "name a folder that walferry may write to",
         by_changing(source__spool={"directory": "/var/tmp"})),
    Case("two_phase", other_slot("SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput', false, true)"),
         WARNING, "slot", "two_phase", "pg_drop_replication_slot"),
    Case("standby never seen", change(source__wait_for_standbys=["s1"]), WARNING, "standby",
         "never seen: s1", "take them out of source.wait_for_standbys", by_changing(source__wait_for_standbys=[])),
    Case("slot lost at failover",
         many(sql("SELECT pg_create_physical_replication_slot('st_{database}', true)"),
              lambda s: s.change("source__wait_for_standbys", [f"st_{s.database}"])), WARNING, "slot",
         "it is lost at failover", "ALTER_REPLICATION_SLOT", alter_slot_failover, major=18),
    Case("standbys may lag behind what was published",
         many(lambda s: s.drop_slot(), sql(
             "SELECT pg_create_physical_replication_slot('sy_{database}', true)",
             "SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput', false, false, true)")),
         WARNING, "standby", "synchronized_standby_slots", "ALTER SYSTEM SET synchronized_standby_slots = ",
         lambda s, f: (by_statements(s, f), s.hold_physical_slot("sy_" + s.database)), major=18),
    Case("no broker", lambda s: s.change("sink__kafka", {"bootstrap.servers": f"127.0.0.1:{ports.allocate()}"}),
         ERROR, "broker", "answers", "check that Kafka runs",
         lambda s, f: s.change("sink__kafka", {"bootstrap.servers": s.kafka.bootstrap}), kafka=True),
    Case("a refused property", lambda s: s.change("sink__kafka__no.such", "1"), ERROR, "broker",
         "the property no.such is not accepted", "CONFIGURATION.md",
         lambda s, f: s.config["sink"]["kafka"].pop("no.such"), kafka=True),
    Case("other partitions", topic("{database}.public.t", 3), WARNING, "topic", "has 3 partitions, not 1",
         "set topics.partitions: 3", by_changing(topics__partitions=3), kafka=True),
    Case("state is not kept", topic("walferry.{database}.state", cleanup_policy="delete"), WARNING, "topic",
         "is not compacted", "--add-config cleanup.policy=compact", by_kafka_command, kafka=True),
    Case("keyless records to a compacted topic",
         many(sql("ALTER TABLE t DROP CONSTRAINT t_pkey; ALTER TABLE t REPLICA IDENTITY FULL"),
              topic("{database}.public.t", cleanup_policy="compact")), ERROR, "topic",
         "takes no record without a key", "--add-config cleanup.policy=delete", by_kafka_command, kafka=True),
    Case("more replicas demanded than there are", topic("{database}.public.t", min_insync_replicas=2), ERROR, "topic",
         "nothing is ever confirmed", "--add-config min.insync.replicas=1", by_kafka_command, kafka=True),
    Case("small records only", topic("{database}.public.t", max_message_bytes=1000), WARNING, "topic",
         "takes records of 1000 bytes at most", "--add-config max.message.bytes=1048588", by_kafka_command, kafka=True),
    Case("a missing topic", change(topics__create=False), ERROR, "topic", "does not exist",
         "kafka-topics.sh --bootstrap-server", by_kafka_command, kafka=True),
    Case("too many replicas wanted", change(topics__replication_factor=3), ERROR, "topic", "cannot be created",
         "topics.replication_factor", by_changing(topics__replication_factor=1), kafka=True),
    Case("a topic that may not be seen", deny, ERROR, "topic", "the principal may not see",
         "kafka-acls.sh --bootstrap-server", by_kafka_command, kafka=True),
)
