#include "cmd/walferry/stream_parts.hpp"

#include "cmd/walferry/await.hpp"
#include "lib/config/names.hpp"
#include "lib/config/pattern.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/publish/kafka_sink.hpp"
#include "lib/publish/stdout_sink.hpp"
#include "lib/route/table_router.hpp"
#include "lib/spool/file.hpp"

namespace walferry {

result<void> complete_names(config::settings& settings) {
    if (!settings.name.empty()) {
        return {};
    }
    boost::asio::io_context io{1};
    postgres::connect_request request;
    request.url = settings.source.url;
    request.timeout = settings.source.connect_timeout;
    auto opened = await(io, postgres::connection::open(io, std::move(request)));
    if (!opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    config::fill_names(settings, opened->database());
    return {};
}

result<postgres::table_filter> table_filter_of(const config::settings& settings) {
    auto tables =
        config::pattern_list::compile(settings.source.tables, config::pattern_subject::table);
    if (!tables) {
        return tl::unexpected(std::move(tables.error()));
    }
    return [patterns = std::make_shared<config::pattern_list>(std::move(*tables))](
               std::string_view schema, std::string_view table) {
        return patterns->has_table(schema, table);
    };
}

result<pipeline::engine> make_engine(const config::settings& settings, bool keeps_state) {
    auto router = route::table_router::make(settings);
    if (!router) {
        return tl::unexpected(std::move(router.error()));
    }
    auto side = pipeline::side_topics::make(settings);
    if (!side) {
        return tl::unexpected(std::move(side.error()));
    }
    encode::context global;
    global.name = settings.name;
    global.events = &settings.events;
    global.route = &settings.route;
    global.counter = side->counter();
    pipeline::table_plans plans{std::move(*router), std::move(global), settings.topics,
                                static_cast<std::size_t>(settings.metrics_tables_max)};
    auto spooled = std::make_unique<spool::file>(settings.source.spool_directory);
    if (settings.source.streaming != config::streaming_mode::off) {
        if (auto usable = spooled->open(); !usable) {
            return tl::unexpected(std::move(usable.error()));
        }
    }
    return pipeline::engine{settings,     std::move(plans), std::move(*side),
                            std::nullopt, keeps_state,      std::move(spooled)};
}

std::unique_ptr<publish::sink_factory> make_sinks(const config::settings& settings) {
    if (settings.sink.kafka.enabled) {
        return publish::make_kafka_factory(settings.name, settings.sink.kafka);
    }
    return publish::make_stdout_factory();
}

}  // namespace walferry
