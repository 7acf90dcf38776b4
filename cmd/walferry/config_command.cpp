#include "cmd/walferry/config_command.hpp"

#include "lib/config/from_debezium.hpp"
#include "lib/config/nearest.hpp"
#include "lib/config/reader.hpp"
#include "lib/config/reference.hpp"
#include "lib/config/show.hpp"
#include "lib/postgres/connect_parameters.hpp"
#include "lib/publish/kafka_configuration.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace walferry {
namespace {

constexpr int done = 0;
constexpr int wrong_usage = 2;

// The problems name their places themselves: one line each, as a compiler prints them.
int refuse(const error& what, std::ostream& err) {
    err << what.message << '\n';
    return exit_code_of(what.kind);
}

}  // namespace

int config_check(const invocation& how, std::ostream& out, std::ostream& err) {
    const auto loaded = configure(how);
    if (!loaded) {
        return refuse(loaded.error(), err);
    }
    if (const auto defect = postgres::connection_string_defect(loaded->values.source.url)) {
        return refuse(*defect, err);
    }
    const auto& kafka = loaded->values.sink.kafka;
    if (auto known = publish::producer_configuration(loaded->values.name, kafka, {});
        kafka.enabled && !known) {
        return refuse(known.error(), err);
    }
    out << "ok: " << (loaded->file.empty() ? "no file" : loaded->file) << '\n';
    return done;
}

int config_show(const invocation& how, std::ostream& out, std::ostream& err) {
    const auto loaded = configure(how);
    if (!loaded) {
        return refuse(loaded.error(), err);
    }
    out << (how.json ? config::show_json(*loaded) : config::show_yaml(*loaded));
    return done;
}

int config_reference(const std::string& format, std::ostream& out, std::ostream& err) {
    constexpr std::array<std::pair<std::string_view, std::string (*)()>, 3> forms = {
        {{"yaml", config::reference_yaml},
         {"json-schema", config::reference_json_schema},
         {"markdown", config::reference_markdown}}};
    std::array<std::string_view, forms.size()> names;
    for (std::size_t i = 0; i < forms.size(); ++i) {
        names[i] = forms[i].first;
        if (names[i] == format) {
            out << forms[i].second();
            return done;
        }
    }
    err << "\"" << format << "\" is not a format" << config::did_you_mean(format, names)
        << " (yaml | json-schema | markdown)\n";
    return wrong_usage;
}

int config_from_debezium(const std::string& file, std::ostream& out, std::ostream& err) {
    const auto text = config::read_whole_file(file);
    if (!text) {
        err << text.error() << '\n';
        return wrong_usage;
    }
    const config::conversion converted = config::from_debezium(*text);
    for (const std::string& one : converted.wrong) {
        err << file << ": " << one << '\n';
    }
    out << converted.yaml;
    return converted.wrong.empty() ? done : wrong_usage;
}

}  // namespace walferry
