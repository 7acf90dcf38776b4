#pragma once

#include "lib/base/error.hpp"
#include "lib/spool/announcements.hpp"
#include "lib/spool/extents.hpp"
#include "lib/spool/transaction.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace walferry::spool {

struct limits {
    std::uint64_t memory_bytes = 0;  // of messages that wait
    std::uint64_t disk_bytes = 0;
};

// The transactions that a walsender streams before they end. Their messages wait as bytes, in
// memory and then in the storage; the one that commits is read again without what was rolled back,
// as protocol 1 would have sent it. Nothing is decoded here but transaction ids.
//
// Errors: protocol_violation; output_failed when the storage fails or is full; server_error when
// PostgreSQL does not tell what was rolled back. After one only clear() makes sense: PostgreSQL
// sends again what is lost. Pure but for the storage; the loop's thread only. Movable before its
// first use.
class transaction_spool {
public:
    // `where` may be null: then memory is all there is.
    transaction_spool(limits most, std::unique_ptr<storage> where);

    // The stream's messages, in their order.
    result<void> begin_block(transaction_id xid, bool first);
    result<void> add(std::string_view message, std::uint64_t at);  // of the open block
    result<void> end_block();
    // True when a transaction as a whole is gone; one that was never seen is none of ours.
    result<bool> abort(transaction_id xid, transaction_id subtransaction);
    bool in_block() const { return block_ != nullptr; }

    // A Relation message outside of blocks.
    void heard(std::string_view relation);

    // It committed: next() until false, then it is gone.
    result<void> open(transaction_id xid);
    result<bool> next(entry& found);
    bool is_open() const { return reading_ != nullptr; }

    // The session is over: everything will be sent again.
    void clear();

    bool empty() const { return transactions_.empty() && reading_ == nullptr; }
    std::size_t transactions() const { return transactions_.size(); }
    std::uint64_t memory_bytes() const { return memory_; }
    std::uint64_t disk_bytes() const { return disk_.bytes_in_use(); }

private:
    using holder = std::unique_ptr<transaction>;

    result<void> make_room();
    result<void> spill(transaction& which);
    void forget(holder& which);

    limits most_;
    std::unique_ptr<storage> where_;
    extents disk_;
    std::map<transaction_id, holder> transactions_;
    transaction* block_ = nullptr;
    holder reading_;
    announcements relations_;
    std::uint64_t memory_ = 0;
};

}  // namespace walferry::spool
