#pragma once

#include "lib/config/settings.hpp"

#include <string>
#include <string_view>

namespace walferry::config {

// Derives from the database what the configuration leaves open: the name, and from the name the
// slot, the publication and the topic of dead letters. Does nothing for what is set; does nothing
// at all without a name or database. load() calls it with what the configuration knows, and whoever
// connects first calls it again with current_database() when `name` is still empty.
void fill_names(settings& all, std::string_view database);

// Lower case, `_` for what a slot may not have ([a-z0-9_]), at most 63 bytes.
std::string legal_slot_name(std::string_view text);

// `_` for what a topic may not have ([A-Za-z0-9._-]).
std::string legal_topic_name(std::string_view text);

}  // namespace walferry::config
