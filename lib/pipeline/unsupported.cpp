#include "lib/pipeline/unsupported.hpp"

#include <string>

namespace walferry::pipeline {
namespace {

struct missing_feature {
    bool asked_for;
    const char* what;
    const char* instead;
};

}  // namespace

std::optional<error> unsupported(const config::settings& settings) {
    const missing_feature features[] = {
        {settings.events.encoding == config::event_encoding::avro, "events.encoding: avro",
         "set events.encoding to json or json-schema"},
        {settings.delivery != config::delivery_mode::at_least_once, "delivery: exactly_once",
         "set delivery to at_least_once; readers drop duplicates by source.commit_lsn and "
         "source.tx_seq"},
        {!settings.sink.standard_output.state_file.empty(), "sink.stdout.state_file",
         "leave it out"},
    };
    for (const auto& feature : features) {
        if (feature.asked_for) {
            return error{error_kind::config_invalid,
                         "this version of walferry does not have " + std::string{feature.what},
                         feature.instead,
                         {}};
        }
    }
    return std::nullopt;
}

}  // namespace walferry::pipeline
