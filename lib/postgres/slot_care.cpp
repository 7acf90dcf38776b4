#include "lib/postgres/slot_care.hpp"

#include "lib/postgres/slot.hpp"
#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

using unexpected = tl::unexpected<error>;

constexpr std::chrono::seconds make_timeout{60};

error missing(const std::string& name) {
    return {error_kind::slot_missing,
            "slot \"" + name + "\" does not exist",
            "walferry slot list shows those that do",
            {}};
}

error busy(const slot_facts& slot) {
    const auto pid = std::to_string(slot.active_pid);
    return {error_kind::slot_in_use,
            "slot \"" + slot.name + "\" is in use by the server process " + pid,
            "stop the walferry that streams from it, or SELECT pg_terminate_backend(" + pid + ")",
            {}};
}

// The slot, when it is there and nobody streams from it.
task<result<slot_facts>> idle_slot(connection& control, std::string name) {
    auto slot = co_await read_slot(control, std::move(name));
    if (slot && !slot->exists) {
        co_return unexpected(missing(slot->name));
    }
    if (slot && slot->active) {
        co_return unexpected(busy(*slot));
    }
    co_return slot;
}

}  // namespace

task<result<std::vector<slot_facts>>> list_slots(connection& control) {
    auto names = co_await control.query("SELECT slot_name FROM pg_replication_slots ORDER BY 1");
    if (!names) {
        co_return unexpected(std::move(names.error()));
    }
    std::vector<slot_facts> found;
    for (std::size_t row = 0; row < names->rows(); ++row) {
        auto name = names->string(row, 0);
        auto slot = co_await read_slot(control, std::move(name));
        if (!slot) {
            co_return unexpected(std::move(slot.error()));
        }
        if (slot->exists) {
            found.push_back(std::move(*slot));
        }
    }
    co_return found;
}

task<result<slot_facts>> make_slot(connection& control, std::string name) {
    auto slot = co_await read_slot(control, name);
    if (!slot) {
        co_return slot;
    }
    if (slot->exists) {
        co_return fail(error_kind::config_invalid, "slot \"" + name + "\" exists already",
                       "walferry slot list shows it; walferry slot drop " + name + " removes it");
    }
    auto made = co_await control.query(
        "SELECT pg_create_logical_replication_slot(" + quote_literal(name) + ", 'pgoutput')",
        make_timeout);
    if (!made) {
        co_return unexpected(std::move(made.error()));
    }
    slot = co_await read_slot(control, std::move(name));
    co_return slot;
}

task<result<void>> drop_slot(connection& control, std::string name) {
    auto slot = co_await idle_slot(control, name);
    if (!slot) {
        co_return unexpected(std::move(slot.error()));
    }
    auto done =
        co_await control.query("SELECT pg_drop_replication_slot(" + quote_literal(name) + ")");
    if (!done) {
        co_return unexpected(std::move(done.error()));
    }
    co_return result<void>{};
}

task<result<lsn>> advance_slot(connection& control, std::string name, lsn to) {
    auto slot = co_await idle_slot(control, name);
    if (!slot) {
        co_return unexpected(std::move(slot.error()));
    }
    if (to < slot->confirmed_flush) {
        co_return fail(error_kind::config_invalid,
                       "slot \"" + name + "\" is at " + to_string(slot->confirmed_flush) +
                           " already and cannot go back to " + to_string(to));
    }
    auto ends = co_await control.query(
        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
        "ELSE pg_current_wal_flush_lsn() END");
    if (!ends) {
        co_return unexpected(std::move(ends.error()));
    }
    const lsn end = ends->location(0, 0);
    if (to > end) {
        co_return fail(error_kind::config_invalid,
                       "slot \"" + name + "\" cannot be advanced to " + to_string(to) +
                           ": the server's WAL ends at " + to_string(end),
                       "walferry slot advance " + to_string(end) + " gives all changes up");
    }
    auto moved = co_await control.query("SELECT end_lsn FROM pg_replication_slot_advance(" +
                                        quote_literal(name) + ", '" + to_string(to) + "')");
    if (!moved) {
        co_return unexpected(std::move(moved.error()));
    }
    co_return moved->location(0, 0);
}

}  // namespace walferry::postgres
