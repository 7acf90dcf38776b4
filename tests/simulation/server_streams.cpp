// Transactions that the model streams before their commit, as pgoutput.md 3.3 describes it: blocks
// of several, some of which are rolled back to a savepoint or as a whole.

#include "tests/simulation/server.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <algorithm>
#include <utility>

namespace walferry::simulation {
namespace {

constexpr std::size_t reads_ahead = 4;  // pieces of WAL
constexpr std::uint32_t first_xid = 1000;
constexpr std::uint32_t xids_of_one = 16;
constexpr std::uint64_t first_ghost = std::uint64_t{1} << 40;

bool can_stream(const item& of) {
    return of.what == item::kind::transaction && !of.rows.empty();
}

}  // namespace

server::stream& server::stream_of(std::uint32_t index) {
    auto& found = session_->streams[index];
    found.xid = first_xid + index * xids_of_one;
    return found;
}

void server::send(lsn at, std::string payload) {
    session_->ready.push_back(test::wal_frame(at, payload));
}

void server::begin_block(stream& of, lsn at) {
    send(at, test::stream_start(of.xid, !of.began));
    of.began = true;
}

// PostgreSQL gives a logical message the id of its transaction.
void server::stream_row(stream& of, lsn at, const row& change, std::uint32_t by) {
    if (change.what == row_kind::message) {
        by = of.xid;
    } else if (of.announced[change.table] != static_cast<int>(change.version)) {
        announces(change.table, change.version);
        of.announced[change.table] = static_cast<int>(change.version);
        send({}, test::in_block(by, relation_message(change.table, change.version)));
    }
    send(at, test::in_block(by, row_message(change)));
}

// A table that is defined otherwise than it was told last has been altered: everybody must be told.
void server::announces(unsigned table, unsigned version) {
    auto& place = *session_;
    if (std::exchange(place.last_announced[table], static_cast<int>(version)) ==
        static_cast<int>(version)) {
        return;
    }
    place.announced[table] = place.doomed.announced[table] = -1;
    for (auto& [index, other] : place.streams) {
        other.announced[table] = -1;
    }
}

void server::stream_rows(stream& of, const item& is, std::size_t count) {
    for (; count > 0; --count, ++of.sent) {
        const auto by = of.xid + static_cast<std::uint32_t>(random_.below(3));
        stream_row(of, is.first, is.rows[of.sent], by);
    }
}

// What is rolled back later, in a savepoint and perhaps in one that is nested in it.
void server::stream_ghosts(stream& of, lsn at) {
    const auto levels = random_.between(1, 2);
    for (std::uint64_t level = 0; level < levels; ++level) {
        const auto by = of.xid + 3 + of.savepoints++ % (xids_of_one - 3);
        row ghost;
        ghost.table = static_cast<unsigned>(random_.below(table_count));
        ghost.version = database_.version(ghost.table);
        ghost.key = static_cast<unsigned>(random_.below(how_.keys));
        ghost.token = first_ghost + ++ghosts_;
        stream_row(of, at, ghost, by);
        of.rolled_back.insert(of.rolled_back.begin(), by);
    }
}

// Tables are announced anew after an abort.
void server::send_aborts(stream& of, lsn at) {
    for (auto by : std::exchange(of.rolled_back, {})) {
        send(at, test::stream_abort(of.xid, by));
        of.announced = {-1, -1, -1};
    }
}

// Before the next piece of WAL: a block of one of those that follow, or of one that never commits.
bool server::stream_ahead() {
    auto& place = *session_;
    const auto& order = database_.order();
    if (how_.streams == 0 || place.step != 0 || !random_.chance(how_.streams)) {
        return false;
    }
    const auto at = place.next + random_.below(reads_ahead);
    if (at >= order.size() || !can_stream(database_.items()[order[at]])) {
        return false;
    }
    const auto index = order[at];
    const auto& is = database_.items()[index];
    auto& of = random_.chance(200) ? place.doomed : stream_of(index);
    of.xid = of.xid == 0 ? first_xid - 1 : of.xid;
    if (!of.rolled_back.empty()) {
        send_aborts(of, is.first);
        return true;
    }
    if (&of == &place.doomed && of.began && random_.chance(500)) {
        send(is.first, test::stream_abort(of.xid, of.xid));
        of = {};
        return true;
    }
    begin_block(of, is.first);
    if (&of != &place.doomed) {
        stream_rows(of, is, random_.below(is.rows.size() - of.sent + 1));
    }
    if (&of == &place.doomed || random_.chance(300)) {
        stream_ghosts(of, is.first);
    }
    send(is.first, test::stream_stop());
    return true;
}

// The end of one that was streamed.
bool server::stream_commit(std::uint32_t index) {
    auto& place = *session_;
    const auto found = place.streams.find(index);
    if (place.step != 0 || found == place.streams.end()) {
        return false;
    }
    auto& of = found->second;
    const auto& is = database_.items()[index];
    send_aborts(of, is.first);
    if (of.sent < is.rows.size() || !of.began) {
        begin_block(of, is.first);
        stream_rows(of, is, is.rows.size() - of.sent);
        send(is.first, test::stream_stop());
    }
    send(is.end, test::stream_commit(of.xid, is.commit, is.end));
    // What it announced counts for the transactions behind it.
    for (unsigned table = 0; table < table_count; ++table) {
        if (of.announced[table] != -1) {
            place.announced[table] = of.announced[table];
        }
    }
    place.streams.erase(found);
    ++place.next;
    return true;
}

// A frame of what is streamed, if it is its turn.
std::optional<std::string> server::next_of_streams() {
    auto& place = *session_;
    const auto& order = database_.order();
    if (!place.streamed) {
        return std::nullopt;
    }
    if (place.ready.empty() && place.next < order.size() && !stream_ahead()) {
        stream_commit(order[place.next]);
    }
    if (place.ready.empty()) {
        return std::nullopt;
    }
    auto frame = std::move(place.ready.front());
    place.ready.pop_front();
    return frame;
}

}  // namespace walferry::simulation
