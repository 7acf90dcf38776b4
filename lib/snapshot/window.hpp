#pragma once

#include "lib/change/change.hpp"
#include "lib/snapshot/chunk.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace walferry::snapshot {

// Decides which rows of a chunk may be published behind its high mark, where the stream is then.
//
// The rule: a row is left out when a transaction that changed it came by the stream before the high
// mark and is not in the snapshot that the chunk was read under. Every other change of the row is
// either in the snapshot, or comes behind the mark. So nothing stale is ever published, and what is
// left out has a newer event already.
//
// Whether a transaction is in the snapshot is asked of the snapshot and not of the order of marks:
// one that is in the WAL before the mark need not be visible yet. Those that committed before the
// opening mark are: whoever writes that mark waits for them.
//
// Pure. The memory is that of one chunk and of `touches_max` keys.
class window {
public:
    static constexpr std::size_t touches_max = 200'000;

    // Follows a table from its opening mark on; forgets everything else.
    void follow(change::oid table, std::vector<std::string> key);
    void leave() { *this = window{}; }
    bool watches(change::oid table) const { return table == table_ && table != 0; }
    change::oid table() const { return table_; }

    void opening_mark() { open_ = true; }

    // A change of the followed table that came by the stream.
    void touch(const change::change& what);
    // A Relation message of it, in this transaction; without one it was not the stream's.
    void announced(std::optional<pgoutput::transaction_id> xid);

    // Read; before its high mark comes.
    void deliver(chunk read);
    const std::optional<chunk>& delivered() const { return chunk_; }

    // At the high mark: whether the chunk can be published; false: it must be read again.
    bool sound() const { return !spoiled_ && !lost_; }
    // Too many transactions came: the table must be followed anew.
    bool lost() const { return lost_; }
    bool is_left_out(std::size_t row) const { return left_out_[row]; }
    // Whether the definition that came by the stream last may be newer than the chunk's.
    bool definition_may_be_newer() const;
    void release();

private:
    struct touched {
        pgoutput::transaction_id xid = 0;
        std::string key;
        bool all = false;  // of the table
    };

    void add(touched what);
    void apply(const touched& what);
    bool read_key(pgoutput::row values, std::string& to) const;
    void find_columns(const change::relation& table);

    change::oid table_ = 0;
    std::vector<std::string> key_;
    std::vector<std::size_t> columns_;  // of the key, in the table as it was announced
    const change::relation* columns_of_ = nullptr;
    bool open_ = false;

    std::deque<touched> touched_;  // by transactions that the last chunk did not see
    std::optional<pgoutput::transaction_id> announced_in_;
    std::optional<chunk> chunk_;
    std::unordered_map<std::string_view, std::size_t> rows_;  // of the chunk, by key
    std::vector<bool> left_out_;
    bool spoiled_ = false;
    bool lost_ = false;
};

}  // namespace walferry::snapshot
