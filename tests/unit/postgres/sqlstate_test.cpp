#include "lib/postgres/sqlstate.hpp"

#include <catch2/catch.hpp>

namespace walferry::postgres {

TEST_CASE("the same SQLSTATE means different things at different moments") {
    CHECK(kind_of(phase::start, "42704") == error_kind::slot_lost);
    CHECK(kind_of(phase::streaming, "42704") == error_kind::publication_lost);
    CHECK(kind_of(phase::query, "42704") == error_kind::server_error);
    CHECK(kind_of(phase::create_slot, "55000") == error_kind::wal_level_too_low);
    CHECK(kind_of(phase::streaming, "55000") == error_kind::slot_lost);
    CHECK(kind_of(phase::query, "55000") == error_kind::server_error);
    CHECK(kind_of(phase::connect, "08006") == error_kind::server_unreachable);
    CHECK(kind_of(phase::streaming, "08006") == error_kind::connection_lost);
}

TEST_CASE("what time may heal is retried, the rest is a person's business") {
    for (const auto when : {phase::connect, phase::connect_replication, phase::query,
                            phase::create_slot, phase::start, phase::streaming}) {
        CHECK(is_retried(kind_of(when, "57P01")));
        CHECK(is_retried(kind_of(when, "57P03")));
        CHECK(is_retried(kind_of(when, "53300")));
        CHECK(is_retried(kind_of(when, "")));
        CHECK_FALSE(is_retried(kind_of(when, "42601")));
        CHECK_FALSE(is_retried(kind_of(when, "XX000")));
        CHECK_FALSE(is_retried(kind_of(when, "42501")));
    }
    CHECK(is_retried(kind_of(phase::start, "55006")));
    CHECK(directive_of(kind_of(phase::start, "58P01")) == directive::protect);
    CHECK(directive_of(kind_of(phase::connect, "28P01")) == directive::configure);
}

TEST_CASE("an error carries the statement that mends it, with the names filled in") {
    subject about;
    about.role = "cdc";
    about.slot = "s1";
    const server_report report{"42501", "permission denied to start WAL sender", ""};
    const error what = explain(phase::connect_replication, report, about);
    CHECK(what.kind == error_kind::privilege_missing);
    CHECK(what.sqlstate == "42501");
    CHECK(what.hint.starts_with("ALTER ROLE \"cdc\" REPLICATION;"));
    const error busy = explain(phase::start, {"55006", "slot is active", ""}, about);
    CHECK(busy.hint.find("slot_name = 's1'") != std::string::npos);
    const error unnamed = explain(phase::connect, {"3D000", "no such database", ""}, {});
    CHECK(unnamed.hint.find("<database>") != std::string::npos);
}

TEST_CASE("details, which may quote rows, are left out while streaming") {
    const server_report report{"22P05", "cannot convert", "row holds 4711"};
    CHECK(explain(phase::streaming, report, {}).message == "cannot convert");
    CHECK(explain(phase::start, report, {}).message == "cannot convert (row holds 4711)");
    CHECK_FALSE(explain(phase::streaming, {}, {}).message.empty());
}

}  // namespace walferry::postgres
