#include "lib/postgres/setup.hpp"

#include <string>

namespace walferry::postgres {
namespace {

constexpr std::size_t sentences_max = 10;

std::string joined(const std::vector<std::string>& sentences) {
    std::string out;
    for (std::size_t i = 0; i < sentences.size() && i < sentences_max; ++i) {
        out += (i == 0 ? "" : ", ") + sentences[i];
    }
    if (sentences.size() > sentences_max) {
        out += " and " + std::to_string(sentences.size() - sentences_max) + " more";
    }
    return out;
}

}  // namespace

std::optional<error> definition_defect(const prepare_request& request, const publication_change& is,
                                       lsn now) {
    const std::string what = "publication \"" + request.source.publication +
                             "\" was changed since it was streamed from: ";
    const std::string accept = "to go on all the same, start once with `walferry run --accept-gap`";
    if (!is.losses.empty()) {
        std::string hint = is.undo.empty() ? "" : "to publish it again: " + is.undo + "; ";
        if (!is.tables.empty()) {
            hint +=
                "a table that is to stay out: \"!" + is.tables.front() + "\" in source.tables; ";
        }
        return error{error_kind::publication_changed,
                     what + joined(is.losses) + "; its changes from " +
                         to_string(request.definition_at) + " to " + to_string(now) +
                         " may never be published",
                     hint + accept + ", and read the tables again",
                     {}};
    }
    if (!is.beyond.empty()) {
        return error{
            error_kind::publication_changed,
            what + "it got tables that source.tables does not select: " + joined(is.beyond),
            "add them to source.tables, or ALTER PUBLICATION ... DROP TABLE; " + accept,
            {}};
    }
    return std::nullopt;
}

}  // namespace walferry::postgres
