#include "lib/config/reload.hpp"

#include "lib/config/keys.hpp"

namespace walferry::config {

changes changes_between(const settings& before, const settings& after) {
    changes found;
    for (const key& of : all_keys()) {
        if (to_flow(of.how.read(before)) != to_flow(of.how.read(after))) {
            auto& into = of.reloadable ? found.reloadable : found.needs_restart;
            into.emplace_back(of.name);
        }
    }
    return found;
}

}  // namespace walferry::config
