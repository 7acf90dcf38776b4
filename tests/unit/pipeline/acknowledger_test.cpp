#include "lib/pipeline/acknowledger.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace walferry;
using pipeline::acknowledger;
using urgency = acknowledger::urgency;

namespace {

const instant start = instant{} + 24h;

}  // namespace

TEST_CASE("a new position is reported when the pause is over") {
    acknowledger book{{100}, false, 100ms, 10s};
    CHECK(book.decide({100}, start, urgency::due).send_status);  // nothing was said for long
    CHECK_FALSE(book.decide({200}, start + 99ms, urgency::due).send_status);
    CHECK(book.reported() == lsn{100});
    CHECK(book.next_deadline({200}) == start + 100ms);
    auto made = book.decide({200}, start + 100ms, urgency::due);
    CHECK(made.send_status);
    CHECK(made.status == lsn{200});
    CHECK_FALSE(made.write_state);
    CHECK(book.reported() == lsn{200});
    CHECK(book.settled({200}));
    CHECK_FALSE(book.settled({201}));
}

TEST_CASE("without news the status is repeated regularly") {
    acknowledger book{{100}, false, 100ms, 10s};
    book.decide({100}, start, urgency::due);
    CHECK_FALSE(book.decide({100}, start + 9'999ms, urgency::due).send_status);
    CHECK(book.next_deadline({100}) == start + 10s);
    CHECK(book.decide({100}, start + 10s, urgency::due).send_status);
}

TEST_CASE("a question is answered at once") {
    acknowledger book{{100}, false, 100ms, 10s};
    book.decide({100}, start, urgency::due);
    auto made = book.decide({200}, start + 1ms, urgency::now);
    CHECK(made.send_status);
    CHECK(made.status == lsn{200});
}

TEST_CASE("a new session is told our position at once") {
    acknowledger book{{100}, false, 100ms, 10s};
    book.decide({100}, start, urgency::due);
    book.new_session({100});
    CHECK(book.decide({100}, start + 1ms, urgency::due).send_status);
}

TEST_CASE("with state, what is reported was stored") {
    acknowledger book{{100}, true, 100ms, 10s};
    auto first = book.decide({200}, start, urgency::now);
    CHECK(first.write_state);
    CHECK(first.state == lsn{200});
    CHECK(first.status == lsn{100});
    auto again = book.decide({300}, start + 1s, urgency::now);
    CHECK_FALSE(again.write_state);  // one at a time
    CHECK(again.status == lsn{100});
    book.state_written({200});
    CHECK(book.reportable({300}) == lsn{200});
    auto next = book.decide({300}, start + 2s, urgency::due);
    CHECK(next.status == lsn{200});
    CHECK(next.write_state);
    CHECK(next.state == lsn{300});
    CHECK(book.reported() == lsn{200});
}

TEST_CASE("states are written no more often than the pause, unless it is urgent") {
    acknowledger book{{100}, true, 100ms, 10s};
    CHECK(book.decide({150}, start - 1ms, urgency::due).write_state);
    book.state_written({150});
    CHECK(book.decide({200}, start, urgency::due).write_state);  // what the first run confirms
    book.state_written({200});
    CHECK_FALSE(book.decide({300}, start + 50ms, urgency::due).write_state);
    CHECK(book.next_deadline({300}) == start + 100ms);
    CHECK(book.decide({300}, start + 50ms, urgency::now).write_state);
}

TEST_CASE("a session that begins does not wait to store what is confirmed first") {
    acknowledger book{{100}, true, 100ms, 10s};
    book.new_session({100});
    CHECK(book.decide({100}, start + 2s, urgency::now).write_state);
    book.state_written({100});
    CHECK(book.decide({200}, start + 2s + 1ms, urgency::due).write_state);
    book.state_written({200});
    CHECK_FALSE(book.decide({300}, start + 2s + 2ms, urgency::due).write_state);
}

TEST_CASE(
    "what was told to a connection that was dead is told again only when it is stored again") {
    acknowledger book{{100}, true, 100ms, 10s};
    book.new_session({100});
    CHECK(book.decide({300}, start, urgency::now).write_state);
    book.state_written({300});
    CHECK(book.decide({300}, start + 1s, urgency::now).status == lsn{300});
    book.session_over();
    book.new_session({200});
    CHECK(book.told() == lsn{200});
    auto made = book.decide({300}, start + 2s, urgency::now);
    CHECK(made.status == lsn{200});
    CHECK(made.write_state);
    CHECK(book.reported() == lsn{300});
    CHECK_FALSE(book.settled({300}));
    book.state_written({300});
    CHECK(book.decide({300}, start + 3s, urgency::due).status == lsn{300});
    CHECK(book.settled({300}));
}

TEST_CASE("a lost write is tried again") {
    acknowledger book{{100}, true, 100ms, 10s};
    CHECK(book.decide({200}, start, urgency::due).write_state);
    book.state_lost();
    CHECK_FALSE(book.decide({200}, start + 100ms, urgency::now).write_state);  // nobody to write it
    book.state_ready();
    CHECK(book.decide({200}, start + 100ms, urgency::due).write_state);
    CHECK(book.reported() == lsn{100});
}

TEST_CASE("a fresh start begins where it was allowed to") {
    acknowledger book{{100}, true, 100ms, 10s};
    book.begin_at({500});
    auto made = book.decide({500}, start, urgency::now);
    CHECK(made.status == lsn{500});
    CHECK_FALSE(made.write_state);
}

TEST_CASE("what others stored is superfluous once this session has stored a position of its own") {
    acknowledger book{{100}, true, 100ms, 10s};
    book.session_over();
    CHECK(book.decide({200}, start, urgency::due).write_state);
    book.state_written({200});
    CHECK_FALSE(book.stored_in_session());  // another process may have streamed meanwhile
    CHECK(book.decide({300}, start + 1s, urgency::due).write_state);
    book.new_session({100});
    book.state_written({300});
    CHECK_FALSE(book.stored_in_session());  // it lies under the key of an earlier session
    CHECK(book.decide({300}, start + 2s, urgency::due).write_state);
    book.state_written({300});
    CHECK(book.stored_in_session());
    book.session_over();
    CHECK_FALSE(book.stored_in_session());
}

TEST_CASE("nothing is reported while nobody listens, and all of it afterwards") {
    acknowledger book{{100}, false, 100ms, 10s};
    book.session_over();
    CHECK_FALSE(book.decide({200}, start, urgency::now).send_status);
    CHECK_FALSE(book.decide({200}, start + 20s, urgency::due).send_status);
    CHECK(book.reported() == lsn{100});
    CHECK(book.next_deadline({200}) > start + 20s);
    book.new_session({100});
    CHECK(book.decide({200}, start + 21s, urgency::now).send_status);
    CHECK(book.reported() == lsn{200});
}
