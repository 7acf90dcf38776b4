#pragma once

#include "lib/encode/value_plan.hpp"

#include <string>

namespace walferry::encode {

// The JSON that stands for a TOASTed value which an UPDATE left alone and PostgreSQL did not send.
// In Debezium's form where it has one; else the placeholder as a string, never a null.
std::string unavailable_json(const value_plan& plan, const config::event_settings& events);

}  // namespace walferry::encode
