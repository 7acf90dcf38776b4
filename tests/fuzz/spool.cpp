// Feeds a spool with a sequence of messages of a stream, and a naive one beside it.
//
// input  := message*          message := Int16 length  bytes     (the last one may be cut)
//
// Whatever the bytes: nothing crashes, memory stays within its limit, and a transaction that
// commits comes out as its messages that were not rolled back, in their order, each without its
// transaction id.

#include "decoders/pgoutput/decoder.hpp"
#include "lib/base/assert.hpp"
#include "lib/base/byte_reader.hpp"
#include "lib/spool/transaction_spool.hpp"
#include "tests/support/spool_storage.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace walferry;

namespace {

constexpr spool::limits small{4096, 4 * spool::extents::size};

class session {
public:
    void feed(std::string_view message) {
        if (spool_.in_block() && message != "E") {
            keep(message);
            return;
        }
        if (decoder_.decode(message, decoded_) != pgoutput::defect::none) {
            start_again();
            return;
        }
        const auto& content = decoded_.content;
        if (const auto* begins = std::get_if<pgoutput::stream_start>(&content)) {
            begin(*begins);
        } else if (std::holds_alternative<pgoutput::stream_stop>(content)) {
            must(spool_.end_block().has_value());
        } else if (const auto* gone = std::get_if<pgoutput::stream_abort>(&content)) {
            abort(*gone);
        } else if (const auto* done = std::get_if<pgoutput::stream_commit>(&content)) {
            commit(done->xid);
        }
    }

private:
    using kept = std::vector<std::pair<std::uint32_t, std::string>>;

    static void must(bool holds) { WALFERRY_ASSERT(holds); }

    void begin(const pgoutput::stream_start& block) {
        if (!spool_.begin_block(block.xid, block.first_block)) {
            must(!block.first_block && !naive_.contains(block.xid));
            start_again();
            return;
        }
        block_ = block.xid;
        if (block.first_block) {
            naive_[block_].clear();
            aborted_.erase(block_);
        }
    }

    void keep(std::string_view message) {
        if (!spool_.add(message, 1)) {
            start_again();
            return;
        }
        must(spool_.memory_bytes() <= small.memory_bytes);
        const bool has_xid = message[0] != 'O';
        byte_reader in{message.substr(1)};
        const auto by = has_xid ? in.u32() : block_;
        naive_[block_].emplace_back(
            by, std::string{message[0]} + std::string{message.substr(has_xid ? 5 : 1)});
    }

    void abort(const pgoutput::stream_abort& gone) {
        const auto whole = spool_.abort(gone.xid, gone.subtransaction);
        if (!whole) {
            start_again();
        } else if (*whole) {
            must(naive_.erase(gone.xid) == 1);
            aborted_.erase(gone.xid);
        } else if (auto found = naive_.find(gone.xid); found != naive_.end()) {
            std::erase_if(found->second,
                          [&](const auto& one) { return one.first == gone.subtransaction; });
            aborted_[gone.xid].push_back(gone.subtransaction);
        }
    }

    // Nobody sends rows of a savepoint that is gone; if somebody does, they are left out, too.
    bool is_aborted(std::uint32_t xid, std::uint32_t by) {
        const auto& gone = aborted_[xid];
        return std::find(gone.begin(), gone.end(), by) != gone.end();
    }

    void commit(std::uint32_t xid) {
        if (!spool_.open(xid)) {
            must(!naive_.contains(xid));
            start_again();
            return;
        }
        spool::entry next;
        for (const auto& [by, message] : naive_[xid]) {
            if (!is_aborted(xid, by)) {
                const auto found = spool_.next(next);
                must(found && *found && next.message == message);
            }
        }
        // Behind its end only tables are announced once more.
        for (auto found = spool_.next(next); found && *found; found = spool_.next(next)) {
            must(next.message.front() == 'R');
        }
        naive_.erase(xid);
        aborted_.erase(xid);
    }

    void start_again() {
        spool_.clear();
        decoder_.reset();
        naive_.clear();
        aborted_.clear();
        must(spool_.memory_bytes() == 0 && spool_.disk_bytes() == 0);
    }

    test::memory_storage::watch disk_;
    spool::transaction_spool spool_{small, std::make_unique<test::memory_storage>(disk_)};
    pgoutput::decoder decoder_;
    pgoutput::message decoded_;
    std::uint32_t block_ = 0;
    std::map<std::uint32_t, kept> naive_;
    std::map<std::uint32_t, std::vector<std::uint32_t>> aborted_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    byte_reader in{{reinterpret_cast<const char*>(data), size}};
    session fed;
    while (!in.at_end()) {
        const std::size_t length = in.u16();
        // Exactly as long as the message, so that the address sanitizer sees every byte too far.
        auto taken = in.bytes(std::min(length, in.remaining()));
        std::vector<char> message{taken.begin(), taken.end()};
        fed.feed({message.data(), message.size()});
    }
    return 0;
}
