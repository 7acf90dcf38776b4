#include "lib/snapshot/marks.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace walferry;
using change::snapshot_mark;
using snapshot::marks;

namespace {

// The rows of a play as `table:line=mark`, in the order in which they are published.
class play {
public:
    explicit play(std::size_t tables) { order.begin(tables); }

    void row(std::uint32_t table, const std::string& line) {
        if (order.holds_another(table)) {
            note(order.release());
        }
        note(order.follows(table, line));
    }
    void ends(std::uint32_t table) { note(order.table_ends(table)); }
    void all_end() { note(order.all_end()); }

    std::vector<std::string> published;
    marks order;

private:
    void note(const std::optional<marks::marked_row>& row) {
        if (row) {
            published.push_back(std::to_string(row->table) + ':' + row->line + '=' +
                                names[static_cast<std::size_t>(row->mark)]);
        }
    }
    std::vector<std::string> names = {
        "no", "first", "first_in_table", "inside", "last_in_table", "last", "incremental"};
};

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("first, inside, last of a table, last of all; empty tables have no part in it") {
    play it{3};
    it.row(0, "a");
    it.row(0, "b");
    it.row(0, "c");
    it.ends(0);
    it.row(1, "d");
    it.ends(1);
    it.ends(2);
    it.all_end();
    CHECK(it.published == strings{"0:a=first", "0:b=inside", "0:c=last_in_table", "1:d=last"});
}

TEST_CASE("tables that are read at once") {
    play it{2};
    it.row(0, "a");
    it.row(1, "x");
    it.row(1, "y");
    it.ends(1);
    it.row(0, "b");
    it.ends(0);
    it.all_end();
    CHECK(it.published ==
          strings{"1:x=first", "1:y=last_in_table", "0:a=first_in_table", "0:b=last"});
}

TEST_CASE("one row is the last, and nothing is nothing") {
    play one{1};
    one.row(0, "a");
    one.ends(0);
    one.all_end();
    CHECK(one.published == strings{"0:a=last"});
    play none{2};
    none.ends(0);
    none.ends(1);
    none.all_end();
    CHECK(none.published.empty());
}

TEST_CASE("no row waits for ever") {
    play it{2};
    it.row(0, "a");
    it.ends(0);
    CHECK(it.order.waits(0));
    it.row(1, "b");
    CHECK_FALSE(it.order.waits(0));
    CHECK(it.published == strings{"0:a=first"});
}
