// What PostgreSQL 15.20 sent, in hexadecimal, against what the builder makes of the same content:
// so every other test stands on bytes of a real server.

#include "tests/support/pgoutput_builder.hpp"

#include <catch2/catch.hpp>

using namespace walferry::test;

namespace {

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

const table_spec plain{
    16398,
    "public",
    "plain",
    {{"id", 23, true}, {"name", 25}, {"amount", 1700, false, 655366}, {"at", 1184}},
    'd'};
const table_spec identity_full{
    16405,
    "public",
    "identity_full",
    {{"id", 23, true}, {"body", 25, true}, {"m", 16391, true}, {"s", 16396, true}},
    'f'};
const table_spec by_index{
    16410, "public", "by_index", {{"a", 23}, {"b", 25, true}, {"c", 25}}, 'i'};

}  // namespace

TEST_CASE("transactions as PostgreSQL sends them") {
    CHECK(hex(begin({0x19a9f38}, 0x303ed5251e23d, 751)) ==
          "4200000000019a9f38000303ed5251e23d000002ef");
    CHECK(hex(commit({0x19a9f38}, {0x19a9f68}, 0x303ed5251e23d)) ==
          "430000000000019a9f3800000000019a9f68000303ed5251e23d");
    CHECK(hex(origin({0x1234}, "elsewhere")) == "4f0000000000001234656c7365776865726500");
}

TEST_CASE("relations and types as PostgreSQL sends them") {
    CHECK(hex(relation(plain)) ==
          "520000400e7075626c696300706c61696e006400040169640000000017ffffffff006e616d650000000019ff"
          "ffffff00616d6f756e7400000006a4000a000600617400000004a0ffffffff");
    CHECK(hex(relation(identity_full)) ==
          "52000040157075626c6963006964656e746974795f66756c6c006600040169640000000017ffffffff01626f"
          "64790000000019ffffffff016d0000004007ffffffff0173000000400cffffffff");
    CHECK(hex(relation(by_index)) ==
          "520000401a7075626c69630062795f696e6465780069000300610000000017ffffffff01620000000019ffff"
          "ffff00630000000019ffffffff");
    CHECK(hex(type(16391, "public", "mood")) == "59000040077075626c6963006d6f6f6400");
    CHECK(hex(type(16396, "", "int4")) == "590000400c00696e743400");
}

TEST_CASE("rows as PostgreSQL sends them") {
    CHECK(hex(insert(16398, {text("2"), null(), text("NaN"), text("infinity")})) ==
          "490000400e4e00047400000001326e74000000034e614e7400000008696e66696e697479");
    CHECK(hex(insert(16398, {text("3"), text(""), text("0.00"), null()})) ==
          "490000400e4e000474000000013374000000007400000004302e30306e");
    CHECK(hex(update(16410, texts({"1", "k", "d"}))) ==
          "550000401a4e000374000000013174000000016b740000000164");
    CHECK(hex(update(16410, texts({"1", "l", "d"}), old_cells{'K', {null(), text("k"), null()}})) ==
          "550000401a4b00036e74000000016b6e4e000374000000013174000000016c740000000164");
    CHECK(hex(update(16405, texts({"1", "y", "sad", "7"}),
                     old_cells{'O', texts({"1", "x", "sad", "7"})})) ==
          "55000040154f000474000000013174000000017874000000037361647400000001374e000474000000013174"
          "00000001797400000003736164740000000137");
    CHECK(hex(update(16421, {text("1"), unchanged(), text("t")})) ==
          "55000040254e000374000000013175740000000174");
    CHECK(hex(delete_row(16410, {'K', {null(), text("l"), null()}})) ==
          "440000401a4b00036e74000000016c6e");
    CHECK(hex(delete_row(16405, {'O', texts({"1", "y", "sad", "7"})})) ==
          "44000040154f00047400000001317400000001797400000003736164740000000137");
}

TEST_CASE("truncates and messages as PostgreSQL sends them") {
    CHECK(hex(truncate({16398, 16410}, 2)) == "5400000002020000400e0000401a");
    CHECK(hex(truncate({16421}, 1)) == "54000000010100004025");
    CHECK(hex(logical_message(false, {0x19b0c30}, "pre", "alone")) ==
          "4d0000000000019b0c307072650000000005616c6f6e65");
    CHECK(hex(logical_message(true, {0x19b0c68}, "pre", {"\0\xff", 2})) ==
          "4d0100000000019b0c68707265000000000200ff");
}
