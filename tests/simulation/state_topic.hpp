#pragma once

#include "lib/ledger/state_record.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace walferry::simulation {

// The state topic as two instances see it: compacted, so that a key has its last record only,
// whoever wrote it and however late it came.
class state_topic {
public:
    using key = std::uint64_t;

    key new_key() { return ++keys_; }
    // Violations: what all records say together is less than what PostgreSQL was told.
    void put(key under, const state_record& what);
    void remove(key under);

    remembered_state read() const;
    std::vector<key> others(key own) const;
    // PostgreSQL is told this position, beyond what it knew. Violations: it is not stored.
    void tell(lsn flush);

private:
    void check() const;

    std::map<key, state_record> records_;
    key keys_ = 0;
    lsn told_;
};

}  // namespace walferry::simulation
