#include "tests/support/pgoutput_builder.hpp"
#include "tests/unit/pgoutput/decoding.hpp"

using namespace walferry::test;
namespace pgoutput = walferry::pgoutput;
using pgoutput::value_kind;

namespace {

cells cells_of(pgoutput::row row) {
    cells made;
    for (const auto& value : row) {
        made.push_back({static_cast<char>(value.kind), std::string{value.bytes}});
    }
    return made;
}

const cells mixed{text("1"), null(), unchanged(), binary({"\0\xff", 2}), text("")};
const cells other{text("2"), text("x"), text("y"), null(), null()};

}  // namespace

TEST_CASE("an empty text is not NULL, and neither is an unchanged value") {
    decoding got{insert(77, mixed)};
    const auto& row = got.as<pgoutput::insert>();
    CHECK(row.relation == 77);
    CHECK(cells_of(row.after) == mixed);
    CHECK(row.after[1].kind == value_kind::null);
    CHECK(row.after[2].kind == value_kind::unchanged);
    CHECK(row.after[4].kind == value_kind::text);
}

TEST_CASE("an update may come with a key, with the whole old row, or alone") {
    decoding alone{update(77, mixed)};
    CHECK(alone.as<pgoutput::update>().before_kind == pgoutput::old_row::none);
    CHECK(alone.as<pgoutput::update>().before.empty());
    CHECK(cells_of(alone.as<pgoutput::update>().after) == mixed);

    decoding by_key{update(77, mixed, old_cells{'K', other})};
    CHECK(by_key.as<pgoutput::update>().before_kind == pgoutput::old_row::key);
    CHECK(cells_of(by_key.as<pgoutput::update>().before) == other);
    CHECK(cells_of(by_key.as<pgoutput::update>().after) == mixed);

    decoding with_all{update(77, mixed, old_cells{'O', other})};
    CHECK(with_all.as<pgoutput::update>().before_kind == pgoutput::old_row::full);
    CHECK(with_all.as<pgoutput::update>().relation == 77);
}

TEST_CASE("a delete comes with a key or with the whole old row") {
    CHECK(decoding{delete_row(77, {'K', other})}.as<pgoutput::delete_row>().before_kind ==
          pgoutput::old_row::key);
    decoding got{delete_row(77, {'O', other})};
    CHECK(got.as<pgoutput::delete_row>().before_kind == pgoutput::old_row::full);
    CHECK(cells_of(got.as<pgoutput::delete_row>().before) == other);
}

TEST_CASE("a row may have no column, and as many as PostgreSQL allows") {
    CHECK(decoding{insert(1, {})}.as<pgoutput::insert>().after.empty());
    cells many(1600, text("x"));
    CHECK(decoding{insert(1, many)}.as<pgoutput::insert>().after.size() == 1600);
}

TEST_CASE("nothing of an earlier message shines through a later one") {
    pgoutput::decoder decoder;
    pgoutput::message message;
    auto first = update(77, mixed, old_cells{'O', other});
    auto second = update(77, {null()});
    REQUIRE(decoder.decode(first, message) == pgoutput::defect::none);
    REQUIRE(decoder.decode(second, message) == pgoutput::defect::none);
    const auto& row = std::get<pgoutput::update>(message.content);
    CHECK(row.before_kind == pgoutput::old_row::none);
    CHECK(row.before.empty());
    CHECK(cells_of(row.after) == cells{null()});
    CHECK(row.after[0].bytes.empty());
}

TEST_CASE("values are borrowed from the message, not copied") {
    decoding got{insert(77, {text("borrowed")})};
    auto bytes = got.as<pgoutput::insert>().after[0].bytes;
    CHECK(bytes.data() >= got.bytes.data());
    CHECK(bytes.data() + bytes.size() == got.bytes.data() + got.bytes.size());
}

TEST_CASE("every unknown column kind and row marker is a defect") {
    for (int c = 0; c < 256; ++c) {
        auto letter = static_cast<char>(c);
        CAPTURE(c);
        if (std::string_view{"nutb"}.find(letter) == std::string_view::npos) {
            CHECK(decoding{insert(1, {{letter, {}}})}.found == pgoutput::defect::bad_row);
        }
        if (letter != 'N') {
            auto bytes = insert(1, {});
            bytes[5] = letter;
            CHECK(decoding{bytes}.found == pgoutput::defect::bad_row);
        }
        if (letter != 'K' && letter != 'O') {
            CHECK(decoding{delete_row(1, {letter, {}})}.found == pgoutput::defect::bad_row);
            if (letter != 'N') {
                CHECK(decoding{update(1, {}, old_cells{letter, {}})}.found ==
                      pgoutput::defect::bad_row);
            }
        }
    }
}

TEST_CASE("negative counts and lengths are defects") {
    auto row = insert(1, {text("x")});
    auto count = row;
    count[6] = '\x80';
    CHECK(decoding{count}.found == pgoutput::defect::bad_row);
    auto length = row;
    length[9] = '\xff';
    CHECK(decoding{length}.found == pgoutput::defect::bad_row);
    auto columns = relation({1, "s", "t", {{"c"}}, 'd'});
    columns[1 + 4 + 2 + 2 + 1] = '\xff';
    CHECK(decoding{columns}.found == pgoutput::defect::bad_row);
}
