// Nothing can stand in settings.hpp that no key reaches: reads the sources.
#include "lib/config/reader.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

namespace walferry::config {
namespace {

const std::filesystem::path folder = WALFERRY_CONFIG_SOURCES;

std::string table_of_keys() {
    std::string text;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().filename().string().starts_with("keys_")) {
            text += read_whole_file(entry.path()).value();
        }
    }
    return text;
}

// The members of the structs called …settings, without those that are such structs themselves.
std::vector<std::string> members_of_settings() {
    std::istringstream lines{read_whole_file(folder / "settings.hpp").value()};
    const std::regex member{R"(^    ([a-z][a-z_:<>, 0-9]*) ([a-z_]+)( = .*|\{.*\})?;.*)"};
    std::vector<std::string> names;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        inside = line.starts_with("struct ") ? line.find("settings {") != line.npos : inside;
        std::smatch found;
        if (inside && std::regex_match(line, found, member) &&
            !found[1].str().ends_with("_settings")) {
            names.push_back(found[2]);
        }
    }
    return names;
}

}  // namespace

TEST_CASE("every member of settings.hpp is reached by a key") {
    const std::string table = table_of_keys();
    const std::vector<std::string> names = members_of_settings();
    CHECK(names.size() > 80);
    for (const std::string& name : names) {
        INFO(name);
        const bool is_reached = table.find("." + name + ")") != table.npos ||
                                table.find("(" + name + ")") != table.npos;
        CHECK(is_reached);
    }
}

}  // namespace walferry::config
