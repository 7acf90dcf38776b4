#!/usr/bin/python3
"""Writes corpus/: streams of a real server and hand-made ones.

    tests/fuzz/make_corpus.py CONNECTION     e.g. 'host=127.0.0.1 port=15432 user=postgres'

The server (wal_level = logical) gets a database of its own, which is dropped at the end. Needs psql.
"""
import pathlib
import struct
import subprocess
import sys

CORPUS = pathlib.Path(__file__).parent / "corpus"
DATABASE = "walferry_fuzz_corpus"

TABLES = """
create type mood as enum ('sad', 'ok');
create domain small as int check (value < 100);
create table plain(id int primary key, name text, amount numeric(10,2), at timestamptz);
create table identity_full(id int, body text, m mood, s small);
alter table identity_full replica identity full;
create table by_index(a int, b text not null, c text);
create unique index by_index_b on by_index(b);
alter table by_index replica identity using index by_index_b;
create table nothing(id int, v text);
alter table nothing replica identity nothing;
create table toasted(id int primary key, big text, small text);
alter table toasted alter big set storage external;
create table no_columns();
create table kinds(id int primary key, b bytea, j jsonb, u uuid, a int[], ts timestamp, f float8, t bool);
create table streamed(id int primary key, v int);
create publication everything for all tables;
"""

# Name of the corpus file -> what happens.
WORK = {
    "rows_by_primary_key": """
        insert into plain values (1, 'ä', '1.50', '2026-01-01'), (2, null, 'NaN', 'infinity'), (3, '', '0', null);
        update plain set name = 'b' where id = 1;
        update plain set id = 10 where id = 1;
        delete from plain where id = 2;""",
    "rows_with_replica_identity_full": """
        begin; insert into identity_full values (1, 'x', 'sad', 7); update identity_full set body = 'y';
        delete from identity_full; commit;""",
    "rows_with_identity_index_and_nothing": """
        begin; insert into by_index values (1, 'k', 'c'); update by_index set c = 'd';
        update by_index set b = 'l'; delete from by_index; insert into nothing values (1, 'v'); commit;""",
    "toast_unchanged": """
        insert into toasted values (1, repeat('0123456789', 300), 's');
        update toasted set small = 't'; update toasted set id = 2;
        alter table toasted replica identity full; update toasted set small = 'u';""",
    "truncate_several": "truncate plain, by_index restart identity; truncate toasted cascade;",
    "table_without_columns": "insert into no_columns default values;",
    "many_types": """
        insert into kinds values (1, '\\x00ff', '{"a": 1}', '00000000-0000-0000-0000-000000000001',
                                  '{1,null,3}', '2026-01-01', 0.1, true);""",
    "ddl_inside_transaction": """
        begin; insert into plain values (4, 'before', 0, null); alter table plain add extra int default 5;
        insert into plain values (5, 'after', 0, null, 6); alter table plain drop column name;
        update plain set extra = 7; commit;""",
    "messages_and_savepoint": """
        select pg_logical_emit_message(false, 'pre', 'alone');
        begin; select pg_logical_emit_message(true, 'pre', '\\x00ff'::bytea); savepoint a;
        insert into plain values (100, 1, null, 1); rollback to a;
        insert into plain values (101, 1, null, 1); commit;""",
    "origin": """
        select pg_replication_origin_create('elsewhere');
        select pg_replication_origin_session_setup('elsewhere');
        begin; insert into plain values (200, 1, null, 1);
        select pg_replication_origin_xact_setup('0/1234', now()); commit;
        select pg_replication_origin_session_reset();
        select pg_replication_origin_drop('elsewhere');""",
}

STREAMED_WORK = {
    "streamed_with_aborted_savepoint": """
        begin; insert into streamed select i, 1 from generate_series(1, 600) i; savepoint a;
        insert into streamed select i, 2 from generate_series(1001, 1600) i; rollback to a;
        update streamed set v = 3 where id < 3; select pg_logical_emit_message(true, 'in', 'side'); commit;""",
    "streamed_with_ddl": """
        begin; insert into streamed select i, 4 from generate_series(3001, 3600) i;
        alter table streamed add w int; insert into streamed values (4000, 5, 6); truncate streamed; commit;""",
}


def frames(messages):
    return b"".join(struct.pack(">H", len(message)) + message for message in messages)


def thinned(messages):
    """Keeps the first rows of a long run: the structure matters, not the amount."""
    kept, run = [], 0
    for message in messages:
        run = run + 1 if kept and message[:1] == kept[-1][:1] == b"I" else 0
        if run < 5:
            kept.append(message)
    return kept


