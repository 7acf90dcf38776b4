#include "lib/postgres/publication_memory.hpp"

#include "lib/postgres/setup.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::postgres;

namespace {

published_table known(std::uint32_t id, std::string name, std::string schema = "public") {
    published_table made;
    made.id = id;
    made.schema = std::move(schema);
    made.name = std::move(name);
    return made;
}

publication_member listed(std::uint32_t id, std::string name) {
    publication_member made;
    made.entry = 1000 + id;
    made.id = id;
    made.name = std::move(name);
    return made;
}

// A publication of orders and people in a database that also has noise.
struct situation {
    remembered_publication before;
    remembered_publication now;
    publication_facts found;
    publication_wish wish;
    std::vector<candidate_table> tables{
        {known(1, "orders")}, {known(2, "people")}, {known(3, "noise")}};

    situation() {
        before.id = 77;
        before.operations = "iudt";
        before.tables = {listed(1, "public.orders"), listed(2, "public.people")};
        now = before;
        wish.name = "shop";
        wish.selects = [](std::string_view, std::string_view name) { return name != "noise"; };
    }

    publication_change compare() const {
        return compare_definitions(before, now, found, wish, tables);
    }

    void unchanged() const {
        auto change = compare();
        CHECK(change.losses.empty());
        CHECK(change.beyond.empty());
    }

    void loses(const std::string& words) const {
        auto change = compare();
        REQUIRE(change.losses.size() == 1);
        CHECK(change.losses.front().find(words) != std::string::npos);
    }
};

}  // namespace

TEST_CASE("a publication that is what it was lost nothing") {
    situation{}.unchanged();
}

TEST_CASE("a table taken out is a loss while it is there and selected") {
    situation now;
    now.now.tables.pop_back();
    now.loses("public.people is not published any more");
    CHECK(now.compare().tables == std::vector<std::string>{"public.people"});
    CHECK(now.compare().undo == R"x(ALTER PUBLICATION "shop" ADD TABLE "public"."people")x");
    SECTION("not when nobody selects it any more") {
        now.wish.selects = [](std::string_view, std::string_view name) { return name == "orders"; };
        now.unchanged();
    }
    SECTION("not when it was dropped") {
        now.tables.erase(now.tables.begin() + 1);
        now.unchanged();
    }
    SECTION("nor when it is published by its schema or by all tables now") {
        now.now.schemas = {listed(2200, "public")};
        now.unchanged();
        now.now.schemas.clear();
        now.now.all_tables = true;
        now.unchanged();
    }
    SECTION("but when another one has its name now") {
        now.tables[1].table.id = 9;
        now.loses("public.people");
    }
}

TEST_CASE("a table taken out and added again lost what was committed in between") {
    situation now;
    now.now.tables.front().entry = 5;
    now.loses("public.orders was taken out and added again");
    SECTION("a publication made anew is the server's to judge") {
        now.now.id = 78;
        now.unchanged();
    }
}

TEST_CASE("properties altered and put back lost what was committed in between") {
    situation now;
    now.now.version = now.before.version + 1;
    now.loses("altered and put back");
    CHECK(now.compare().tables.empty());
    SECTION("not when the publication was given to somebody else") {
        now.now.owner = now.before.owner + 1;
        now.unchanged();
    }
    SECTION("nor when it was widened") {
        now.before.operations = "i";
        now.unchanged();
    }
    SECTION("nor when it is another one") {
        now.now.id = 78;
        now.unchanged();
    }
}

TEST_CASE("a schema taken out takes its tables with it") {
    situation now;
    now.before.tables.clear();
    now.before.schemas = {listed(2200, "public")};
    now.now.tables = {listed(1, "public.orders")};
    now.loses("public.people");
}

TEST_CASE("all tables once, some now") {
    situation now;
    now.before.all_tables = true;
    now.before.tables.clear();
    now.now.tables = {listed(1, "public.orders")};
    now.loses("public.people");
}

