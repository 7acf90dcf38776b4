#include "tests/support/pgoutput_rebuild.hpp"

#include "tests/support/pgoutput_builder.hpp"

#include <variant>

namespace walferry::test {
namespace {

cells copied(pgoutput::row row) {
    cells made;
    for (const auto& value : row) {
        made.push_back({static_cast<char>(value.kind), std::string{value.bytes}});
    }
    return made;
}

table_spec copied(const pgoutput::relation& table) {
    table_spec made{table.id, std::string{table.schema}, std::string{table.name}, {}, 'd'};
    made.identity = static_cast<char>(table.identity);
    for (const auto& column : table.columns) {
        made.columns.push_back(
            {std::string{column.name}, column.type, column.in_identity, column.type_modifier});
    }
    return made;
}

using bytes = std::optional<std::string>;

struct rebuilder {
    bytes operator()(const pgoutput::begin& it) const {
        return begin(it.commit_lsn, it.commit_time, it.xid);
    }
    bytes operator()(const pgoutput::commit& it) const {
        return commit(it.commit_lsn, it.end_lsn, it.commit_time);
    }
    bytes operator()(const pgoutput::origin& it) const { return origin(it.commit_lsn, it.name); }
    bytes operator()(const pgoutput::relation& it) const {
        // Sent as an empty name, or in full by somebody else than PostgreSQL.
        return it.schema == "pg_catalog" ? bytes{} : relation(copied(it));
    }
    bytes operator()(const pgoutput::type& it) const {
        return it.schema == "pg_catalog" ? bytes{} : type(it.id, it.schema, it.name);
    }
    bytes operator()(const pgoutput::insert& it) const {
        return insert(it.relation, copied(it.after));
    }
    bytes operator()(const pgoutput::update& it) const {
        std::optional<old_cells> before;
        if (it.before_kind != pgoutput::old_row::none) {
            before = old_cells{static_cast<char>(it.before_kind), copied(it.before)};
        }
        return update(it.relation, copied(it.after), before);
    }
    bytes operator()(const pgoutput::delete_row& it) const {
        return delete_row(it.relation, {static_cast<char>(it.before_kind), copied(it.before)});
    }
    bytes operator()(const pgoutput::truncate& it) const {
        auto options = (it.cascade ? 1 : 0) | (it.restart_identity ? 2 : 0);
        return truncate({it.relations.begin(), it.relations.end()},
                        static_cast<std::uint8_t>(options));
    }
    bytes operator()(const pgoutput::logical_message& it) const {
        return logical_message(it.transactional, it.at, it.prefix, it.content);
    }
    bytes operator()(const pgoutput::stream_start& it) const {
        return stream_start(it.xid, it.first_block);
    }
    bytes operator()(const pgoutput::stream_stop&) const { return stream_stop(); }
    bytes operator()(const pgoutput::stream_commit& it) const {
        return stream_commit(it.xid, it.commit_lsn, it.end_lsn, it.commit_time);
    }
    bytes operator()(const pgoutput::stream_abort&) const { return {}; }
    bytes operator()(const pgoutput::two_phase&) const { return {}; }
};

}  // namespace

std::optional<std::string> rebuild(const pgoutput::message& message, bool inside) {
    auto made = std::visit(rebuilder{}, message.content);
    bool carries_xid = made && std::string_view{"RYIUDTM"}.find(made->front()) != std::string::npos;
    return inside && carries_xid ? in_block(message.xid, *made) : made;
}

}  // namespace walferry::test
