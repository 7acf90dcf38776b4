#pragma once

#include "lib/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What `check` says. Pure.
namespace walferry::audit {

enum class severity { ok, info, warning, error };

std::string_view name_of(severity how_bad);

struct finding {
    severity how_bad = severity::ok;
    std::string area;                // connection, server, role, publication, table, slot, broker
    std::string what;                // as an error's message: lower case, no full stop
    std::string cure;                // exact SQL, setting or command; may be empty
    std::optional<error_kind> kind;  // of an error: what run would stop with
    // The cure as SQL for an ordinary connection to the database, each to be executed by itself.
    std::vector<std::string> statements{};
    // They only add, disturb nobody, and mean the same now and later: `check --fix` executes them.
    bool safe = false;
};

finding found_ok(std::string area, std::string what);
finding found_info(std::string area, std::string what, std::string cure = {});
finding found_warning(std::string area, std::string what, std::string cure = {});
finding found_error(std::string area, const error& what);

// The finding with the statements that are its cure; its text becomes them when it has none.
finding mended_by(finding found, std::vector<std::string> statements);
finding mended_safely_by(finding found, std::vector<std::string> statements);

// All statements that `check --fix` executes, in the order of the findings.
std::vector<std::string> safe_statements(const std::vector<finding>& findings);

// What run would leave with: 0 without an error finding, else the code of the first one.
int exit_code(const std::vector<finding>& findings);

// One finding a paragraph, the cure on its own line below, a summary at the end.
enum class colours { off, on };
std::string as_text(const std::vector<finding>& findings, colours how);

// {"ok": false, "applied": [...], "findings": [{"severity", "area", "what", "cure", "kind",
// "statements", "safe"}, ...]}, one line. `applied`: statements that --fix executed before.
std::string as_json(const std::vector<finding>& findings,
                    const std::vector<std::string>& applied = {});

}  // namespace walferry::audit
