#pragma once

#include "lib/base/text_buffer.hpp"
#include "lib/change/change.hpp"

namespace walferry::encode {

// The members that every event of format plain begins with, from the opening brace on:
// op, position, commit_time, xid.
void append_plain_head(text_buffer& out, const change::change& what, change::operation as);

}  // namespace walferry::encode
