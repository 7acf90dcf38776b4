#include "lib/base/error.hpp"

#include <utility>

namespace walferry {
namespace {

struct kind_row {
    std::string_view name;
    directive what;
    std::string_view meaning;
};

constexpr kind_row kinds[] = {
#define ERROR_KIND(name, directive_name, meaning) {#name, directive::directive_name, meaning},
#include "lib/base/error_kinds.inc"
#undef ERROR_KIND
};

const kind_row& row_of(error_kind kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

}  // namespace

tl::unexpected<error> fail(error_kind kind, std::string message, std::string hint) {
    return tl::unexpected<error>(error{kind, std::move(message), std::move(hint), {}});
}

std::string_view name_of(error_kind kind) {
    return row_of(kind).name;
}
std::string_view meaning_of(error_kind kind) {
    return row_of(kind).meaning;
}
directive directive_of(error_kind kind) {
    return row_of(kind).what;
}

int exit_code_of(directive what) {
    switch (what) {
        case directive::fail:
            return 1;
        case directive::configure:
            return 2;
        case directive::protect:
            return 3;
        case directive::retry:
            return 4;
    }
    return 1;
}

const std::vector<error_kind>& all_error_kinds() {
    static const std::vector<error_kind> all = {
#define ERROR_KIND(name, directive_name, meaning) error_kind::name,
#include "lib/base/error_kinds.inc"
#undef ERROR_KIND
    };
    return all;
}

}  // namespace walferry
