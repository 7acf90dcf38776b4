#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/change/relation.hpp"
#include "lib/config/pattern.hpp"
#include "lib/config/settings.hpp"
#include "lib/route/row_topic.hpp"
#include "lib/route/topic_name.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace walferry::route {

// Where the changes of one table go, and which of its columns.
struct table_route {
    config::table_use use = config::table_use::changes;
    std::string topic;                        // of changes only; else each row has its own
    std::vector<std::uint32_t> key;           // indexes into relation.columns, in the key's order
    std::vector<std::uint32_t> columns;       // published columns, in table order
    std::vector<std::uint32_t> partition_by;  // empty: by the key
    std::vector<const config::mask_rule*> masks;  // by column index
};

// Decides once a relation version what becomes of a table. Remembers which table writes to which
// topic, because two must not share one. Borrows the settings. Pure.
class table_router {
public:
    // Errors: config_invalid.
    static result<table_router> make(const config::settings& settings);

    bool keeps(const change::relation& table) const;

    // The topic that a table would get; nothing when it is not kept. Claims nothing.
    std::optional<std::string> topic_of(std::string_view schema, std::string_view table) const;

    // Errors: table_unfit, topic_conflict.
    result<table_route> route(const change::relation& table,
                              const change::table_description* description);

    // How the rows of an outbox or event store find their topics. Errors: table_unfit.
    result<row_topic> topics_of_rows(const change::relation& table, config::table_use use,
                                     const change::catalog& types) const {
        return row_topic::make(*settings_, use, table, types);
    }

    // The topic of one row. Errors: not_encodable when the row names none, topic_conflict.
    result<const std::string*> topic_of_row(row_topic& rule, const change::relation& table,
                                            pgoutput::row row);

private:
    using named_columns = std::pair<config::pattern_list, const std::vector<std::string>*>;
    using masked_columns = std::pair<config::pattern_list, const config::mask_rule*>;

    explicit table_router(topic_namer topics) : topics_(std::move(topics)) {}

    config::table_use use_of(std::string_view schema, std::string_view table) const;
    result<void> place(table_route& made, const change::relation& table,
                       const change::table_description* description);
    result<std::string> claim_topic(const change::relation& table);
    result<void> claim_topic_of_row(const change::relation& table, const std::string& topic);
    result<std::vector<std::uint32_t>> partition_columns(const change::relation& table) const;

    topic_namer topics_;
    config::pattern_list tables_;
    config::pattern_list columns_;
    std::vector<named_columns> keys_;
    std::vector<named_columns> partition_by_;
    std::vector<masked_columns> masks_;
    const config::settings* settings_ = nullptr;
    config::pattern_list outbox_;
    config::pattern_list event_store_;
    using table_name = std::pair<std::string, std::string>;  // schema, table
    struct claim {
        table_name table;
        std::string topic;     // as it is written
        bool by_rows = false;  // chosen by rows, of which other tables may have the same
    };
    std::map<std::string, claim> owners_;  // by normalised topic
};

}  // namespace walferry::route
