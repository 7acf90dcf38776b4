#include "cmd/walferry/reload.hpp"

#include "lib/config/reload.hpp"

#include <utility>

namespace walferry {
namespace {

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

}  // namespace

result<std::vector<std::string>> reload(const invocation& how, config::configuration& loaded,
                                        config::settings& running) {
    auto fresh = configure(how);
    if (!fresh) {
        return tl::unexpected(std::move(fresh.error()));
    }
    auto found = config::changes_between(loaded.values, fresh->values);
    if (!found.needs_restart.empty()) {
        return fail(error_kind::config_invalid,
                    "the configuration is not taken: it changes " + list_of(found.needs_restart),
                    "restart walferry to apply it");
    }
    running.shutdown_timeout = fresh->values.shutdown_timeout;
    running.http.token = fresh->values.http.token;
    running.log.level = fresh->values.log.level;
    loaded = std::move(*fresh);
    return std::move(found.reloadable);
}

}  // namespace walferry
