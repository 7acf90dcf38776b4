#pragma once

#include "decoders/pgoutput/message.hpp"
#include "lib/base/lsn.hpp"
#include "lib/spool/buffer.hpp"
#include "lib/spool/extents.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::spool {

using pgoutput::transaction_id;

// A message as protocol 1 would have sent it.
struct entry {
    transaction_id xid = 0;  // of its subtransaction
    // The XLogData's start; of a Relation, for which PostgreSQL tells none, when it came.
    std::uint64_t at = 0;
    std::string_view message;  // until the following read
};

// The messages of one transaction in the order of their coming: the older ones in extents, the
// newer ones in memory.
class transaction {
public:
    transaction(transaction_id xid, extents& disk) : xid_(xid), disk_(disk) {}
    ~transaction();
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    transaction_id xid() const { return xid_; }

    // `type` and `content` are a message without the transaction id between them.
    result<void> add(transaction_id xid, std::uint64_t at, char type, std::string_view content);

    // Everything to the disk. After an error the transaction is of no use any more.
    result<void> spill();
    bool spilled() const { return disk_bytes_ != 0; }

    // False: it cannot be told whether a message was rolled back with it. PostgreSQL gives a
    // logical message the id of the transaction, not of the subtransaction that it stands in.
    bool abort(transaction_id subtransaction);

    // Call once, when nothing is added any more. Then read(): the next message that was not rolled
    // back; false behind the last one. What was read gives its place back.
    void begin_reading();
    result<bool> read(entry& next);

    std::uint64_t memory() const { return tail_.memory(); }
    std::uint64_t tail_bytes() const { return tail_.used(); }

private:
    bool is_aborted(transaction_id xid);
    result<void> write(std::string_view bytes);
    result<bool> read_any(entry& next);
    result<bool> read_from_disk(entry& next);
    bool read_from_memory(entry& next);
    result<void> fill(std::size_t count);

    transaction_id xid_;
    extents& disk_;
    std::vector<extents::number> extents_;
    std::uint64_t disk_bytes_ = 0;
    buffer tail_;
    std::vector<transaction_id> aborted_;
    bool has_message_ = false;

    // Reading.
    std::string ahead_;  // from the disk
    std::size_t ahead_at_ = 0;
    std::uint64_t disk_at_ = 0;     // behind what was read ahead
    std::size_t extents_gone_ = 0;  // given back, from the first on
    std::size_t chunk_ = 0;
    std::size_t chunk_at_ = 0;
    transaction_id last_xid_ = 0;
    bool last_aborted_ = false;
};

}  // namespace walferry::spool
