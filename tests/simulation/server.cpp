#include "tests/simulation/server.hpp"

#include "tests/simulation/violation.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <algorithm>

namespace walferry::simulation {
namespace {

constexpr std::uint64_t our_system = 7'000'000'000'000'000'001;
constexpr std::uint64_t other_system = 7'000'000'000'000'000'002;

bool is_silent(const item& of) {
    return of.what == item::kind::foreign ||
           (of.what == item::kind::transaction && of.rows.empty() && !of.announced);
}

}  // namespace

std::uint64_t server::own_system() {
    return our_system;
}

server_identity server::identity() const {
    server_identity made;
    made.system = shows_other_system ? other_system : our_system;
    made.timeline = timeline_;
    made.flushed = database_.wal_end();
    made.database = "shop";
    for (std::uint32_t timeline = 1; timeline < timeline_; ++timeline) {
        made.ancestors.push_back({timeline, left_[timeline - 1]});
    }
    return made;
}

slot_position server::slot() const {
    return {"walferry_sim", confirmed_, false};
}

std::uint64_t server::start(lsn from, bool streamed) {
    auto at = std::max(from, confirmed_);
    const auto& order = database_.order();
    walsender made;
    made.number = ++sessions_;
    made.streamed = streamed;
    while (made.next < order.size()) {
        const auto& one = database_.items()[order[made.next]];
        if (one.commit >= at && one.what != item::kind::foreign) {
            break;
        }
        ++made.next;
    }
    session_ = made;
    reply_wanted_ = false;
    return made.number;
}

std::uint64_t server::start_ranges(lsn from) {
    const auto number = start(from);
    auto at = std::max(from, confirmed_).value;
    const auto end = database_.wal_end().value;
    session_->ranged = true;
    while (at < end) {
        at = std::min(end, at + random_.between(1, 0x300));
        session_->cuts.push_back({at});
    }
    return number;
}

// A range holds what commits by a record that begins before its end.
std::optional<std::string> server::next_of_range() {
    const auto& order = database_.order();
    auto& place = *session_;
    if (place.cuts.empty()) {
        return std::nullopt;
    }
    const lsn cut = place.cuts.front();
    for (; place.next < order.size(); ++place.next) {
        const auto& of = database_.items()[order[place.next]];
        if (of.commit >= cut) {
            break;
        }
        if (!is_silent(of)) {
            return frame_of(of);
        }
    }
    place.cuts.pop_front();
    place.announced = {-1, -1, -1};
    return range_end(cut);
}

void server::skip_range() {
    const auto& order = database_.order();
    auto& place = *session_;
    place.step = 0;
    while (!place.cuts.empty() && place.next < order.size() &&
           database_.items()[order[place.next]].commit < place.cuts.front()) {
        ++place.next;
    }
}

std::string range_end(lsn cut) {
    return "=" + to_string(cut);
}

std::optional<lsn> range_end_of(std::string_view frame) {
    return frame.starts_with('=') ? parse_lsn(frame.substr(1)) : std::nullopt;
}

bool server::caught_up() const {
    return session_ && session_->next >= database_.order().size() && session_->ready.empty();
}

std::optional<std::string> server::next_frame() {
    if (session_->ranged) {
        return next_of_range();
    }
    if (auto streamed = next_of_streams()) {
        return streamed;
    }
    const auto& order = database_.order();
    while (session_->next < order.size()) {
        const auto& of = database_.items()[order[session_->next]];
        if (!is_silent(of)) {
            auto stray = stray_keepalive(of);
            return stray ? *stray : frame_of(of);
        }
        ++session_->next;
    }
    if (session_->told == database_.wal_end() && !reply_wanted_) {
        return std::nullopt;
    }
    session_->told = database_.wal_end();
    bool asks = shutting_down || reply_wanted_ || random_.chance(100);
    reply_wanted_ = false;
    return test::keepalive(session_->told, asks);
}

void server::regular_keepalive() {
    if (session_) {
        session_->told = {};
    }
}

// In the middle of a backlog: the end of what the decoder has read, which may be far behind what it
// sent before, and lies before the commit record of what it sends now.
std::optional<std::string> server::stray_keepalive(const item& of) {
    if (!random_.chance(how_.extra_keepalives)) {
        return std::nullopt;
    }
    auto behind = random_.below(3) == 0 ? random_.below(0x400) : 0;
    auto at = session_->step == 0 ? of.first.value : of.commit.value;
    return test::keepalive({std::max<std::uint64_t>(at - behind, 1)}, random_.chance(300));
}

std::string server::frame_of(const item& of) {
    auto& place = *session_;
    if (of.what == item::kind::message) {
        ++place.next;
        return test::wal_frame(of.end, message_of(of));
    }
    if (place.step == 0) {
        place.step = 1;
        return test::wal_frame(of.first, test::begin(of.commit));
    }
    if (place.step <= of.rows.size()) {
        return row_frame(of, of.rows[place.step - 1]);
    }
    place.step = 0;
    ++place.next;
    return test::wal_frame(of.end, test::commit(of.commit, of.end));
}

std::string server::row_frame(const item& of, const row& change) {
    auto& known = session_->announced[change.table];
    if (change.what != row_kind::message && known != static_cast<int>(change.version)) {
        announces(change.table, change.version);
        known = static_cast<int>(change.version);
        return test::wal_frame({}, relation_message(change.table, change.version));
    }
    ++session_->step;
    return test::wal_frame(of.first, row_message(change));
}

void server::status(lsn flush) {
    if (flush.value == 0) {
        return;
    }
    require(flush <= database_.wal_end(), "acknowledged beyond the end of the WAL");
    if (how_.instances > 1 && flush < confirmed_) {
        return;  // what another one told meanwhile stays
    }
    require(flush >= confirmed_, "the acknowledged LSN went back");
    confirmed_ = flush;
    if (random_.chance(300)) {
        durable_ = confirmed_;
    }
}

void server::crash() {
    confirmed_ = durable_;
    session_.reset();
}

void server::promote(lsn at) {
    session_.reset();
    left_.push_back(at);
    ++timeline_;
    database_.lose_after(at);
    confirmed_ = durable_ = std::min(durable_, at);
}

void server::advance_slot(lsn to) {
    moved_ = true;
    confirmed_ = durable_ = std::max(confirmed_, to);
}

void server::drop_slot() {
    exists_ = false;
    dropped_ = true;
    session_.reset();
}

void server::recreate_slot() {
    exists_ = true;
    moved_ = true;
    confirmed_ = durable_ = database_.wal_end();
}

}  // namespace walferry::simulation
