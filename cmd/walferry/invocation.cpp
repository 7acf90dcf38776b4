#include "cmd/walferry/invocation.hpp"

#include "lib/config/reader.hpp"
#include "lib/pipeline/unsupported.hpp"

#include <iostream>

namespace walferry {

result<config::configuration> configure(const invocation& how) {
    auto loaded = config::read_configuration(how.config_file, how.overrides);
    if (loaded && how.accept_gap) {
        loaded->values.accept_gap = true;
    }
    if (loaded) {
        if (auto missing = pipeline::unsupported(loaded->values)) {
            return tl::unexpected(std::move(*missing));
        }
    }
    return loaded;
}

int print_error(const error& what) {
    std::cerr << "walferry: " << what.message << '\n';
    if (!what.hint.empty()) {
        std::cerr << "  to mend it: " << what.hint << '\n';
    }
    return exit_code_of(what.kind);
}

}  // namespace walferry