TEST_CASE("partitions are published by their parent") {
    situation now;
    now.tables.push_back({known(4, "orders_1"), 1});
    now.now.tables.erase(now.now.tables.begin());
    SECTION("and named by it") {
        now.loses("public.orders is");
    }
    SECTION("a detached one is nobody's loss") {
        now.now = now.before;
        now.tables.back().parent = 0;
        now.unchanged();
    }
}

TEST_CASE("operations that are not published any more are a loss unless they are skipped") {
    situation now;
    now.now.operations = "iut";
    now.loses("DELETE is not published");
    CHECK(now.compare().tables.empty());
    now.wish.skips = {"d"};
    now.unchanged();
    std::swap(now.now.operations, now.before.operations);
    now.wish.skips.clear();
    now.unchanged();
}

TEST_CASE("partitioned tables may change their name towards the configuration only") {
    situation now;
    now.now.via_partition_root = true;
    now.loses("publish_via_partition_root is true");
    now.wish.via_partition_root = true;
    now.unchanged();
}

TEST_CASE("row filters that came or changed are a loss, one that is gone is none") {
    situation now;
    now.now.tables[0].filter = "(n > 5)";
    now.loses("public.orders has the row filter (n > 5)");
    now.before.tables[0].filter = "(n > 4)";
    now.loses("and had (n > 4)");
    now.now.tables[0].filter.clear();
    now.unchanged();
}

TEST_CASE("columns that are not listed any more are a loss") {
    situation now;
    now.now.tables[0].columns = {{1, "id"}};
    now.loses("public.orders has a column list");
    now.before.tables[0].columns = {{1, "id"}, {2, "body"}};
    now.loses("without body");
    now.now.tables[0].columns = {{1, "id"}, {2, "renamed"}, {3, "more"}};
    now.unchanged();
    now.now.tables[0].columns.clear();
    now.unchanged();
}

TEST_CASE("tables that were added count when source.tables does not want them") {
    situation now;
    now.before.tables.pop_back();
    now.unchanged();
    now.now.tables.push_back(listed(3, "public.noise"));
    CHECK(now.compare().beyond == std::vector<std::string>{"public.noise"});
    CHECK(now.compare().losses.empty());
}

TEST_CASE("what a change means is an error with names, range and cure") {
    situation now;
    prepare_request request;
    request.source.publication = "shop";
    request.definition_at = {0x100};
    CHECK_FALSE(definition_defect(request, now.compare(), {0x200}));
    now.now.tables.pop_back();
    auto defect = definition_defect(request, now.compare(), {0x200});
    REQUIRE(defect);
    CHECK(exit_code_of(defect->kind) == 3);
    CHECK(defect->message.find("public.people") != std::string::npos);
    CHECK(defect->message.find("0/100 to 0/200") != std::string::npos);
    CHECK(defect->hint.find("--accept-gap") != std::string::npos);
    CHECK(defect->hint.find("\"!public.people\"") != std::string::npos);
}

TEST_CASE("a definition is read as it was written") {
    auto read = parse_definition(
        R"x({"id":7,"version":801,"owner":10,"all_tables":false,"operations":"iu",
            "via_partition_root":true,
            "tables":[{"entry":9,"id":16400,"name":"public.t","filter":"(n > 1)",
                       "columns":[[1,"id"],[3,"n"]]},
                      {"entry":10,"id":16401,"name":"public.u","filter":null,"columns":null}],
            "schemas":[{"entry":11,"id":2200,"name":"public"}]})x");
    REQUIRE(read);
    CHECK(read->version == 801);
    CHECK(read->owner == 10);
    CHECK(read->operations == "iu");
    CHECK(read->via_partition_root);
    REQUIRE(read->tables.size() == 2);
    CHECK(read->tables[0].filter == "(n > 1)");
    CHECK(read->tables[0].columns[1].name == "n");
    CHECK(read->tables[1].columns.empty());
    CHECK(read->schemas[0].name == "public");
    CHECK_FALSE(parse_definition("{}"));
    CHECK_FALSE(parse_definition("?"));
}
