#pragma once

#include "lib/base/error.hpp"
#include "lib/change/assembler.hpp"
#include "lib/change/catalog.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/observe/table_counts.hpp"
#include "lib/pipeline/action.hpp"
#include "lib/route/table_router.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace walferry::pipeline {

// Everything that is decided once for a table's definition, found by relation.slot per row.
struct table_plan {
    bool kept = false;
    bool needs_text = false;  // a column's binary form does not say all that its text says
    std::string table;        // schema.table
    std::string topic_name;
    std::uint32_t topic = 0;  // publish::topic_id
    std::int32_t partitions = 0;
    std::int32_t fixed_partition = 0;  // of records without a key
    std::size_t counted_as = 0;        // row of table_counts
    std::unique_ptr<encode::table_encoder> encoder;
    std::optional<route::row_topic> by_row;  // each row has a topic of its own, instead of `topic`
};

// Makes the plans of announced tables. A plan may first need the catalog (types, keys) and the
// topic; until it has them the engine reads nothing more. Pure.
class table_plans {
public:
    table_plans(route::table_router router, encode::context global, config::topic_settings topics,
                std::size_t counted_tables_max = 100);

    // The server's word on the database, before any table is announced.
    void connected_to(const std::string& database) { global_.database = database; }

    // A table was announced. Returns what must be looked up or opened first: the plan is ready when
    // nothing comes back. Errors: table_unfit, topic_conflict.
    result<std::optional<action>> announce(const change::relation& table, bool changed);

    // The answers; each may lead to the next question about the same table.
    result<std::optional<action>> described(change::catalog found);
    result<std::optional<action>> topics_opened(const std::vector<publish::opened_topic>& opened);

    // The topics of the tables that the catalog knows, as far as the present sink does not have
    // them: opened at once rather than one by one when their first changes come.
    std::vector<publish::topic_request> topics_ahead() const;

    // The table that writes to a topic; empty: none does.
    std::string table_of(const std::string& topic) const;

    // Topics opened for other purposes than tables, by name; nothing when not opened yet.
    std::optional<publish::opened_topic> topic(const std::string& name) const;

    // The topic of a row of a table whose plan says `by_row`; its name in `name`. Null: not opened
    // yet. Errors: not_encodable, topic_conflict, topic_unfit.
    struct row_destination {
        const std::string* name = nullptr;
        const publish::opened_topic* opened = nullptr;
    };
    result<row_destination> destination_of(table_plan& plan, const change::relation& table,
                                           pgoutput::row row);
    publish::topic_request request_of(const table_plan& plan, const std::string& name) const;

    // A new sink knows no topic yet: every plan is made anew.
    void new_sink();

    // Drops what was being asked: the connection is gone and the table is announced again.
    // What the catalog said of it may be of an earlier definition.
    void abandon_question() {
        if (pending_ != nullptr) {
            catalog_.forget_table(pending_->id);
        }
        pending_ = nullptr;
        asking_catalog_ = false;
        asked_topic_.clear();
    }

    bool waiting() const { return pending_ != nullptr; }
    std::string waits_for() const;  // for people; empty: nothing

    table_plan* find(const change::relation& table) {
        return table.slot < plans_.size() ? plans_[table.slot].get() : nullptr;
    }

    change::catalog& catalog() { return catalog_; }

    void count(const table_plan& plan, change::operation what);
    const observe::table_counts& counts() const { return counts_; }

private:
    result<std::optional<action>> proceed();
    std::optional<action> missing_descriptions(const change::relation& table);
    result<void> make_plan(const change::relation& table, const route::table_route& route,
                           const publish::opened_topic* topic);

    route::table_router router_;
    encode::context global_;
    config::topic_settings topics_;
    change::catalog catalog_;
    std::vector<std::unique_ptr<table_plan>> plans_;  // by relation.slot
    std::unordered_map<std::string, publish::opened_topic> opened_;
    const change::relation* pending_ = nullptr;
    std::set<change::oid> asked_types_;
    std::string asked_topic_;  // of the pending table; empty: none
    bool described_pending_ = false;
    bool asking_catalog_ = false;  // described() is what comes next
    observe::table_counts counts_;
};

}  // namespace walferry::pipeline
