#include "lib/audit/finding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace walferry::audit {
namespace {

constexpr std::array<std::string_view, 4> names = {"ok", "info", "warning", "error"};
constexpr std::array<std::string_view, 4> inks = {"\x1b[32m", "", "\x1b[33m", "\x1b[31m"};
constexpr std::string_view no_ink = "\x1b[0m";
constexpr std::size_t label_width = 9;

std::size_t index(severity how_bad) {
    return static_cast<std::size_t>(how_bad);
}

std::string label(severity how_bad, colours how) {
    std::string text{names[index(how_bad)]};
    const std::string padding(label_width - text.size(), ' ');
    const std::string_view ink = inks[index(how_bad)];
    if (how == colours::on && !ink.empty()) {
        text = std::string{ink} + text + std::string{no_ink};
    }
    return text + padding;
}

auto count(const std::vector<finding>& findings, severity how_bad) {
    return std::count_if(findings.begin(), findings.end(),
                         [&](const finding& one) { return one.how_bad == how_bad; });
}

}  // namespace

std::string_view name_of(severity how_bad) {
    return names[index(how_bad)];
}

finding found_ok(std::string area, std::string what) {
    return {severity::ok, std::move(area), std::move(what), {}, std::nullopt, {}, false};
}

finding found_info(std::string area, std::string what, std::string cure) {
    return {severity::info, std::move(area), std::move(what), std::move(cure), std::nullopt, {},
            false};
}

finding found_warning(std::string area, std::string what, std::string cure) {
    return {severity::warning,
            std::move(area),
            std::move(what),
            std::move(cure),
            std::nullopt,
            {},
            false};
}

finding found_error(std::string area, const error& what) {
    return {severity::error, std::move(area), what.message, what.hint, what.kind, {}, false};
}

finding mended_by(finding found, std::vector<std::string> statements) {
    if (found.cure.empty()) {
        for (const auto& statement : statements) {
            found.cure += (found.cure.empty() ? "" : "; ") + statement;
        }
    }
    found.statements = std::move(statements);
    return found;
}

finding mended_safely_by(finding found, std::vector<std::string> statements) {
    finding made = mended_by(std::move(found), std::move(statements));
    made.safe = true;
    return made;
}

std::vector<std::string> safe_statements(const std::vector<finding>& findings) {
    std::vector<std::string> all;
    for (const auto& one : findings) {
        if (one.safe) {
            all.insert(all.end(), one.statements.begin(), one.statements.end());
        }
    }
    return all;
}

int exit_code(const std::vector<finding>& findings) {
    for (const auto& one : findings) {
        if (one.how_bad == severity::error) {
            return exit_code_of(one.kind.value_or(error_kind::internal));
        }
    }
    return 0;
}

std::string counted(std::ptrdiff_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

std::string as_text(const std::vector<finding>& findings, colours how) {
    std::string out;
    for (const auto& one : findings) {
        out += label(one.how_bad, how) + one.area + ": " + one.what + '\n';
        if (!one.cure.empty()) {
            out += std::string(label_width, ' ') + "-> " + one.cure + '\n';
        }
    }
    const auto errors = count(findings, severity::error);
    const auto warnings = count(findings, severity::warning);
    out += errors == 0 ? "\nwalferry run would start" : "\nwalferry run would not start";
    return out + ": " + counted(errors, "error") + ", " + counted(warnings, "warning") + "\n";
}

std::string as_json(const std::vector<finding>& findings, const std::vector<std::string>& applied) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& one : findings) {
        nlohmann::ordered_json entry;
        entry["severity"] = name_of(one.how_bad);
        entry["area"] = one.area;
        entry["what"] = one.what;
        entry["cure"] = one.cure;
        if (one.kind) {
            entry["kind"] = walferry::name_of(*one.kind);
        }
        if (!one.statements.empty()) {
            entry["statements"] = one.statements;
            entry["safe"] = one.safe;
        }
        list.push_back(std::move(entry));
    }
    nlohmann::ordered_json report;
    report["ok"] = exit_code(findings) == 0;
    if (!applied.empty()) {
        report["applied"] = applied;
    }
    report["findings"] = std::move(list);
    // Names in PostgreSQL may hold bytes that are not UTF-8 (SQL_ASCII).
    return report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace walferry::audit
