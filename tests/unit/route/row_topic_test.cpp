#include "lib/route/table_router.hpp"
#include "tests/unit/route/tables.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::test;
using config::table_use;
using pgoutput::column_value;
using pgoutput::value_kind;

namespace {

struct routed {
    explicit routed(const config::settings& settings, change::relation of = events())
        : table(std::move(of)), router(std::move(*route::table_router::make(settings))) {
        use = router.route(table, nullptr)->use;
        rule = router.topics_of_rows(table, use, catalog);
    }

    static change::relation events() {
        return table_of('d', {"stream", "version", "type", "payload", "area"}, {"stream"}, "public",
                        "events");
    }

    result<std::string> topic(std::vector<column_value> row) {
        row.resize(table.columns.size());
        auto found = router.topic_of_row(*rule, table, row);
        return found ? result<std::string>{**found} : tl::unexpected(found.error());
    }
    result<std::string> topic(std::string_view stream) {
        return topic({{value_kind::text, stream}});
    }

    change::catalog catalog;
    change::relation table;
    route::table_router router;
    table_use use = table_use::changes;
    result<route::row_topic> rule;
};

config::settings store() {
    config::settings settings;
    settings.name = "shop";
    settings.route.event_store.table = "public.events";
    return settings;
}

}  // namespace

TEST_CASE("events go to the topic of their stream's category") {
    auto settings = store();
    routed made{settings};
    CHECK(made.use == table_use::event_store);
    CHECK(made.topic("order-100") == "shop.order");
    CHECK(made.topic("order-101-x") == "shop.order");
    CHECK(made.topic("ledger") == "shop.ledger");
    CHECK(made.topic("stück gut-1") == "shop.st_ck_gut");
}

TEST_CASE("a column can name the category") {
    auto settings = store();
    settings.route.event_store.category = "area";
    settings.route.event_store.topic = "{category}.of.{name}";
    routed made{settings};
    CHECK(made.topic({{}, {}, {}, {}, {value_kind::text, "a-b"}}) == "a-b.of.shop");
}

TEST_CASE("a row without a category has no topic") {
    auto settings = store();
    routed made{settings};
    auto null = made.topic(std::vector<column_value>{{}});
    REQUIRE_FALSE(null);
    CHECK(null.error().kind == error_kind::not_encodable);
    CHECK_FALSE(made.topic("-7"));
}

TEST_CASE("a row cannot take a topic that walferry uses otherwise") {
    auto settings = store();
    for (std::string topic :
         {"walferry.shop.state", "shop.message", "shop.transaction", "__debezium-heartbeat.shop"}) {
        settings.route.event_store.topic = topic;
        routed made{settings};
        auto refused = made.topic("order-1");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == error_kind::topic_conflict);
    }
    settings.route.event_store.topic = "shop.public.{category}";
    routed made{settings};
    REQUIRE(made.router.route(named("public", "orders"), nullptr));
    CHECK_FALSE(made.topic("orders-1"));
    REQUIRE(made.topic("lines-1"));
    CHECK_FALSE(made.router.route(named("public", "lines"), nullptr));
}

TEST_CASE("categories that Kafka takes for the same topic are refused") {
    auto settings = store();
    routed made{settings};
    REQUIRE(made.topic("a.b-1"));
    CHECK_FALSE(made.topic("a_b-1"));
}

TEST_CASE("an outbox routes by a column of text") {
    config::settings settings;
    settings.route.outbox.table = "public.events";
    settings.route.outbox.route_by = "type";
    routed made{settings};
    CHECK(made.use == table_use::outbox);
    CHECK(made.topic({{}, {}, {value_kind::text, "order"}}) == "outbox.event.order");
    auto table = routed::events();
    table.columns[2].type = 23;
    routed other{settings, table};
    REQUIRE_FALSE(other.rule);
    CHECK(other.rule.error().kind == error_kind::table_unfit);
    settings.route.outbox.route_by = "missing";
    CHECK_FALSE(routed{settings}.rule);
}
