#include "cmd/walferry/snapshot_command.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/snapshot_status.hpp"
#include "lib/config/names.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/slot.hpp"
#include "lib/postgres/sql_text.hpp"
#include "lib/snapshot/request.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <optional>

namespace walferry {
namespace {

using snapshot::request;

// What the options ask for. Errors: usage.
result<std::optional<request>> wish_of(const snapshot_options& options) {
    const int chosen = (options.status || options.follow ? 1 : 0) + (options.pause ? 1 : 0) +
                       (options.resume ? 1 : 0) + (options.stop ? 1 : 0);
    const bool starts = chosen == 0;
    if (chosen > 1) {
        return fail(error_kind::usage, "--status, --pause, --resume and --stop exclude each other");
    }
    if (starts && options.tables.empty()) {
        return fail(error_kind::usage, "no table is named",
                    "walferry snapshot public.orders, or --status");
    }
    if (!options.where.empty() && !starts) {
        return fail(error_kind::usage, "--where belongs to a new snapshot");
    }
    if (!options.tables.empty() && !starts && !options.stop) {
        return fail(error_kind::usage, "only a new snapshot and --stop name tables");
    }
    if (options.status || options.follow) {
        return std::optional<request>{};
    }
    request wanted;
    wanted.what = options.pause    ? request::wish::pause
                  : options.resume ? request::wish::resume
                  : options.stop   ? request::wish::stop
                                   : request::wish::start;
    for (const auto& table : options.tables) {
        wanted.tables.push_back(table.find('.') == std::string::npos ? "public." + table : table);
    }
    wanted.where = options.where;
    return std::optional{wanted};
}

// The message's LSN, once it is certain that somebody will read it.
result<std::string> send(boost::asio::io_context& io, postgres::connection& control,
                         const request& wanted) {
    const auto slot = postgres::quote_literal(wanted.slot);
    auto found = await(io, control.query("SELECT active FROM pg_replication_slots WHERE database = "
                                         "current_database() AND slot_name = " +
                                         slot));
    if (!found) {
        return tl::unexpected(std::move(found.error()));
    }
    if (found->rows() == 0) {
        return fail(error_kind::slot_missing,
                    "slot " + slot +
                        " does not exist in this database: no walferry reads the "
                        "request",
                    "walferry run makes it");
    }
    if (!found->boolean(0, 0)) {
        std::cerr << "no walferry streams from slot " << slot
                  << " now; the request waits in the WAL until one does\n";
    }
    auto sent = await(io, control.query("SELECT pg_logical_emit_message(true, '" +
                                        std::string{snapshot::request_prefix} + "', " +
                                        postgres::quote_literal(to_json(wanted)) + "::text)"));
    if (!sent) {
        return tl::unexpected(std::move(sent.error()));
    }
    return sent->string(0, 0);
}

int ask(const invocation& how, config::settings settings, request wanted) {
    boost::asio::io_context io{1};
    postgres::connect_request target;
    target.url = settings.source.url;
    target.timeout = settings.source.connect_timeout;
    auto control = await(io, postgres::connection::open(io, std::move(target)));
    if (!control) {
        return print_error(control.error());
    }
    config::fill_names(settings, control->database());
    wanted.slot = settings.source.slot;
    if (!wanted.where.empty()) {
        if (settings.http.token.empty()) {
            return print_error(
                {error_kind::config_invalid,
                 "--where needs http.token, in this configuration and in that of the walferry "
                 "that runs: any role may write logical messages, and a condition runs with "
                 "walferry's role",
                 "set http.token",
                 {}});
        }
        wanted.seal = seal_of(wanted, settings.http.token);
    }
    auto sent = send(io, *control, wanted);
    if (!sent) {
        return print_error(sent.error());
    }
    if (how.json) {
        std::cout << nlohmann::json{{"slot", wanted.slot}, {"asked_at", *sent}}.dump() << '\n';
    } else {
        fmt::print("asked at {}; walferry snapshot --status tells how it goes\n", *sent);
    }
    return 0;
}

}  // namespace

int ask_for_snapshots(const invocation& how, const snapshot_options& options) {
    auto wanted = wish_of(options);
    if (!wanted) {
        return print_error(wanted.error());
    }
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    std::signal(SIGPIPE, SIG_IGN);
    if (!*wanted) {
        return show_snapshots(loaded->values, how.json, options.follow);
    }
    return ask(how, loaded->values, std::move(**wanted));
}

}  // namespace walferry
