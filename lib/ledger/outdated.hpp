#pragma once

#include "lib/ledger/resume.hpp"

#include <algorithm>

namespace walferry {

// Whether somebody stored a position that a server, as it was seen earlier, cannot have had: it
// went on meanwhile, and is to be looked at again before it is called diverged. Of a server that
// was restored it is true once, not after a look that follows. Pure.
inline bool outdated(std::uint32_t timeline, lsn flushed, const remembered_position& stored) {
    const bool beyond = std::max(stored.published, stored.acknowledged) > flushed;
    return stored.timeline > timeline || (stored.timeline == timeline && beyond);
}

}  // namespace walferry