class Server:
    def __init__(self, connection):
        self.connection = connection

    def run(self, sql, database=DATABASE):
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", f"{self.connection} dbname={database}"]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stderr)
        return done.stdout.split()

    def capture(self, work, options):
        slot = "walferry_fuzz_corpus"
        self.run(f"select pg_create_logical_replication_slot('{slot}', 'pgoutput')")
        self.run(work)
        answers = {}
        for name, settings in options.items():
            listed = ", ".join(f"'{key}', '{value}'" for key, value in settings.items())
            rows = self.run(
                "set logical_decoding_work_mem = '64kB';"
                f"select encode(data, 'hex') from pg_logical_slot_peek_binary_changes('{slot}', null, null,"
                f" 'publication_names', 'everything', 'messages', 'true', {listed})")
            answers[name] = [bytes.fromhex(row) for row in rows]
        self.run(f"select pg_drop_replication_slot('{slot}')")
        return answers


def write(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def capture_all(server):
    server.run(TABLES)
    for name, work in WORK.items():
        answers = server.capture(work, {"": {"proto_version": 1},
                                        "_binary": {"proto_version": 1, "binary": "true"}})
        for suffix, messages in answers.items():
            write("pgoutput", name + suffix, frames(messages))
    for name, work in STREAMED_WORK.items():
        answers = server.capture(work, {"": {"proto_version": 2, "streaming": "on"}})
        write("pgoutput", name, frames(thinned(answers[""])))


def hand_made():
    def number(value, size):
        return value.to_bytes(size, "big")

    def prepared(kind, flags=b"\0", times=1):
        return kind + flags + number(1, 8) + number(2, 8) + number(3, 8 * times) + number(4, 4) + b"gid\0"

    row = b"N\0\1t\0\0\0\1x"
    relation = b"R" + number(77, 4) + b"public\0t\0d\0\1\1id\0" + number(23, 4) + b"\xff\xff\xff\xff"
    begin = b"B" + number(256, 8) + number(0, 8) + number(1, 4)
    start, stop = b"S" + number(6, 4) + b"\1", b"E"
    insert = b"I" + number(77, 4) + row
    yield "two_phase", [prepared(b"b", b""), prepared(b"P"), prepared(b"K"), prepared(b"r", times=2), prepared(b"p")]
    yield "parallel_abort", [start, stop, b"A" + number(6, 4) + number(7, 4) + number(8, 8) + number(9, 8)]
    yield "short_abort", [start, stop, b"A" + number(6, 4) + number(6, 4)]
    yield "block_opened_twice", [start, start, stop, stop]
    yield "row_without_xid_in_block", [start, insert, stop]
    yield "row_before_relation", [begin, insert]
    yield "row_before_begin", [relation, insert]
    yield "row_with_unknown_kind", [begin, relation, b"I" + number(77, 4) + b"N\0\1x"]
    yield "row_with_negative_length", [begin, relation, b"I" + number(77, 4) + b"N\0\1t\xff\xff\xff\xff"]
    yield "row_with_huge_count", [begin, relation, b"I" + number(77, 4) + b"N\x7f\xff"]
    yield "row_of_other_width", [begin, relation, b"I" + number(77, 4) + b"N\0\2nn"]
    yield "truncate_of_nothing_outside", [b"T" + number(0, 4) + b"\0"]
    yield "truncate_with_huge_count", [begin, b"T\xff\xff\xff\xff\0" + number(77, 4)]
    yield "begin_at_the_end_of_time", [b"B" + number(256, 8) + b"\x7f" + b"\xff" * 7 + number(1, 4)]
    yield "begin_twice", [begin, begin]
    yield "commit_of_another", [begin, b"C\0" + number(257, 8) + number(300, 8) + number(0, 8)]
    yield "commit_with_flags", [begin, b"C\1" + number(256, 8) + number(300, 8) + number(0, 8)]
    yield "empty_message", [b""]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    server = Server(sys.argv[1])
    server.run(f"drop database if exists {DATABASE}", "postgres")
    server.run(f"create database {DATABASE}", "postgres")
    try:
        capture_all(server)
    finally:
        server.run(f"drop database if exists {DATABASE}", "postgres")
    for name, messages in hand_made():
        write("pgoutput", "made_" + name, frames(messages))
    header = struct.pack(">QQq", 0x16B374D848, 0x16B374D848, 42)
    write("copy_frame", "data", b"w" + header + b"B payload")
    write("copy_frame", "data_without_payload", b"w" + header)
    write("copy_frame", "data_cut", (b"w" + header)[:20])
    write("copy_frame", "data_at_the_end_of_time", b"w" + header[:16] + b"\x7f" + b"\xff" * 7 + b"E")
    write("copy_frame", "keepalive", b"k" + header[8:] + b"\0")
    write("copy_frame", "keepalive_asks", b"k" + header[8:] + b"\1")
    write("copy_frame", "keepalive_too_long", b"k" + header[8:] + b"\1\0")
    write("copy_frame", "status_of_ours", b"r" + header + header[:9])
    write("copy_frame", "empty", b"")


main()
