#include "cmd/walferry/verify_command.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/published_topics.hpp"
#include "cmd/walferry/table_comparison.hpp"
#include "cmd/walferry/verify_report.hpp"
#include "lib/audit/delivery_order.hpp"
#include "lib/config/names.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/slot.hpp"
#include "lib/publish/topic_scan.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <map>

namespace walferry {
namespace {

using unexpected = tl::unexpected<error>;
using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_again{50};
constexpr std::size_t slot_name_max = 63;

// Kinds: slot_missing, delivery_stalled.
postgres::task<result<void>> until_acknowledged(boost::asio::io_context& io,
                                                postgres::connection& control,
                                                const config::settings& settings, lsn upto) {
    const auto patience = settings.sink.kafka.stall_timeout;
    boost::asio::steady_timer timer{io};
    lsn reached;
    auto moved = clock::now();
    for (;;) {
        auto slot = co_await postgres::read_slot(control, settings.source.slot);
        if (!slot) {
            co_return unexpected(std::move(slot.error()));
        }
        if (!slot->exists) {
            co_return fail(error_kind::slot_missing,
                           "slot \"" + settings.source.slot + "\" does not exist",
                           "walferry run makes it");
        }
        if (slot->confirmed_flush >= upto) {
            co_return result<void>{};
        }
        if (slot->confirmed_flush > reached) {
            reached = slot->confirmed_flush;
            moved = clock::now();
        }
        if (!slot->active || clock::now() - moved > patience) {
            co_return fail(error_kind::delivery_stalled,
                           "slot \"" + settings.source.slot + "\" is acknowledged up to " +
                               to_string(slot->confirmed_flush) + " only, not to " +
                               to_string(upto) + (slot->active ? "" : ", and nobody streams"),
                           "let walferry run catch up: walferry run");
        }
        timer.expires_after(look_again);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

class verification {
public:
    explicit verification(config::settings settings) : settings_(std::move(settings)) {}

    result<verify_report> run(const std::vector<std::string>& wanted);

private:
    result<void> connect();
    result<lsn> take_snapshot();
    result<verified_table> verify_one(const topic_of_table& which, publish::topic_scan& scan);
    result<void> read_topic(verified_table& into, audit::table_state& state,
                            publish::topic_scan& scan);
    result<void> read_rows(const topic_of_table& which, audit::table_state& state);
    result<std::uint64_t> count_gaps(publish::topic_scan& scan) const;

    config::settings settings_;
    boost::asio::io_context io_{1};
    postgres::session_pair sessions_;
    published_topics published_;
    std::string snapshot_;
    std::string database_;
    lsn at_;
};

result<void> verification::connect() {
    auto opened = await(io_, postgres::open_sessions(io_, settings_.source));
    if (!opened) {
        return unexpected(std::move(opened.error()));
    }
    sessions_ = std::move(*opened);
    database_ = sessions_.control.database();
    config::fill_names(settings_, database_);
    return {};
}

// Creating a slot is the one way to a snapshot and the LSN that it stands for.
result<lsn> verification::take_snapshot() {
    postgres::slot_request request;
    const std::string suffix = "_verify_" + std::to_string(::getpid());
    request.name = settings_.source.slot.substr(0, slot_name_max - suffix.size()) + suffix;
    request.export_snapshot = true;
    request.temporary = true;
    request.patience = settings_.source.startup_timeout;
    auto slot = await(
        io_, postgres::create_slot(sessions_.control, sessions_.replication, std::move(request)));
    if (!slot) {
        return unexpected(std::move(slot.error()));
    }
    snapshot_ = slot->snapshot;
    return slot->confirmed_flush;
}

result<void> verification::read_topic(verified_table& into, audit::table_state& state,
                                      publish::topic_scan& scan) {
    auto ranges = scan.ranges(into.topic);
    if (!ranges) {
        return unexpected(std::move(ranges.error()));
    }
    std::optional<error> broken;
    for (const auto& range : *ranges) {
        audit::delivery_order order;
        auto read = scan.read(into.topic, range, [&](const publish::scanned_record& record) {
            ++into.records;
            auto event = audit::read_event(settings_.events.format, record.key, record.value,
                                           record.unchanged);
            if (!event) {
                broken = std::move(event.error());
                broken->message = into.topic + " partition " + std::to_string(record.partition) +
                                  " offset " + std::to_string(record.offset) + ": " +
                                  broken->message;
                return false;
            }
            if (*event) {
                order.take((*event)->at);
                state.take(**event, {record.partition, record.offset});
            }
            return true;
        });
        if (!read || broken) {
            return unexpected(!read ? std::move(read.error()) : std::move(*broken));
        }
        into.duplicates += order.duplicates();
        into.reordered += order.reordered();
    }
    return {};
}

result<void> verification::read_rows(const topic_of_table& which, audit::table_state& state) {
    snapshot::reading_request request;
    request.source = settings_.source;
    // The snapshot is the one that was exported, however long the tables before took.
    request.max_transaction = std::chrono::hours{24 * 365};
    request.tables = {which.table.id};
    request.exported = snapshot_;
    table_comparison rows{settings_, database_, published_.catalog, state};
    boost::asio::io_context io{1};
    snapshot::reader reader{io, std::move(request), rows};
    reader.start();
    io.run();
    return rows.failure() ? result<void>{unexpected(*rows.failure())} : result<void>{};
}

result<verified_table> verification::verify_one(const topic_of_table& which,
                                                publish::topic_scan& scan) {
    verified_table made;
    made.table = which.planned.table;
    made.topic = which.planned.topic;
    auto state =
        which.planned.keyless ? audit::make_keyless_state(at_) : audit::make_keyed_state(at_);
    if (auto read = read_topic(made, *state, scan); !read) {
        return unexpected(std::move(read.error()));
    }
    if (auto read = read_rows(which, *state); !read) {
        return unexpected(std::move(read.error()));
    }
    made.found = state->finish();
    return made;
}

result<std::uint64_t> verification::count_gaps(publish::topic_scan& scan) const {
    const std::string topic = settings_.name + ".gap";
    auto ranges = scan.ranges(topic);
    if (!ranges) {
        return unexpected(std::move(ranges.error()));
    }
    std::uint64_t count = 0;
    for (const auto& range : *ranges) {
        count += static_cast<std::uint64_t>(range.end - range.first);
    }
    return count;
}

result<verify_report> verification::run(const std::vector<std::string>& wanted) {
    if (auto connected = connect(); !connected) {
        return unexpected(std::move(connected.error()));
    }
    auto published = find_published_topics(io_, sessions_.control, settings_, wanted);
    auto scan = publish::topic_scan::open(settings_.name, settings_.sink.kafka);
    if (!published || !scan) {
        return unexpected(!published ? std::move(published.error()) : std::move(scan.error()));
    }
    published_ = std::move(*published);
    auto at = take_snapshot();
    if (!at) {
        return unexpected(std::move(at.error()));
    }
    at_ = *at;
    std::cerr << "walferry: comparing at " << to_string(at_) << ", once it is acknowledged\n";
    if (auto done = await(io_, until_acknowledged(io_, sessions_.control, settings_, at_)); !done) {
        return unexpected(std::move(done.error()));
    }
    verify_report report;
    report.at = at_;
    auto gaps = count_gaps(*scan);
    if (!gaps) {
        return unexpected(std::move(gaps.error()));
    }
    report.gaps = *gaps;
    for (const auto& one : published_.tables) {
        auto verified = verify_one(one, *scan);
        if (!verified) {
            return unexpected(std::move(verified.error()));
        }
        report.tables.push_back(std::move(*verified));
    }
    return report;
}

std::optional<error> not_comparable(const config::settings& settings) {
    if (auto refused = unreadable(settings)) {
        return refused;
    }
    if (!settings.events.skip.empty()) {
        return error{error_kind::usage,
                     "events.skip leaves changes out: the topics do not hold the tables' state",
                     {},
                     {}};
    }
    return std::nullopt;
}

}  // namespace

int verify(const invocation& how, const std::vector<std::string>& tables) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    if (auto refused = not_comparable(loaded->values)) {
        return print_error(*refused);
    }
    std::signal(SIGPIPE, SIG_IGN);
    auto report = verification{std::move(loaded->values)}.run(tables);
    if (!report) {
        return print_error(report.error());
    }
    std::cout << (how.json ? as_json(*report) : as_text(*report));
    return report->agrees() ? 0 : 1;
}

}  // namespace walferry
