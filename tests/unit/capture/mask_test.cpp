#include "lib/capture/mask.hpp"

#include "tests/support/frame_builder.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <catch2/catch.hpp>

namespace walferry::capture {
namespace {

constexpr change::oid bool_oid = 16;
constexpr change::oid bytea_oid = 17;
constexpr change::oid text_oid = 25;
constexpr change::oid jsonb_oid = 3802;
constexpr change::oid timestamptz_oid = 1184;
constexpr change::oid uuid_oid = 2950;
constexpr change::oid numeric_oid = 1700;

std::string masked(change::oid type, const std::string& value) {
    const change::catalog known;
    masker mask;
    test::table_spec table{42, "public", "secrets", {{"value", type, true, -1}}, 'f'};
    auto announced = test::wal_frame({}, test::relation(table));
    REQUIRE(mask.apply(announced, known));
    auto row = test::wal_frame(
        {}, test::update(42, test::texts({value}), test::old_cells{'O', test::texts({value})}));
    REQUIRE(mask.apply(row, known));
    pgoutput::decoder decoder;
    pgoutput::message message;
    REQUIRE(decoder.decode(std::string_view{row}.substr(25), message) == pgoutput::defect::none);
    const auto& update = std::get<pgoutput::update>(message.content);
    CHECK(update.before[0].bytes == update.after[0].bytes);
    return std::string{update.after[0].bytes};
}

TEST_CASE("a masked value is another of the same type and shape") {
    CHECK(masked(text_oid, "Älice, 42 Elm St.") == "xxxxxx, 11 xxx xx.");
    CHECK(masked(bool_oid, "f") == "t");
    CHECK(masked(numeric_oid, "-1234.50") == "-1111.11");
    CHECK(masked(numeric_oid, "NaN") == "NaN");
    CHECK(masked(timestamptz_oid, "1979-12-31 23:59:60.5+05:30 BC") ==
          "1111-11-11 11:11:11.1+11:11 BC");
    CHECK(masked(timestamptz_oid, "-infinity") == "-infinity");
    CHECK(masked(uuid_oid, "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11") ==
          "11111111-1111-1111-1111-111111111111");
    CHECK(masked(bytea_oid, "\\xDEADbeef") == "\\x11111111");
    CHECK(masked(jsonb_oid, R"({"k\u00e9\"y": [-1.5e3, true, "a1"]})") ==
          R"({"x\u0078\"x": [-1.1e1, true, "x1"]})");
}

TEST_CASE("messages are masked, keepalives pass, and what is not understood is not kept") {
    const change::catalog known;
    masker mask;
    auto said = test::wal_frame({}, test::logical_message(true, {1}, "prefix", "secret 7"));
    REQUIRE(mask.apply(said, known));
    CHECK(said.ends_with("xxxxxx 1"));
    auto alive = test::keepalive({1});
    auto before = alive;
    CHECK(mask.apply(alive, known));
    CHECK(alive == before);
    auto unknown = test::wal_frame({}, "?secret");
    CHECK_FALSE(mask.apply(unknown, known));
    std::string empty;
    CHECK_FALSE(mask.apply(empty, known));
}

}  // namespace
}  // namespace walferry::capture
