#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/facts.hpp"
#include "lib/route/unfit_tables.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>
#include <vector>

namespace walferry {

// A table that is published to a topic of its own.
struct topic_of_table {
    postgres::published_table table;
    route::planned_topic planned;
};

struct published_topics {
    std::vector<topic_of_table> tables;
    change::catalog catalog;  // of these tables, as it is now
};

// Why the events of this configuration cannot be read back: no Kafka, or a format that does not
// tell positions and whole rows.
std::optional<error> unreadable(const config::settings& settings);

// What the publication publishes and source.tables selects, as far as the patterns of `wanted`
// (none: all) name it. Outbox and event store tables have no topic of their own and are not in it.
// Errors: publication_missing, usage (nothing is named).
result<published_topics> find_published_topics(boost::asio::io_context& io,
                                               postgres::connection& control,
                                               const config::settings& settings,
                                               const std::vector<std::string>& wanted);

}  // namespace walferry
