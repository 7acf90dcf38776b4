#include "lib/postgres/commands.hpp"

#include "lib/postgres/sql_text.hpp"

namespace walferry::postgres {
namespace {

constexpr int version_with_parallel_streaming = 160000;

std::string_view protocol_options(const start_options& options) {
    using config::streaming_mode;
    const bool parallel = options.streaming == streaming_mode::parallel &&
                          options.server_version >= version_with_parallel_streaming;
    if (parallel) {
        return "proto_version '4', streaming 'parallel'";
    }
    return options.streaming == streaming_mode::off ? "proto_version '1'"
                                                    : "proto_version '2', streaming 'on'";
}

std::string table_list(const std::vector<publish_table>& tables) {
    std::string out;
    for (const auto& table : tables) {
        out += out.empty() ? "" : ", ";
        out += table.partitioned ? "" : "ONLY ";
        out += quote_table(table.schema, table.name);
    }
    return out;
}

}  // namespace

std::string start_replication_command(const start_options& options) {
    std::string out = "START_REPLICATION SLOT " + quote_identifier(options.slot) + " LOGICAL " +
                      to_string(options.from) + " (";
    out += protocol_options(options);
    // The value is itself a list of SQL identifiers: unquoted names would be folded to lower case.
    out += ", publication_names " + quote_literal(quote_identifier(options.publication));
    out += ", messages 'true'";
    if (options.binary) {
        out += ", binary 'true'";
    }
    return out + ")";
}

std::string copy_changes_command(const start_options& options, std::string_view copy, lsn upto) {
    std::string out = "COPY (SELECT lsn, xid, data FROM pg_logical_slot_peek_binary_changes(";
    out += quote_literal(copy) + ", " + quote_literal(to_string(upto)) + ", NULL";
    out += ", 'proto_version', '1', 'publication_names', ";
    out += quote_literal(quote_identifier(options.publication));
    out += ", 'messages', 'true'";
    if (options.binary) {
        out += ", 'binary', 'true'";
    }
    return out + ")) TO STDOUT (FORMAT binary)";
}

std::string create_slot_command(std::string_view slot, slot_snapshot snapshot, slot_life life) {
    if (life == slot_life::failover) {
        return "CREATE_REPLICATION_SLOT " + quote_identifier(slot) +
               " LOGICAL pgoutput (SNAPSHOT " +
               (snapshot == slot_snapshot::exported ? "'export'" : "'nothing'") + ", FAILOVER)";
    }
    return "CREATE_REPLICATION_SLOT " + quote_identifier(slot) +
           (life == slot_life::temporary ? " TEMPORARY" : "") + " LOGICAL pgoutput " +
           (snapshot == slot_snapshot::exported ? "EXPORT_SNAPSHOT" : "NOEXPORT_SNAPSHOT");
}

std::string create_publication_statement(const publication_definition& definition) {
    std::string out = "CREATE PUBLICATION " + quote_identifier(definition.name) + " FOR ";
    out += definition.tables.empty() ? "ALL TABLES" : "TABLE " + table_list(definition.tables);
    if (definition.via_partition_root) {
        out += " WITH (publish_via_partition_root = true)";
    }
    return out;
}

std::string add_tables_statement(std::string_view publication,
                                 const std::vector<publish_table>& tables) {
    return "ALTER PUBLICATION " + quote_identifier(publication) + " ADD TABLE " +
           table_list(tables);
}

}  // namespace walferry::postgres
