#pragma once

#include "lib/spool/transaction.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::spool {

// The order in which Relation messages came. For rows of later transactions the last one counts
// that came on the wire, which need not be the last one that is replayed. Pure.
class announcements {
public:
    // The number of a Relation message that came now.
    std::uint64_t next() { return ++came_; }

    // One that came outside of the spool, and counts at once.
    void heard(std::string_view relation) { keep(relation, next()); }

    // One that came as number `came` is replayed now.
    void replayed(std::string_view relation, std::uint64_t came);

    // After a replay: the next message that must be replayed once more, as what it replaced came
    // earlier; empty: none.
    std::string_view stale();

    void clear();

private:
    struct announcement {
        std::uint64_t came = 0;
        std::string message;
    };

    void keep(std::string_view relation, std::uint64_t came);

    std::uint64_t came_ = 0;
    std::map<pgoutput::oid, announcement> last_;
    std::vector<pgoutput::oid> stale_;
};

}  // namespace walferry::spool
