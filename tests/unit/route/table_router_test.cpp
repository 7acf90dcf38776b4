#include "lib/route/table_router.hpp"

#include "tests/unit/route/tables.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::test;
using route::table_router;

namespace {

config::settings shop() {
    config::settings settings;
    settings.name = "shop";
    return settings;
}

table_router router(const config::settings& settings) {
    auto made = table_router::make(settings);
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("without rules everything is kept, under its key") {
    auto settings = shop();
    auto routes = router(settings);
    auto table = named("public", "orders");
    CHECK(routes.keeps(table));
    auto made = routes.route(table, nullptr);
    REQUIRE(made);
    CHECK(made->topic == "shop.public.orders");
    CHECK(made->key == std::vector<std::uint32_t>{0});
    CHECK(made->columns == std::vector<std::uint32_t>{0, 1});
    CHECK(made->partition_by.empty());
    CHECK(made->masks == std::vector<const config::mask_rule*>{nullptr, nullptr});
}

TEST_CASE("tables and columns are chosen by patterns") {
    auto settings = shop();
    settings.source.tables = {"public.*", "!public.secret"};
    settings.source.columns = {"!orders.body"};
    auto routes = router(settings);
    CHECK(routes.keeps(named("public", "orders")));
    CHECK_FALSE(routes.keeps(named("public", "secret")));
    CHECK_FALSE(routes.keeps(named("other", "orders")));
    CHECK(routes.route(named("public", "orders"), nullptr)->columns ==
          std::vector<std::uint32_t>{0});
    CHECK(routes.route(named("public", "lines"), nullptr)->columns ==
          std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("two tables never share a topic, whichever way they would") {
    auto settings = shop();
    auto conflict = [&](change::relation first, change::relation second) {
        auto routes = router(settings);
        REQUIRE(routes.route(first, nullptr));
        auto made = routes.route(second, nullptr);
        return !made && made.error().kind == error_kind::topic_conflict;
    };
    CHECK(conflict(named("public", "a|b"), named("public", "a@b")));  // golden: name_special_chars
    CHECK(conflict(named("public", "a.b"), named("public", "a_b")));  // Kafka's metrics collide
    CHECK(conflict(named("a.b", "c"), named("a", "b.c")));
    CHECK_FALSE(conflict(named("public", "a"), named("public", "b")));
    CHECK_FALSE(conflict(named("public", "a"), named("public", "A")));
    settings.topics.name = "everything";
    CHECK(conflict(named("public", "a"), named("public", "b")));
    settings.topics.name = "{schema}.{table}";
    auto long_name = std::string(63, 'n');
    settings.topics.rewrite = {{"(.*)", std::string(240, 'x') + "\\1"}};
    CHECK(conflict(named("public", long_name + "1"), named("public", long_name + "2")));
}

TEST_CASE("a conflict names both tables and the topic") {
    auto settings = shop();
    auto routes = router(settings);
    REQUIRE(routes.route(named("public", "a|b"), nullptr));
    auto message = routes.route(named("public", "a@b"), nullptr).error().message;
    CHECK(message.find("public.a|b") != std::string::npos);
    CHECK(message.find("public.a@b") != std::string::npos);
    CHECK(message.find("shop.public.a_b") != std::string::npos);
}

TEST_CASE("tables that look alike are told apart, and so is what helps") {
    auto settings = shop();
    auto routes = router(settings);
    REQUIRE(routes.route(named("a.b", "c"), nullptr));
    auto conflict = routes.route(named("a", "b.c"), nullptr).error();
    CHECK(conflict.message.find(R"("a"."b.c" would share)") != std::string::npos);
    CHECK(conflict.message.find(R"(table "a.b"."c")") != std::string::npos);
    CHECK(conflict.hint.find("topics.name") != std::string::npos);
}

TEST_CASE("the same table keeps its topic when it is defined anew") {
    auto settings = shop();
    auto routes = router(settings);
    auto table = named("public", "orders");
    REQUIRE(routes.route(table, nullptr));
    table.columns.push_back({"extra", 25, -1, false});
    table.id = 99;  // dropped and made again
    CHECK(routes.route(table, nullptr)->topic == "shop.public.orders");
}

TEST_CASE("a name that Kafka refuses is refused before") {
    auto settings = shop();
    settings.topics.name = "{table}";
    auto name = GENERATE(as<std::string>{}, ".", "..");
    auto routes = router(settings);
    auto made = routes.route(named("public", name), nullptr);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == error_kind::table_unfit);
    settings.topics.rewrite = {{".*", ""}};
    auto emptied = router(settings);
    CHECK_FALSE(emptied.route(named("public", "orders"), nullptr));
}

TEST_CASE("keys and partitions may be configured for some tables") {
    auto settings = shop();
    settings.events.keys = {{"public.orders", {"body"}}};
    settings.topics.partition_by = {{"lines", {"id"}}};
    auto routes = router(settings);
    auto orders = table_of('f', {"id", "body"}, {}, "public", "orders");
    auto made = routes.route(orders, nullptr);
    REQUIRE(made);
    CHECK(made->key == std::vector<std::uint32_t>{1});
    CHECK(made->partition_by.empty());
    auto lines = routes.route(named("public", "lines"), nullptr);
    REQUIRE(lines);
    CHECK(lines->key == std::vector<std::uint32_t>{0});
    CHECK(lines->partition_by == std::vector<std::uint32_t>{0});
    auto refused = routes.route(named("public", "orders"), nullptr);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == error_kind::table_unfit);
}

TEST_CASE("a fault of partition_by is told under its own name") {
    auto settings = shop();
    settings.topics.partition_by = {{"orders", {"body"}}};
    auto routes = router(settings);
    auto made = routes.route(named("public", "orders"), nullptr);
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("topics.partition_by") != std::string::npos);
    CHECK(made.error().message.find("events.keys") == std::string::npos);
}

TEST_CASE("the first mask whose pattern fits a column is its mask") {
    auto settings = shop();
    settings.events.masks.resize(2);
    settings.events.masks[0].columns = {"orders.body"};
    settings.events.masks[1].columns = {"*.body", "*.id"};
    auto routes = router(settings);
    auto made = routes.route(named("public", "orders"), nullptr);
    REQUIRE(made);
    CHECK(made->masks[0] == &settings.events.masks[1]);
    CHECK(made->masks[1] == &settings.events.masks[0]);
    CHECK(routes.route(named("public", "lines"), nullptr)->masks[1] == &settings.events.masks[1]);
}

TEST_CASE("a pattern that does not compile is a fault of the configuration") {
    auto settings = shop();
    SECTION("tables") {
        settings.source.tables = {"/(/"};
    }
    SECTION("columns") {
        settings.source.columns = {"/(/"};
    }
    SECTION("keys") {
        settings.events.keys = {{"/(/", {"id"}}};
    }
    SECTION("partition_by") {
        settings.topics.partition_by = {{"/(/", {"id"}}};
    }
    SECTION("masks") {
        settings.events.masks.resize(1);
        settings.events.masks[0].columns = {"/(/"};
    }
    auto made = table_router::make(settings);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == error_kind::config_invalid);
}
