#include "cmd/walferry/verify_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace walferry {
namespace {

using ordered = nlohmann::ordered_json;

ordered json_of(const verified_table& one) {
    return {{"table", one.table},           {"topic", one.topic},
            {"agrees", one.agrees()},       {"rows", one.found.rows},
            {"records", one.records},       {"missing", one.found.missing},
            {"extra", one.found.extra},     {"different", one.found.different},
            {"untold", one.found.untold},   {"reordered", one.reordered},
            {"duplicates", one.duplicates}, {"examples", one.found.examples}};
}

}  // namespace

bool verify_report::agrees() const {
    return std::ranges::all_of(tables, [](const verified_table& one) { return one.agrees(); });
}

std::string as_json(const verify_report& report) {
    ordered list = ordered::array();
    for (const auto& one : report.tables) {
        list.push_back(json_of(one));
    }
    const ordered whole{{"agrees", report.agrees()},
                        {"lsn", to_string(report.at)},
                        {"gaps", report.gaps},
                        {"tables", std::move(list)}};
    return whole.dump(-1, ' ', false, ordered::error_handler_t::replace) + '\n';
}

std::string as_text(const verify_report& report) {
    constexpr const char* row = "{:<36} {:>10} {:>10} {:>8} {:>8} {:>9} {:>7} {:>9} {:>10}\n";
    std::string text = fmt::format(row, "TABLE", "ROWS", "RECORDS", "MISSING", "EXTRA", "DIFFERENT",
                                   "UNTOLD", "REORDERED", "DUPLICATES");
    for (const auto& one : report.tables) {
        text += fmt::format(row, one.table, one.found.rows, one.records, one.found.missing,
                            one.found.extra, one.found.different, one.found.untold, one.reordered,
                            one.duplicates);
        for (const auto& example : one.found.examples) {
            text += "    " + example + '\n';
        }
    }
    if (report.gaps > 0) {
        text += std::to_string(report.gaps) + " gaps were accepted (topic of gaps)\n";
    }
    return text +
           (report.agrees() ? "the topics agree with the database at "
                            : "the topics do not agree with the database at ") +
           to_string(report.at) + '\n';
}

}  // namespace walferry
