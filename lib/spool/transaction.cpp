#include "lib/spool/transaction.hpp"

#include <array>
#include <cstring>

namespace walferry::spool {
namespace {

// entry  := size (4, of type and content)  xid (4)  at (8)  type (1)  content, in the machine's own
// order: it never leaves this process.
struct head {
    std::uint32_t size = 0;
    transaction_id xid = 0;
    std::uint64_t at = 0;
};
static_assert(sizeof(head) == 16);

head read_head(const char* from) {
    head found;
    std::memcpy(&found, from, sizeof found);
    return found;
}

entry make_entry(const head& is, const char* message) {
    return {is.xid, is.at, {message, is.size}};
}

}  // namespace

transaction::~transaction() {
    extents_.erase(extents_.begin(), extents_.begin() + static_cast<std::ptrdiff_t>(extents_gone_));
    disk_.give_back(std::move(extents_));
}

result<void> transaction::add(transaction_id xid, std::uint64_t at, char type,
                              std::string_view content) {
    const head is{static_cast<std::uint32_t>(content.size() + 1), xid, at};
    has_message_ = has_message_ || type == 'M';
    // A row as large as that would only pass through memory.
    if (content.size() >= extents::size && disk_.available()) {
        std::array<char, sizeof is + 1> front{};
        std::memcpy(front.data(), &is, sizeof is);
        front.back() = type;
        auto done = spill();
        done = done ? write({front.data(), front.size()}) : done;
        return done ? write(content) : done;
    }
    auto* to = tail_.append(sizeof is + 1 + content.size());
    std::memcpy(to, &is, sizeof is);
    to[sizeof is] = type;
    std::memcpy(to + sizeof is + 1, content.data(), content.size());
    return {};
}

result<void> transaction::spill() {
    for (std::size_t which = 0; which < tail_.chunks(); ++which) {
        if (auto done = write(tail_.chunk(which)); !done) {
            return done;
        }
    }
    tail_.clear();
    return {};
}

result<void> transaction::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto inside = disk_bytes_ % extents::size;
        if (inside == 0) {
            auto taken = disk_.take();
            if (!taken) {
                return tl::unexpected(std::move(taken.error()));
            }
            extents_.push_back(*taken);
        }
        const auto part = bytes.substr(0, extents::size - inside);
        if (auto done = disk_.write(extents_.back(), inside, part); !done) {
            return done;
        }
        disk_bytes_ += part.size();
        bytes.remove_prefix(part.size());
    }
    return {};
}

bool transaction::abort(transaction_id subtransaction) {
    aborted_.push_back(subtransaction);
    return !has_message_;
}

void transaction::begin_reading() {
    std::sort(aborted_.begin(), aborted_.end());
}

bool transaction::is_aborted(transaction_id xid) {
    if (xid != last_xid_) {
        last_xid_ = xid;
        last_aborted_ = std::binary_search(aborted_.begin(), aborted_.end(), xid);
    }
    return last_aborted_;
}

result<bool> transaction::read(entry& next) {
    for (;;) {
        auto found = read_any(next);
        if (!found || !*found || !is_aborted(next.xid)) {
            return found;
        }
    }
}

result<bool> transaction::read_any(entry& next) {
    if (disk_at_ < disk_bytes_ || ahead_at_ < ahead_.size()) {
        return read_from_disk(next);
    }
    return read_from_memory(next);
}

result<bool> transaction::read_from_disk(entry& next) {
    if (auto done = fill(sizeof(head)); !done) {
        return tl::unexpected(std::move(done.error()));
    }
    const auto is = read_head(ahead_.data() + ahead_at_);
    if (auto done = fill(sizeof is + is.size); !done) {
        return tl::unexpected(std::move(done.error()));
    }
    next = make_entry(is, ahead_.data() + ahead_at_ + sizeof is);
    ahead_at_ += sizeof is + is.size;
    return true;
}

// At least so many bytes ahead, which there are.
result<void> transaction::fill(std::size_t count) {
    if (ahead_.size() - ahead_at_ >= count) {
        return {};
    }
    ahead_.erase(0, ahead_at_);
    ahead_at_ = 0;
    while (ahead_.size() < count) {
        const auto inside = disk_at_ % extents::size;
        const auto left = std::min(extents::size - inside, disk_bytes_ - disk_at_);
        const auto had = ahead_.size();
        ahead_.resize(had + left);
        auto done = disk_.read(extents_[extents_gone_], inside, &ahead_[had], left);
        if (!done) {
            return done;
        }
        disk_at_ += left;
        if (disk_at_ % extents::size == 0 || disk_at_ == disk_bytes_) {
            disk_.give_back({extents_[extents_gone_++]});
        }
    }
    return {};
}

bool transaction::read_from_memory(entry& next) {
    while (chunk_ < tail_.chunks() && chunk_at_ == tail_.chunk(chunk_).size()) {
        tail_.forget(chunk_++);
        chunk_at_ = 0;
    }
    if (chunk_ == tail_.chunks()) {
        return false;
    }
    const auto* from = tail_.chunk(chunk_).data() + chunk_at_;
    const auto is = read_head(from);
    next = make_entry(is, from + sizeof is);
    chunk_at_ += sizeof is + is.size;
    return true;
}

}  // namespace walferry::spool
