#pragma once

#include "lib/base/error.hpp"

#include <string>

namespace walferry::snapshot {

// Of a record in the state topic that this walferry cannot read; `what` names it.
inline tl::unexpected<error> not_understood(const std::string& what, const std::string& why) {
    return fail(error_kind::state_invalid,
                "the record of " + what + " in the state topic is not understood: " + why,
                "was it written by a newer walferry? Start that one, or begin anew with another "
                "name");
}

}  // namespace walferry::snapshot
