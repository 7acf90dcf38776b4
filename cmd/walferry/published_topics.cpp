#include "cmd/walferry/published_topics.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/config/pattern.hpp"
#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/publication.hpp"

namespace walferry {
namespace {

using unexpected = tl::unexpected<error>;

std::optional<route::planned_topic> topic_for(const std::vector<route::planned_topic>& planned,
                                              const postgres::published_table& table) {
    for (const auto& one : planned) {
        if (one.id == table.id) {
            return one;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<error> unreadable(const config::settings& settings) {
    const auto& events = settings.events;
    if (!settings.sink.kafka.enabled) {
        return error{error_kind::usage, "the configuration has no sink.kafka", {}, {}};
    }
    if (events.flatten.enabled || events.format == config::event_format::cloudevents) {
        return error{error_kind::usage,
                     "only events.format debezium and plain, without flatten, can be read back",
                     {},
                     {}};
    }
    return std::nullopt;
}

result<published_topics> find_published_topics(boost::asio::io_context& io,
                                               postgres::connection& control,
                                               const config::settings& settings,
                                               const std::vector<std::string>& wanted) {
    auto selects = table_filter_of(settings);
    auto named = config::pattern_list::compile(wanted, config::pattern_subject::table);
    if (!selects || !named) {
        return unexpected(!selects ? std::move(selects.error()) : std::move(named.error()));
    }
    auto publication = await(io, postgres::read_publication(control, settings.source.publication));
    if (!publication) {
        return unexpected(std::move(publication.error()));
    }
    if (!publication->exists) {
        return fail(error_kind::publication_missing,
                    "publication \"" + settings.source.publication + "\" does not exist",
                    "walferry check");
    }
    std::vector<postgres::published_table> chosen;
    std::vector<std::uint32_t> ids;
    for (const auto& table : publication->tables) {
        if ((*selects)(table.schema, table.name) && named->has_table(table.schema, table.name)) {
            chosen.push_back(table);
            ids.push_back(table.id);
        }
    }
    published_topics made;
    if (auto loaded = await(io, postgres::load_tables(control, std::move(ids), made.catalog));
        !loaded) {
        return unexpected(std::move(loaded.error()));
    }
    const auto planned = route::planned_topics(settings, route::judged(chosen), made.catalog);
    for (auto& table : chosen) {
        if (auto topic = topic_for(planned, table)) {
            made.tables.push_back({std::move(table), std::move(*topic)});
        }
    }
    if (made.tables.empty()) {
        return fail(error_kind::usage, "no published table with a topic of its own is named",
                    "walferry check tells what is published");
    }
    return made;
}

}  // namespace walferry
