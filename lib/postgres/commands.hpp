#pragma once

#include "lib/base/lsn.hpp"
#include "lib/config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

// The statements and replication commands that set a stream up, for servers 14 and newer. Pure.
namespace walferry::postgres {

struct start_options {
    std::string slot;
    std::string publication;
    lsn from;                // 0/0: the slot's confirmed_flush_lsn
    int server_version = 0;  // server_version_num
    bool binary = false;
    config::streaming_mode streaming = config::streaming_mode::off;
};

// START_REPLICATION SLOT ... Protocol 1 without streaming, 2 for `on`, 4 for `parallel`, which is
// `on` before 16. Logical messages are always asked for; never `origin`, `two_phase`.
std::string start_replication_command(const start_options& options);

// COPY of the messages that START_REPLICATION with the same options would send of what commits, or
// is a message of its own, before `upto`: rows of lsn, xid, data in binary form. `copy` is a slot
// that begins at options.from. Always protocol 1: whole transactions in the order of their commits.
std::string copy_changes_command(const start_options& options, std::string_view copy, lsn upto);

// The keyword form, which 14 to 18 understand, but for failover slots. Exporting is the server's
// default, hence always said.
enum class slot_snapshot { nothing, exported };
// A temporary slot lives as long as the connection that made it; one that may fail over lives on
// synchronised standbys, too (17+).
enum class slot_life { permanent, temporary, failover };
std::string create_slot_command(std::string_view slot, slot_snapshot snapshot,
                                slot_life life = slot_life::permanent);

struct publish_table {
    std::string schema;
    std::string name;
    bool partitioned = false;  // else ONLY: children are listed by themselves
};

struct publication_definition {
    std::string name;
    std::vector<publish_table> tables;  // empty: FOR ALL TABLES
    bool via_partition_root = false;
};

std::string create_publication_statement(const publication_definition& definition);

// ALTER PUBLICATION ... ADD TABLE ...
std::string add_tables_statement(std::string_view publication,
                                 const std::vector<publish_table>& tables);

}  // namespace walferry::postgres
