#include "cmd/walferry/slot_command.hpp"

#include "cmd/walferry/agreement.hpp"
#include "cmd/walferry/await.hpp"
#include "lib/config/names.hpp"
#include "lib/postgres/slot_care.hpp"
#include "lib/postgres/sql_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <csignal>
#include <iostream>

namespace walferry {
namespace {

using nlohmann::json;

std::string bytes_text(std::int64_t bytes) {
    constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

json as_json(const postgres::slot_facts& slot) {
    return {{"name", slot.name},
            {"type", slot.type},
            {"plugin", slot.plugin},
            {"database", slot.database},
            {"temporary", slot.temporary},
            {"active", slot.active},
            {"active_pid", slot.active_pid},
            {"restart_lsn", to_string(slot.restart)},
            {"confirmed_flush_lsn", to_string(slot.confirmed_flush)},
            {"wal_status", slot.wal_status},
            {"invalidation_reason", slot.invalidation_reason},
            {"retained_bytes", slot.retained_bytes},
            {"safe_wal_bytes", slot.safe_wal_bytes ? json(*slot.safe_wal_bytes) : json()},
            {"failover", slot.failover},
            {"synced", slot.synced}};
}

void print_table(const std::vector<postgres::slot_facts>& slots) {
    constexpr const char* row = "{:<28} {:<9} {:<16} {:<7} {:<11} {:<12} {:<12} {:>10} {:>10}\n";
    fmt::print(row, "SLOT", "PLUGIN", "DATABASE", "ACTIVE", "WAL STATUS", "CONFIRMED", "RESTART",
               "RETAINED", "SAFE");
    for (const auto& slot : slots) {
        fmt::print(row, slot.name, slot.plugin.empty() ? "-" : slot.plugin,
                   slot.database.empty() ? "-" : slot.database,
                   slot.active ? std::to_string(slot.active_pid) : "no",
                   slot.lost() ? "LOST" : slot.wal_status, to_string(slot.confirmed_flush),
                   to_string(slot.restart), bytes_text(slot.retained_bytes),
                   slot.safe_wal_bytes ? bytes_text(*slot.safe_wal_bytes) : "no limit");
    }
}

// A slot works without it, and walferry run does not.
void warn_without_publication(boost::asio::io_context& io, postgres::connection& control,
                              const std::string& publication) {
    std::string question =
        "SELECT 1 FROM pg_publication WHERE pubname = " + postgres::quote_literal(publication);
    auto found = await(io, control.query(std::move(question)));
    if (found && found->rows() == 0) {
        fmt::print(
            stderr,
            "walferry: warning: publication \"{}\" does not exist; changes made before it does "
            "cannot be read from this slot: walferry check tells the statement\n",
            publication);
    }
}

// The configuration and a connection, or the exit code of what is wrong with them.
class slot_session {
public:
    explicit slot_session(const invocation& how) {
        auto loaded = configure(how);
        if (!loaded) {
            code_ = print_error(loaded.error());
            return;
        }
        settings_ = std::move(loaded->values);
        std::signal(SIGPIPE, SIG_IGN);
        postgres::connect_request request;
        request.url = settings_.source.url;
        request.timeout = settings_.source.connect_timeout;
        auto opened = await(io_, postgres::connection::open(io_, std::move(request)));
        if (!opened) {
            code_ = print_error(opened.error());
            return;
        }
        control_ = std::move(*opened);
    }

    std::optional<int> code() const { return code_; }
    boost::asio::io_context& io() { return io_; }
    postgres::connection& control() { return control_; }

    // The slot that is meant: the argument, or the configuration's.
    std::string slot(const std::string& named) {
        if (!named.empty()) {
            return named;
        }
        config::fill_names(settings_, control_.database());
        return settings_.source.slot;
    }

    std::string publication() {
        config::fill_names(settings_, control_.database());
        return settings_.source.publication;
    }

private:
    boost::asio::io_context io_{1};
    config::settings settings_;
    postgres::connection control_;
    std::optional<int> code_;
};

}  // namespace

int slot_list(const invocation& how) {
    slot_session session{how};
    if (session.code()) {
        return *session.code();
    }
    auto slots = await(session.io(), postgres::list_slots(session.control()));
    if (!slots) {
        return print_error(slots.error());
    }
    if (how.json) {
        auto all = json::array();
        for (const auto& slot : *slots) {
            all.push_back(as_json(slot));
        }
        std::cout << all.dump(2) << '\n';
    } else {
        print_table(*slots);
    }
    return 0;
}

int slot_create(const invocation& how, const slot_options& options) {
    slot_session session{how};
    if (session.code()) {
        return *session.code();
    }
    auto name = session.slot(options.name);
    auto made = await(session.io(), postgres::make_slot(session.control(), name));
    if (!made) {
        return print_error(made.error());
    }
    if (how.json) {
        std::cout << as_json(*made).dump() << '\n';
    } else {
        fmt::print(
            "slot \"{}\" was made at {}; it holds WAL from now on until walferry run "
            "acknowledges it or it is dropped\n",
            name, to_string(made->confirmed_flush));
    }
    warn_without_publication(session.io(), session.control(), session.publication());
    return 0;
}

int slot_drop(const invocation& how, const slot_options& options) {
    slot_session session{how};
    if (session.code()) {
        return *session.code();
    }
    auto name = session.slot(options.name);
    if (auto refused =
            unless_agreed(options.yes, "dropping slot \"" + name +
                                           "\" loses all changes that it has not sent yet")) {
        return *refused;
    }
    auto done = await(session.io(), postgres::drop_slot(session.control(), name));
    if (!done) {
        return print_error(done.error());
    }
    if (how.json) {
        std::cout << json{{"dropped", name}}.dump() << '\n';
    } else {
        fmt::print("slot \"{}\" was dropped\n", name);
    }
    return 0;
}

int slot_advance(const invocation& how, const slot_options& options) {
    auto to = parse_lsn(options.lsn);
    if (!to) {
        return print_error(
            {error_kind::usage, "\"" + options.lsn + "\" is not an LSN like 0/16B3748", {}, {}});
    }
    slot_session session{how};
    if (session.code()) {
        return *session.code();
    }
    auto name = session.slot(options.name);
    if (auto refused =
            unless_agreed(options.yes, "advancing slot \"" + name + "\" to " + to_string(*to) +
                                           " loses all changes up to there that were not "
                                           "published")) {
        return *refused;
    }
    auto moved = await(session.io(), postgres::advance_slot(session.control(), name, *to));
    if (!moved) {
        return print_error(moved.error());
    }
    if (how.json) {
        std::cout << json{{"slot", name}, {"confirmed_flush_lsn", to_string(*moved)}}.dump()
                  << '\n';
    } else {
        fmt::print(
            "slot \"{}\" is at {}; a walferry that had published less will stop with exit "
            "code 3 and go on with `walferry run --accept-gap`\n",
            name, to_string(*moved));
    }
    return 0;
}

}  // namespace walferry
