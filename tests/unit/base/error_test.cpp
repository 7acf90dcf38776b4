#include "lib/base/error.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace walferry;

TEST_CASE("every kind of error has a name, a meaning and an exit code") {
    std::set<std::string_view> names;
    std::set<std::string_view> meanings;
    REQUIRE_FALSE(all_error_kinds().empty());
    for (auto kind : all_error_kinds()) {
        CAPTURE(name_of(kind));
        CHECK(names.insert(name_of(kind)).second);
        CHECK(meanings.insert(meaning_of(kind)).second);
        CHECK_FALSE(name_of(kind).empty());
        // A metric label and a word in a sentence: no capital, no full stop.
        CHECK(name_of(kind).find_first_not_of("abcdefghijklmnopqrstuvwxyz_") ==
              std::string_view::npos);
        REQUIRE(meaning_of(kind).size() > 5);
        CHECK(meaning_of(kind).back() != '.');
        CHECK(exit_code_of(kind) >= 1);
        CHECK(exit_code_of(kind) <= 4);
        CHECK(is_retried(kind) == (exit_code_of(kind) == 4));
    }
}

TEST_CASE("the list of kinds is the enumeration in its order") {
    int expected = 0;
    for (auto kind : all_error_kinds()) {
        CHECK(static_cast<int>(kind) == expected++);
    }
    CHECK(all_error_kinds().back() == error_kind::internal);
}

TEST_CASE("exit codes are those that the manual promises") {
    CHECK(exit_code_of(error_kind::poison_record) == 1);
    CHECK(exit_code_of(error_kind::protocol_violation) == 1);
    CHECK(exit_code_of(error_kind::usage) == 2);
    CHECK(exit_code_of(error_kind::config_invalid) == 2);
    CHECK(exit_code_of(error_kind::server_unreachable) == 4);
    CHECK(exit_code_of(error_kind::shutdown_incomplete) == 4);
}

TEST_CASE("whatever would lose or falsify data stops with exit code 3 and is never retried") {
    auto kind = GENERATE(error_kind::slot_lost, error_kind::slot_ahead, error_kind::system_changed,
                         error_kind::timeline_diverged, error_kind::publication_lost,
                         error_kind::publication_changed, error_kind::state_invalid,
                         error_kind::instance_superseded, error_kind::history_changed);
    CAPTURE(name_of(kind));
    CHECK(exit_code_of(kind) == 3);
    CHECK_FALSE(is_retried(kind));
}

TEST_CASE("what time may heal is retried") {
    auto kind =
        GENERATE(error_kind::connection_lost, error_kind::server_not_ready, error_kind::slot_in_use,
                 error_kind::broker_unreachable, error_kind::delivery_failed,
                 error_kind::delivery_stalled, error_kind::too_many_connections);
    CAPTURE(name_of(kind));
    CHECK(is_retried(kind));
}

TEST_CASE("fail() makes an error of its parts") {
    result<int> nothing = fail(error_kind::slot_lost, "slot \"x\" is gone", "make another");
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().kind == error_kind::slot_lost);
    CHECK(nothing.error().message == "slot \"x\" is gone");
    CHECK(nothing.error().hint == "make another");
    CHECK(nothing.error().sqlstate.empty());
}
