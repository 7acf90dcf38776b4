// Positions grow along a partition but for what is delivered again, so a binary search could meet a
// second delivery and end behind the first: records are looked at in their order.

#include "cmd/walferry/offsets_command.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/published_topics.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/audit/published_event.hpp"
#include "lib/config/names.hpp"
#include "lib/publish/topic_scan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <iostream>

namespace walferry {
namespace {

using unexpected = tl::unexpected<error>;

struct start_offset {
    std::string topic;
    std::string table;
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    bool at_end = false;  // nothing behind the LSN is there yet
};

result<start_offset> find_start(publish::topic_scan& scan, const config::settings& settings,
                                const std::string& topic, const publish::partition_range& range,
                                lsn from) {
    start_offset found{topic, {}, range.partition, range.end, true};
    std::optional<error> broken;
    auto read = scan.read(topic, range, [&](const publish::scanned_record& record) {
        auto event = audit::read_event(settings.events.format, record.key, record.value, {});
        if (!event) {
            broken = std::move(event.error());
            broken->message = topic + " partition " + std::to_string(record.partition) +
                              " offset " + std::to_string(record.offset) + ": " + broken->message;
            return false;
        }
        if (*event && (*event)->at.commit >= from) {
            found.offset = record.offset;
            found.at_end = false;
        }
        return found.at_end;
    });
    if (!read || broken) {
        return unexpected(!read ? std::move(read.error()) : std::move(*broken));
    }
    return found;
}

result<std::vector<start_offset>> find_all(const config::settings& settings,
                                           const published_topics& published, lsn from) {
    auto scan = publish::topic_scan::open(settings.name, settings.sink.kafka);
    if (!scan) {
        return unexpected(std::move(scan.error()));
    }
    std::vector<start_offset> all;
    for (const auto& one : published.tables) {
        auto ranges = scan->ranges(one.planned.topic);
        if (!ranges) {
            return unexpected(std::move(ranges.error()));
        }
        for (const auto& range : *ranges) {
            auto found = find_start(*scan, settings, one.planned.topic, range, from);
            if (!found) {
                return unexpected(std::move(found.error()));
            }
            found->table = one.planned.table;
            all.push_back(std::move(*found));
        }
    }
    return all;
}

void print(const invocation& how, lsn from, const std::vector<start_offset>& all) {
    if (how.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& one : all) {
            list.push_back({{"topic", one.topic},
                            {"partition", one.partition},
                            {"offset", one.offset},
                            {"at_end", one.at_end},
                            {"table", one.table}});
        }
        std::cout << nlohmann::ordered_json{{"lsn", to_string(from)}, {"offsets", list}}.dump()
                  << '\n';
        return;
    }
    fmt::print("{:<40} {:>9} {:>12}\n", "TOPIC", "PARTITION", "OFFSET");
    for (const auto& one : all) {
        fmt::print("{:<40} {:>9} {:>12}{}\n", one.topic, one.partition, one.offset,
                   one.at_end ? "  (end)" : "");
    }
}

}  // namespace

int offsets(const invocation& how, const std::string& text) {
    const auto from = parse_lsn(text);
    if (!from) {
        return print_error(
            {error_kind::usage, "\"" + text + "\" is not an LSN like 0/16B3748", {}, {}});
    }
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    auto& settings = loaded->values;
    if (auto refused = unreadable(settings)) {
        return print_error(*refused);
    }
    std::signal(SIGPIPE, SIG_IGN);
    boost::asio::io_context io{1};
    postgres::connect_request request;
    request.url = settings.source.url;
    request.timeout = settings.source.connect_timeout;
    auto control = await(io, postgres::connection::open(io, std::move(request)));
    if (!control) {
        return print_error(control.error());
    }
    config::fill_names(settings, control->database());
    auto published = find_published_topics(io, *control, settings, {});
    if (!published) {
        return print_error(published.error());
    }
    const auto all = find_all(settings, *published, *from);
    if (!all) {
        return print_error(all.error());
    }
    print(how, *from, *all);
    return 0;
}

}  // namespace walferry
