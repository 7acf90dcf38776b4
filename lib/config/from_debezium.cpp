#include "lib/config/from_debezium.hpp"

#include "lib/config/connector_text.hpp"
#include "lib/config/debezium_draft.hpp"

#include <utility>

namespace walferry::config {

conversion from_debezium(std::string_view text) {
    connector_text read = read_connector(text);
    if (read.wrong.empty() && read.properties.empty()) {
        read.wrong.emplace_back("no properties found");
    }
    if (!read.wrong.empty()) {
        return {{}, std::move(read.wrong)};
    }
    debezium_draft draft{std::move(read.properties)};
    for (auto chapter : {convert_transforms, convert_connection, convert_filters, convert_modes,
                         convert_output, note_the_rest}) {
        chapter(draft);
    }
    if (draft.wrong().empty()) {
        draft.check_together();
    }
    if (!draft.wrong().empty()) {
        return {{}, draft.wrong()};
    }
    return {draft.yaml(), {}};
}

}  // namespace walferry::config
