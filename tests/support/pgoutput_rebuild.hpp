#pragma once

#include "decoders/pgoutput/message.hpp"

#include <optional>
#include <string>

namespace walferry::test {

// The bytes that a decoded message must have come from; nothing for kinds of which the decoder does
// not keep every field. `in_block`: it stood in a stream block.
std::optional<std::string> rebuild(const pgoutput::message& message, bool in_block);

}  // namespace walferry::test
