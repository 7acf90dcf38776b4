#include "lib/observe/catalogue.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace walferry::observe {

using Catch::Matchers::Contains;

TEST_CASE("every metric of the catalogue keeps the naming rules") {
    std::set<std::string_view> names;
    for (const metric_entry& entry : metric_catalogue()) {
        INFO(entry.name);
        CHECK(names.insert(entry.name).second);
        CHECK((entry.name.starts_with("walferry_") || entry.name.starts_with("process_")));
        CHECK(entry.name.ends_with("_total") == (entry.type == metric_type::counter));
        CHECK(entry.help.ends_with('.'));
        for (const char* unit : {"_ms", "_milliseconds", "_us", "_kb", "_mb", "_percent"}) {
            CHECK_FALSE(entry.name.ends_with(unit));
        }
    }
}

TEST_CASE("the manual's table has a line for each metric") {
    const std::string text = catalogue_markdown();
    for (const metric_entry& entry : metric_catalogue()) {
        CHECK_THAT(text, Contains("| `" + std::string{entry.name} + "` | "));
    }
}

TEST_CASE("a metric is found by its whole name only") {
    REQUIRE(find_metric("walferry_lag_seconds") != nullptr);
    CHECK(find_metric("walferry_lag_seconds")->type == metric_type::gauge);
    CHECK(find_metric("walferry_lag") == nullptr);
}

}  // namespace walferry::observe
