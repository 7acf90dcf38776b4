#pragma once

#include <string>
#include <string_view>

namespace walferry::config {

// Why a property of librdkafka is refused: it would break a promise, or walferry decides about it.
// Nothing when it is passed on. Whether librdkafka knows the property is librdkafka's to say.
// `testing` allows its mock broker.
std::string refusal_of(std::string_view property, std::string_view value, bool testing);

// Whether the value is a credential, by the name; such values are never printed.
bool is_secret_property(std::string_view property);

}  // namespace walferry::config
