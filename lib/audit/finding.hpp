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
};

finding found_ok(std::string area, std::string what);
finding found_info(std::string area, std::string what, std::string cure = {});
finding found_warning(std::string area, std::string what, std::string cure = {});
finding found_error(std::string area, const error& what);

// What run would leave with: 0 without an error finding, else the code of the first one.
int exit_code(const std::vector<finding>& findings);

// One finding a paragraph, the cure on its own line below, a summary at the end.
enum class colours { off, on };
std::string as_text(const std::vector<finding>& findings, colours how);

// {"ok": false, "findings": [{"severity", "area", "what", "cure", "kind"}, ...]}, one line.
std::string as_json(const std::vector<finding>& findings);

}  // namespace walferry::audit
