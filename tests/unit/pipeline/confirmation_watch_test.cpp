#include "lib/pipeline/confirmation_watch.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using std::chrono::seconds;
using walferry::pipeline::confirmation_watch;

namespace {

instant at(int second) {
    return instant{seconds{1000 + second}};
}

}  // namespace

TEST_CASE("nothing out owes nothing, however long") {
    confirmation_watch watch;
    watch.look({0, 5, lsn{10}, 0}, at(0));
    CHECK_FALSE(watch.owed(at(3600)));
}

TEST_CASE("a record after an idle hour is owed from when it went out") {
    confirmation_watch watch;
    watch.look({0, 5, lsn{10}, 0}, at(0));
    watch.look({0, 5, lsn{10}, 0}, at(3600));
    watch.look({1, 5, lsn{10}, 1}, at(3601));
    CHECK(watch.owed(at(3602)) == seconds{2});
    watch.look({1, 5, lsn{10}, 1}, at(3610));
    CHECK(watch.owed(at(3611)) == seconds{11});
    watch.look({0, 6, lsn{20}, 0}, at(3612));
    CHECK_FALSE(watch.owed(at(3613)));
}

TEST_CASE("a partition that hangs is owed while the others are confirmed") {
    confirmation_watch watch;
    watch.look({9, 100, lsn{10}, 2}, at(0));
    for (int i = 1; i <= 10; ++i) {
        watch.look({9, 100u + static_cast<unsigned>(i), lsn{10}, 2}, at(i));
    }
    CHECK(watch.owed(at(10)) == seconds{10});
}

TEST_CASE("a large transaction is not owed while its records are confirmed") {
    confirmation_watch watch;
    SECTION("still open") {
        for (int i = 0; i <= 60; ++i) {
            watch.look({500, 100u * static_cast<unsigned>(i), lsn{10}, 0}, at(i));
        }
    }
    SECTION("closed") {
        for (int i = 0; i <= 60; ++i) {
            const auto confirmed = 100u * static_cast<unsigned>(i);
            watch.look({500, confirmed, lsn{10}, 10'000 - confirmed}, at(i));
        }
    }
    CHECK(watch.owed(at(60)) == seconds{0});
}
