#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace walferry {

// The kinds of error_kinds.inc: one table decides about retry, exit code and metric label.
enum class error_kind {
#define ERROR_KIND(name, directive, meaning) name,
#include "lib/base/error_kinds.inc"
#undef ERROR_KIND
};

enum class directive { retry, configure, protect, fail };

// What went wrong, to which slot, table or topic, and what mends it.
struct error {
    error_kind kind = error_kind::internal;
    std::string message;   // what happened to what, lower case start, no full stop
    std::string hint;      // the statement, command or key that mends it; may be empty
    std::string sqlstate;  // five characters when PostgreSQL reported it, else empty
};

template <typename value>
using result = tl::expected<value, error>;

// `return fail(error_kind::slot_lost, "slot \"x\" ...", "DROP ...");`
tl::unexpected<error> fail(error_kind kind, std::string message, std::string hint = {});

std::string_view name_of(error_kind kind);
std::string_view meaning_of(error_kind kind);
directive directive_of(error_kind kind);
int exit_code_of(directive what);
inline int exit_code_of(error_kind kind) {
    return exit_code_of(directive_of(kind));
}
inline bool is_retried(error_kind kind) {
    return directive_of(kind) == directive::retry;
}

// Every kind in the order of the table, for the manual and for metrics.
const std::vector<error_kind>& all_error_kinds();

}  // namespace walferry
