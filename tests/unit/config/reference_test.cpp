#include "lib/config/reference.hpp"

#include "lib/config/keys.hpp"
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

namespace walferry::config::test {
namespace {

// Takes the # away from every line that sets something, as a user might.
std::string uncommented(const std::string& reference, const std::string& without) {
    std::istringstream lines{reference};
    std::string text;
    bool dropped = false;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t mark = line.find_first_not_of(' ');
        const bool sets = mark != std::string::npos && line[mark] == '#' &&
                          mark + 1 < line.size() && line[mark + 1] != ' ';
        if (sets) {
            line.erase(mark, 1);
        }
        const std::string bare = mark == std::string::npos ? "" : line.substr(mark);
        dropped = sets && mark == 2 ? bare == without : dropped && mark >= 4;
        text += dropped ? "" : line + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("the reference loads as it is") {
    const configuration read = loaded(reference_yaml());
    CHECK(read.origins.empty());
}

TEST_CASE("the reference loads with every line in effect") {
    const std::string text = uncommented(reference_yaml(), "kafka:");
    INFO(text);
    const configuration read = loaded(text);
    CHECK(read.values.name == "shop");
    CHECK(read.values.events.flatten.enabled);
    for (const key& of : all_keys()) {
        INFO(of.name);
        const bool is_set = read.origins.contains(std::string{of.name}) || is_map(of.how.type);
        CHECK(is_set);
    }
}

TEST_CASE("every key stands in every form of the reference") {
    const std::string yaml = reference_yaml();
    const std::string markdown = reference_markdown();
    const auto schema = nlohmann::json::parse(reference_json_schema());
    for (const key& of : all_keys()) {
        INFO(of.name);
        CHECK(yaml.find("#" + std::string{last_part(of.name)} + ":") != std::string::npos);
        CHECK(markdown.find("| `" + std::string{of.name} + "` |") != std::string::npos);
        std::string pointer = "/properties/";
        for (const char c : of.name) {
            pointer += c == '.' ? "/properties/" : std::string(1, c);
        }
        const auto row = schema.at(nlohmann::json::json_pointer(pointer));
        CHECK_FALSE(row["description"].get<std::string>().empty());
    }
    CHECK(schema["additionalProperties"] == false);
    CHECK(schema["properties"]["source"]["additionalProperties"] == false);
    CHECK(schema["properties"]["events"]["properties"]["skip"]["default"].is_array());
}

}  // namespace walferry::config::test
