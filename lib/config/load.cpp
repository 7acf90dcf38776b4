#include "lib/config/load.hpp"

#include "lib/config/checks.hpp"
#include "lib/config/connection_text.hpp"
#include "lib/config/gather.hpp"
#include "lib/config/names.hpp"

#include <algorithm>
#include <utility>

namespace walferry::config {
namespace {

constexpr std::size_t problems_shown_max = 20;

std::string place_text(const std::string& source, const place& at) {
    return at.line == 0 ? source : source + ":" + to_string(at);
}

void write(const assignment& given, node value, settings& into, faults& found) {
    if (given.entry.empty()) {
        given.of->how.write(into, value, found);
        return;
    }
    node entry = map_node();
    put(entry, given.entry, std::move(value));
    given.of->how.write(into, entry, found);
}

// Writes one value into the settings, and notes what `config show` will say about it.
void apply(const std::string& name, const assignment& given, const reference_source& references,
           configuration& into, std::vector<problem>& wrong) {
    faults found;
    resolved value = resolve_references(given.value, references, found);
    into.origins[name] = place_text(given.source, given.value.at);
    if (value.changed) {
        into.shown[name] = std::move(value.shown);
    }
    if (found.empty()) {
        write(given, std::move(value.value), into.values, found);
        if (value.changed && !found.empty()) {
            // The text would quote what the reference gave, which may be a secret.
            found = {
                {given.value.at, "what the reference stands for is not valid here; expected: " +
                                     type_text(given.of->how)}};
        }
    }
    for (const fault& one : found) {
        wrong.push_back({given.source, one.at, name + ": " + one.message});
    }
}

void derive(configuration& into, const std::map<std::string, std::string>& environment) {
    if (!into.values.sink.kafka.enabled && !into.values.sink.standard_output.enabled) {
        into.values.sink.standard_output.enabled = !into.origins.contains("sink.stdout");
    }
    std::string database = database_of(into.values.source.url);
    const auto variable = environment.find("PGDATABASE");
    if (database.empty() && variable != environment.end()) {
        database = variable->second;
    }
    fill_names(into.values, database);
}

void check_together(const configuration& loaded,
                    const std::map<std::string, assignment>& assignments, bool testing,
                    std::vector<problem>& wrong) {
    for (const complaint& one : check(loaded.values, testing)) {
        const auto found = assignments.find(one.key);
        problem made;
        made.source = loaded.file.empty() ? "configuration" : loaded.file;
        if (found != assignments.end()) {
            made.source = found->second.source;
            made.at = found->second.value.at;
        }
        made.message = one.key + ": " + one.message;
        wrong.push_back(std::move(made));
    }
}

}  // namespace

tl::expected<configuration, std::vector<problem>> load(const inputs& from) {
    std::vector<problem> wrong;
    gatherer gathered{wrong};
    if (!from.file_name.empty()) {
        gathered.take_file(from.file_name, from.file_text);
    }
    gathered.take_environment(from.references.environment);
    for (const std::string& text : from.overrides) {
        gathered.take_override(text);
    }
    configuration loaded;
    loaded.file = from.file_name;
    for (const auto& [name, given] : gathered.assignments()) {
        apply(name, given, from.references, loaded, wrong);
    }
    derive(loaded, from.references.environment);
    if (wrong.empty()) {
        const bool testing = from.references.environment.contains("WALFERRY_TEST");
        check_together(loaded, gathered.assignments(), testing, wrong);
    }
    if (wrong.empty()) {
        return loaded;
    }
    std::stable_sort(wrong.begin(), wrong.end(), [](const problem& left, const problem& right) {
        return std::pair{left.at.line, left.at.column} < std::pair{right.at.line, right.at.column};
    });
    return tl::unexpected(std::move(wrong));
}

std::string describe(const std::vector<problem>& problems) {
    std::string text;
    for (std::size_t i = 0; i < problems.size() && i < problems_shown_max; ++i) {
        const problem& one = problems[i];
        text += (i == 0 ? "" : "\n") + place_text(one.source, one.at) + ": " + one.message;
    }
    if (problems.size() > problems_shown_max) {
        text += "\n… and " + std::to_string(problems.size() - problems_shown_max) + " more";
    }
    return text;
}

}  // namespace walferry::config
