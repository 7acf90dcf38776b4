#pragma once

#include <functional>
#include <string_view>

namespace walferry::audit {

// The members of a JSON object as they are written: names without their quotes, values whole.
// Nothing is unescaped or copied. False: this is not an object. Pure.
bool each_member(std::string_view object,
                 const std::function<void(std::string_view name, std::string_view value)>& take);

// The elements of a JSON array of strings, without their quotes; none of anything else.
void each_text(std::string_view array, const std::function<void(std::string_view text)>& take);

// What a JSON string holds, without its quotes; anything else as it is.
std::string_view unquoted(std::string_view value);

}  // namespace walferry::audit
