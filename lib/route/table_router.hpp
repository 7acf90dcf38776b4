#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/change/relation.hpp"
#include "lib/config/pattern.hpp"
#include "lib/config/settings.hpp"
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
    std::string topic;
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

private:
    using named_columns = std::pair<config::pattern_list, const std::vector<std::string>*>;
    using masked_columns = std::pair<config::pattern_list, const config::mask_rule*>;

    explicit table_router(topic_namer topics) : topics_(std::move(topics)) {}

    result<std::string> claim_topic(const change::relation& table);
    result<std::vector<std::uint32_t>> partition_columns(const change::relation& table) const;

    topic_namer topics_;
    config::pattern_list tables_;
    config::pattern_list columns_;
    std::vector<named_columns> keys_;
    std::vector<named_columns> partition_by_;
    std::vector<masked_columns> masks_;
    using table_name = std::pair<std::string, std::string>;  // schema, table
    std::map<std::string, table_name> owners_;               // by normalised topic
};

}  // namespace walferry::route
