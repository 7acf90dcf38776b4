#include "lib/postgres/change_row.hpp"

#include "lib/postgres/commands.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace walferry::postgres {
namespace {

std::string number(std::uint64_t value, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift);
    }
    return out;
}

std::string row(std::uint64_t at, const std::string& message) {
    return number(3, 2) + number(8, 4) + number(at, 8) + number(4, 4) + number(77, 4) +
           number(message.size(), 4) + message;
}

const std::string header = std::string{"PGCOPY\n\377\r\n\0", 11} + number(0, 4) + number(0, 4);
const std::string end_mark = number(0xffff, 2);

}  // namespace

TEST_CASE("a row has its LSN and its message, any bytes") {
    const std::string message{"I\0\xff\n", 4};
    const auto bytes = row(0x16'0000'00ff, message);
    const auto parsed = parse_change_row(bytes);
    REQUIRE(parsed);
    CHECK(parsed->at == lsn{0x16'0000'00ff});
    CHECK(parsed->message == message);
}

TEST_CASE("the first row stands behind the header") {
    const auto bytes = header + row(5, "B");
    const auto parsed = parse_change_row(bytes);
    REQUIRE(parsed);
    CHECK(parsed->at == lsn{5});
    CHECK(parsed->message == "B");
    const auto extended = std::string{header, 0, 15} + number(3, 4) + "xyz" + row(6, "C");
    const auto behind = parse_change_row(extended);
    REQUIRE(behind);
    CHECK(behind->at == lsn{6});
}

TEST_CASE("the end mark is no message, with and without rows before it") {
    for (const auto& bytes : {end_mark, header + end_mark}) {
        const auto parsed = parse_change_row(bytes);
        REQUIRE(parsed);
        CHECK(parsed->message.empty());
    }
}

TEST_CASE("no piece of a row, and nothing else, is taken for a row") {
    const auto whole = header + row(5, "Begin");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK_FALSE(parse_change_row(std::string_view{whole}.substr(0, size)));
    }
    CHECK_FALSE(parse_change_row(whole + "x"));
    CHECK_FALSE(parse_change_row(end_mark + "x"));
    CHECK_FALSE(parse_change_row(number(2, 2) + row(5, "B").substr(2)));
    CHECK_FALSE(parse_change_row(row(5, "")));
    CHECK_FALSE(parse_change_row(header));
}

TEST_CASE("a range is read with the options of the stream") {
    start_options options;
    options.slot = "walferry_shop";
    options.publication = "O'Brien, \"Pub\"";
    options.streaming = config::streaming_mode::on;
    CHECK(copy_changes_command(options, "copy", {0x16'0000'00ff}) ==
          "COPY (SELECT lsn, xid, data FROM pg_logical_slot_peek_binary_changes('copy', '16/FF', "
          "NULL, 'proto_version', '1', 'publication_names', '\"O''Brien, \"\"Pub\"\"\"', "
          "'messages', 'true')) TO STDOUT (FORMAT binary)");
    options.binary = true;
    CHECK(copy_changes_command(options, "copy", {1}).find(", 'binary', 'true'))") !=
          std::string::npos);
}

}  // namespace walferry::postgres
