#include "lib/spool/transaction_spool.hpp"

#include "lib/base/assert.hpp"
#include "lib/base/byte_reader.hpp"

#include <algorithm>

namespace walferry::spool {
namespace {

tl::unexpected<error> violation(std::string what) {
    return fail(error_kind::protocol_violation, std::move(what),
                "report this with a capture of the stream (walferry record FILE)");
}

bool carries_xid(char type) {
    return std::string_view{"IUDRYTM"}.find(type) != std::string_view::npos;
}

}  // namespace

transaction_spool::transaction_spool(limits most, std::unique_ptr<storage> where)
    : most_(most), where_(std::move(where)), disk_(where_.get(), most.disk_bytes) {}

result<void> transaction_spool::begin_block(transaction_id xid, bool first) {
    if (block_ != nullptr) {
        return violation("a stream block began inside another");
    }
    auto& found = transactions_[xid];
    if (first && found != nullptr) {
        forget(found);  // it ended when the server crashed, and nobody said so
    }
    if (!first && found == nullptr) {
        transactions_.erase(xid);
        return violation("transaction " + std::to_string(xid) + " goes on without its beginning");
    }
    if (found == nullptr) {
        found = std::make_unique<transaction>(xid, disk_);
    }
    block_ = found.get();
    return {};
}

result<void> transaction_spool::add(std::string_view message, std::uint64_t at) {
    WALFERRY_ASSERT(block_ != nullptr);
    byte_reader in{message};
    const char type = static_cast<char>(in.u8());
    auto xid = block_->xid();
    if (carries_xid(type)) {
        xid = in.u32();
    } else if (type != 'O') {
        return violation("a message that does not belong there came inside a stream block");
    }
    const auto content = in.rest();
    if (in.failed() || (type == 'R' && content.size() < sizeof(pgoutput::oid))) {
        return violation("a message inside a stream block ends too early");
    }
    const auto before = block_->memory();
    auto added = block_->add(xid, type == 'R' ? relations_.next() : at, type, content);
    memory_ += block_->memory() - before;
    return added ? make_room() : added;
}

// A transaction that is on the disk goes on there a piece at a time.
result<void> transaction_spool::make_room() {
    if (block_->spilled() && block_->tail_bytes() >= extents::size) {
        return spill(*block_);
    }
    while (memory_ > most_.memory_bytes) {
        const auto largest = std::max_element(
            transactions_.begin(), transactions_.end(), [](const auto& one, const auto& other) {
                return one.second->memory() < other.second->memory();
            });
        if (auto done = spill(*largest->second); !done) {
            return done;
        }
    }
    return {};
}

result<void> transaction_spool::spill(transaction& which) {
    const auto before = which.memory();
    auto done = which.spill();
    memory_ -= before - which.memory();
    return done;
}

result<void> transaction_spool::end_block() {
    if (block_ == nullptr) {
        return violation("a stream block ended that did not begin");
    }
    block_ = nullptr;
    return {};
}

result<bool> transaction_spool::abort(transaction_id xid, transaction_id subtransaction) {
    const auto found = transactions_.find(xid);
    if (found == transactions_.end()) {
        return false;
    }
    if (xid != subtransaction) {
        if (!found->second->abort(subtransaction)) {
            return fail(error_kind::server_error,
                        "transaction " + std::to_string(xid) +
                            " holds a logical message and a savepoint that was rolled back, and a "
                            "streamed message does not tell its savepoint");
        }
        return false;
    }
    forget(found->second);
    transactions_.erase(found);
    if (empty()) {
        relations_.clear();
    }
    return true;
}

void transaction_spool::heard(std::string_view relation) {
    if (!empty()) {
        relations_.heard(relation);
    }
}

result<void> transaction_spool::open(transaction_id xid) {
    WALFERRY_ASSERT(reading_ == nullptr);
    const auto found = transactions_.find(xid);
    if (found == transactions_.end() || block_ != nullptr) {
        return violation("transaction " + std::to_string(xid) + " commits without its beginning");
    }
    reading_ = std::move(found->second);
    transactions_.erase(found);
    reading_->begin_reading();
    return {};
}

result<bool> transaction_spool::next(entry& found) {
    WALFERRY_ASSERT(reading_ != nullptr);
    const auto before = reading_->memory();
    auto read = reading_->read(found);
    memory_ -= before - reading_->memory();
    if (!read) {
        return read;
    }
    if (*read) {
        if (found.message.front() == 'R') {
            relations_.replayed(found.message, found.at);
            found.at = 0;
        }
        return true;
    }
    if (const auto stale = relations_.stale(); !stale.empty()) {
        found = {reading_->xid(), 0, stale};
        return true;
    }
    forget(reading_);
    if (empty()) {
        relations_.clear();
    }
    return false;
}

void transaction_spool::forget(holder& which) {
    memory_ -= which->memory();
    which.reset();
}

void transaction_spool::clear() {
    block_ = nullptr;
    reading_.reset();
    transactions_.clear();
    relations_.clear();
    memory_ = 0;
}

}  // namespace walferry::spool
