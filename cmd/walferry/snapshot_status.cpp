#include "cmd/walferry/snapshot_status.hpp"

#include "cmd/walferry/invocation.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/publish/state_reader.hpp"
#include "lib/snapshot/incremental_memory.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

namespace walferry {
namespace {

using nlohmann::json;
using snapshot::incremental_memory;
using snapshot::table_progress;

constexpr std::chrono::seconds broker_patience{30};
constexpr std::chrono::seconds follow_pause{1};
constexpr int bar_width = 30;

result<incremental_memory> read_memory(publish::state_reader& topic, const std::string& slot) {
    topic.read();
    const auto end = std::chrono::steady_clock::now() + broker_patience;
    std::optional<publish::state_reader::answer> answer;
    while (!answer) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return fail(error_kind::broker_unreachable, "the state topic was not read in 30 s",
                        "look after the broker");
        }
        pollfd wake{topic.wake_fd(), POLLIN, 0};
        ::poll(&wake, 1, static_cast<int>(left.count()));
        answer = topic.take();
    }
    if (!*answer) {
        return tl::unexpected(std::move(answer->error()));
    }
    const auto found = (*answer)->find(snapshot::incremental_key(slot));
    if (found == (*answer)->end()) {
        return incremental_memory{};
    }
    return snapshot::parse_incremental(found->second);
}

std::string state_of(const incremental_memory& memory, const table_progress& table) {
    if (memory.paused) {
        return "paused";
    }
    return table.begun_at ? "reading" : "waiting";
}

json as_json(const incremental_memory& memory) {
    auto tables = json::array();
    for (const auto& table : memory.tables) {
        tables.push_back({{"table", table.table},
                          {"state", state_of(memory, table)},
                          {"where", table.where.empty() ? json() : json(table.where)},
                          {"rows", table.rows},
                          {"rows_estimated", table.rows_estimated}});
    }
    auto ended = json::array();
    for (const auto& table : memory.ended) {
        ended.push_back({{"table", table.table},
                         {"outcome", name_of(table.outcome)},
                         {"rows", table.rows},
                         {"why", table.why.empty() ? json() : json(table.why)},
                         {"at_ms", table.at.microseconds / 1000}});
    }
    return {{"paused", memory.paused},
            {"tables", std::move(tables)},
            {"ended", std::move(ended)},
            {"written_ms", memory.written_at.microseconds / 1000}};
}

std::string bar_of(const table_progress& table) {
    const auto whole = std::max(table.rows_estimated, table.rows);
    const auto share =
        whole == 0 ? 0.0 : static_cast<double>(table.rows) / static_cast<double>(whole);
    const auto filled = static_cast<int>(share * bar_width);
    return '[' + std::string(static_cast<std::size_t>(filled), '#') +
           std::string(static_cast<std::size_t>(bar_width - filled), '.') + ']' +
           fmt::format(" {:3.0f} %", share * 100);
}

// Returns the number of lines.
std::size_t print(const incremental_memory& memory, bool bars) {
    std::size_t lines = 0;
    for (const auto& table : memory.tables) {
        fmt::print("{:<40} {:<8} {:>12} of about {}{}{}\n", table.table, state_of(memory, table),
                   table.rows, table.rows_estimated, bars ? "  " + bar_of(table) : "",
                   table.where.empty() ? "" : "  where " + table.where);
        ++lines;
    }
    for (const auto& table : memory.ended) {
        fmt::print("{:<40} {:<8} {:>12} rows{}{}\n", table.table, name_of(table.outcome),
                   table.rows, table.why.empty() ? "" : ": ", table.why);
        ++lines;
    }
    if (lines == 0) {
        fmt::print("no incremental snapshot was asked for\n");
        ++lines;
    }
    std::fflush(stdout);
    return lines;
}

}  // namespace

int show_snapshots(config::settings settings, bool json_wanted, bool follow) {
    if (auto named = complete_names(settings); !named) {
        return print_error(named.error());
    }
    if (!settings.sink.kafka.enabled) {
        return print_error({error_kind::usage,
                            "output to stdout has no state topic that tells of snapshots",
                            "ask /status of the walferry that runs (http.listen)",
                            {}});
    }
    publish::state_reader topic{settings.name, settings.sink.kafka};
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    for (;;) {
        auto memory = read_memory(topic, settings.source.slot);
        if (!memory) {
            return print_error(memory.error());
        }
        std::size_t lines = 0;
        if (json_wanted) {
            std::cout << as_json(*memory).dump(follow ? -1 : 2) << std::endl;
        } else {
            lines = print(*memory, terminal);
        }
        if (!follow || memory->tables.empty()) {
            return 0;
        }
        std::this_thread::sleep_for(follow_pause);
        if (terminal && !json_wanted) {
            fmt::print("\x1b[{}A\x1b[J", lines);
        }
    }
}

}  // namespace walferry
