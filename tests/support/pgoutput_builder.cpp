#include "tests/support/pgoutput_builder.hpp"

#include "tests/support/byte_writer.hpp"

namespace walferry::test {
namespace {

void write_row(byte_writer& out, const cells& row) {
    out.u16(static_cast<std::uint16_t>(row.size()));
    for (const auto& value : row) {
        out.letter(value.kind);
        if (value.kind == 't' || value.kind == 'b') {
            out.u32(static_cast<std::uint32_t>(value.bytes.size())).bytes(value.bytes);
        }
    }
}

std::string prepared(char kind, lsn at, lsn end, transaction_id xid, std::string_view gid) {
    byte_writer out;
    out.letter(kind);
    if (kind != 'b') {
        out.u8(0);
    }
    out.u64(at.value).u64(end.value).i64(0);
    if (kind == 'r') {
        out.i64(0);
    }
    return out.u32(xid).c_string(gid).take();
}

}  // namespace

cell null() {
    return {'n', {}};
}

cell unchanged() {
    return {'u', {}};
}

cell text(std::string_view bytes) {
    return {'t', std::string{bytes}};
}

cell binary(std::string_view bytes) {
    return {'b', std::string{bytes}};
}

cells texts(const std::vector<std::string_view>& values) {
    cells row;
    for (auto value : values) {
        row.push_back(text(value));
    }
    return row;
}

std::string begin(lsn commit, std::int64_t time, transaction_id xid) {
    return byte_writer{}.letter('B').u64(commit.value).i64(time).u32(xid).take();
}

std::string commit(lsn commit, lsn end, std::int64_t time) {
    return byte_writer{}.letter('C').u8(0).u64(commit.value).u64(end.value).i64(time).take();
}

std::string origin(lsn commit, std::string_view name) {
    return byte_writer{}.letter('O').u64(commit.value).c_string(name).take();
}

std::string relation(const table_spec& table) {
    byte_writer out;
    out.letter('R').u32(table.id).c_string(table.schema).c_string(table.name);
    out.letter(table.identity).u16(static_cast<std::uint16_t>(table.columns.size()));
    for (const auto& column : table.columns) {
        out.u8(column.in_identity ? 1 : 0).c_string(column.name);
        out.u32(column.type).i32(column.modifier);
    }
    return out.take();
}

std::string type(oid id, std::string_view schema, std::string_view name) {
    return byte_writer{}.letter('Y').u32(id).c_string(schema).c_string(name).take();
}

std::string insert(oid table, const cells& after) {
    byte_writer out;
    out.letter('I').u32(table).letter('N');
    write_row(out, after);
    return out.take();
}

std::string update(oid table, const cells& after, const std::optional<old_cells>& before) {
    byte_writer out;
    out.letter('U').u32(table);
    if (before) {
        out.letter(before->kind);
        write_row(out, before->row);
    }
    out.letter('N');
    write_row(out, after);
    return out.take();
}

std::string delete_row(oid table, const old_cells& before) {
    byte_writer out;
    out.letter('D').u32(table).letter(before.kind);
    write_row(out, before.row);
    return out.take();
}

std::string truncate(const std::vector<oid>& tables, std::uint8_t options) {
    byte_writer out;
    out.letter('T').u32(static_cast<std::uint32_t>(tables.size())).u8(options);
    for (auto table : tables) {
        out.u32(table);
    }
    return out.take();
}

std::string logical_message(bool transactional, lsn at, std::string_view prefix,
                            std::string_view content) {
    byte_writer out;
    out.letter('M').u8(transactional ? 1 : 0).u64(at.value).c_string(prefix);
    return out.u32(static_cast<std::uint32_t>(content.size())).bytes(content).take();
}

std::string stream_start(transaction_id xid, bool first) {
    return byte_writer{}.letter('S').u32(xid).u8(first ? 1 : 0).take();
}

std::string stream_stop() {
    return "E";
}

std::string stream_commit(transaction_id xid, lsn commit, lsn end, std::int64_t time) {
    byte_writer out;
    out.letter('c').u32(xid).u8(0).u64(commit.value).u64(end.value).i64(time);
    return out.take();
}

std::string stream_abort(transaction_id xid, transaction_id subtransaction) {
    return byte_writer{}.letter('A').u32(xid).u32(subtransaction).take();
}

std::string stream_abort_parallel(transaction_id xid, transaction_id subtransaction, lsn abort,
                                  std::int64_t time) {
    byte_writer out;
    return out.letter('A').u32(xid).u32(subtransaction).u64(abort.value).i64(time).take();
}

std::string begin_prepare(lsn prepare, lsn end, transaction_id xid, std::string_view gid) {
    return prepared('b', prepare, end, xid, gid);
}

std::string prepare(lsn prepare, lsn end, transaction_id xid, std::string_view gid) {
    return prepared('P', prepare, end, xid, gid);
}

std::string commit_prepared(lsn commit, lsn end, transaction_id xid, std::string_view gid) {
    return prepared('K', commit, end, xid, gid);
}

std::string rollback_prepared(lsn prepare_end, lsn end, transaction_id xid, std::string_view gid) {
    return prepared('r', prepare_end, end, xid, gid);
}

std::string stream_prepare(lsn prepare, lsn end, transaction_id xid, std::string_view gid) {
    return prepared('p', prepare, end, xid, gid);
}

std::string in_block(transaction_id xid, std::string_view message) {
    byte_writer out;
    return out.bytes(message.substr(0, 1)).u32(xid).bytes(message.substr(1)).take();
}

}  // namespace walferry::test
