// Walks the table of keys: every row must be fit for loading and for the manual.
#include "lib/config/keys.hpp"

#include "lib/config/document.hpp"
#include "lib/config/load.hpp"
#include "lib/config/units.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace walferry::config {
namespace {

bool is_word(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

// The example as a file would have it; references are not resolved here.
node example_of(const key& of) {
    const document read = read_document("key: " + std::string{of.example});
    REQUIRE(read.wrong.empty());
    return read.root.items.at(0);
}

}  // namespace

TEST_CASE("every key has a name, a text and an example") {
    std::set<std::string_view> names;
    for (const key& of : all_keys()) {
        INFO(of.name);
        CHECK(is_word(of.name));
        CHECK(names.insert(of.name).second);
        CHECK(of.text.ends_with('.'));
        CHECK_FALSE(of.example.empty());
        CHECK_FALSE(type_text(of.how).empty());
        CHECK(of.how.write);
        CHECK(of.how.read);
        const std::string_view in = section_of(of.name);
        CHECK((in.empty() || find_section(in) != nullptr));
    }
}

TEST_CASE("every example is taken") {
    for (const key& of : all_keys()) {
        INFO(of.name);
        settings all;
        faults wrong;
        node example = example_of(of);
        if (of.how.type == value_type::toggle) {
            example = literal_node("true");
        }
        of.how.write(all, example, wrong);
        for (const fault& one : wrong) {
            CHECK(one.message == "");
        }
        if (of.how.type != value_type::boolean && of.how.type != value_type::properties) {
            const node again = of.how.read(all);
            faults none;
            settings copy;
            of.how.write(copy, again, none);
            CHECK(none.empty());
            CHECK(to_flow(of.how.read(copy)) == to_flow(again));
        }
    }
}

TEST_CASE("every default is in its range and among its choices") {
    for (const key& of : all_keys()) {
        INFO(of.name);
        settings all;
        faults wrong;
        of.how.write(all, of.how.read(settings{}), wrong);
        CHECK(wrong.empty());
        CHECK_FALSE(default_of(of).empty());
        if (of.how.type == value_type::choice) {
            const std::string now = of.how.read(settings{}).text;
            CHECK(std::find(of.how.choices.begin(), of.how.choices.end(), now) !=
                  of.how.choices.end());
        }
    }
}

TEST_CASE("every section has keys and a text") {
    for (const section& of : all_sections()) {
        INFO(of.name);
        CHECK(of.text.ends_with('.'));
        CHECK(std::any_of(all_keys().begin(), all_keys().end(), [&](const key& one) {
            return one.name.starts_with(std::string{of.name} + ".");
        }));
    }
}

TEST_CASE("keys stand together by section") {
    std::set<std::string_view> closed;
    std::string_view now;
    for (const key& of : all_keys()) {
        const std::string_view next = of.name.substr(0, of.name.find('.'));
        const std::string_view top = section_of(of.name).empty() ? "" : next;
        if (top != now) {
            CHECK(closed.insert(top).second);
            now = top;
        }
    }
}

TEST_CASE("secrets are marked") {
    CHECK(find_key("http.token")->secret == secrecy::hidden);
    CHECK(find_key("source.url")->secret == secrecy::url_password);
    CHECK(find_key("sink.kafka")->secret == secrecy::property_by_name);
    CHECK(find_key("events.masks")->secret == secrecy::salt);
}

TEST_CASE("the longest prefix wins among maps, and switches know their parts") {
    CHECK(find_map_key("sink.kafka.bootstrap.servers")->name == "sink.kafka");
    CHECK(find_map_key("topics.config.x")->name == "topics.config");
    CHECK(find_map_key("sink.kafka") == nullptr);
    CHECK(find_map_key("sink.kafkax.y") == nullptr);
    CHECK(find_toggle("events.flatten.prefix")->name == "events.flatten");
    CHECK(find_toggle("sink.stdout.state_file")->name == "sink.stdout");
    CHECK(find_toggle("source.slot") == nullptr);
}

}  // namespace walferry::config
