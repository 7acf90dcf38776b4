#include "lib/route/topic_name.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using route::legal_topic_name;
using route::topic_namer;

namespace {

topic_namer namer(std::string pattern,
                  std::vector<config::topic_settings::rewrite_rule> rules = {}) {
    config::topic_settings topics;
    topics.name = std::move(pattern);
    topics.rewrite = std::move(rules);
    auto made = topic_namer::make("shop", topics);
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("names become legal as Debezium makes them") {
    // tests/golden: name_unicode, name_special_chars
    CHECK(legal_topic_name("name_unicode.public.tbl_äöü") == "name_unicode.public.tbl____");
    CHECK(legal_topic_name("name_special_chars.public.1st-table") ==
          "name_special_chars.public.1st-table");
    CHECK(legal_topic_name("name_special_chars.public.a|b") == "name_special_chars.public.a_b");
    CHECK(legal_topic_name("name_special_chars.public.a@b") == "name_special_chars.public.a_b");
    CHECK(legal_topic_name("az.AZ_09-") == "az.AZ_09-");
    CHECK(legal_topic_name("a b/c$") == "a_b_c_");
}

TEST_CASE("a character is one underscore, an emoji two as in UTF-16") {
    CHECK(legal_topic_name("名前") == "__");
    CHECK(legal_topic_name("😀") == "__");
    CHECK(legal_topic_name("ß") == "_");
}

TEST_CASE("a name is cut where Kafka's limit is") {
    CHECK(legal_topic_name(std::string(300, 'x')) == std::string(249, 'x'));
    CHECK(legal_topic_name(std::string(249, 'x')).size() == 249);
}

TEST_CASE("the pattern's words are replaced wherever they stand") {
    CHECK(namer("{name}.{schema}.{table}").topic_of("public", "orders") == "shop.public.orders");
    CHECK(namer("cdc-{table}").topic_of("public", "orders") == "cdc-orders");
    CHECK(namer("{table}.{table}").topic_of("s", "t") == "t.t");
    CHECK(namer("all").topic_of("s", "t") == "all");
}

TEST_CASE("what looks like a word inside a name is no word") {
    CHECK(namer("{schema}.{table}").topic_of("{table}", "t") == "_table_.t");
}

TEST_CASE("the first rewrite that fits the whole name is applied, and no other") {
    auto topics = namer("{name}.{schema}.{table}", {{"shop\\.public\\.(.*)", "orders.\\1"},
                                                    {"shop\\.(.*)\\.(.*)", "\\2.\\1"},
                                                    {"orders\\..*", "never"}});
    CHECK(topics.topic_of("public", "a") == "orders.a");
    CHECK(topics.topic_of("archive", "a") == "a.archive");
    CHECK(namer("{table}", {{"b", "x"}}).topic_of("s", "abc") == "abc");
}

TEST_CASE("a rewrite replaces all that it matched, also where a shorter match would do") {
    CHECK(namer("{table}", {{"a|ab", "x"}}).topic_of("s", "ab") == "x");
    CHECK(namer("{table}", {{"events_(.*?)", "e.\\1"}}).topic_of("s", "events_2026") == "e.2026");
}

TEST_CASE("a rewritten name is made legal as well") {
    CHECK(namer("{table}", {{"(.*)", "ä\\1"}}).topic_of("s", "t") == "_t");
}

TEST_CASE("an expression or a replacement that RE2 refuses is a fault of the configuration") {
    for (auto rule : {config::topic_settings::rewrite_rule{"(", "x"},
                      config::topic_settings::rewrite_rule{"a", "\\1"}}) {
        config::topic_settings topics;
        topics.rewrite = {rule};
        auto made = topic_namer::make("shop", topics);
        REQUIRE_FALSE(made);
        CHECK(made.error().kind == error_kind::config_invalid);
        CHECK(made.error().message.find("topics.rewrite") != std::string::npos);
    }
}
