#pragma once

// What the model of PostgreSQL and of a topic's reader consist of.

#include "lib/base/position.hpp"
#include "lib/change/change.hpp"

#include <optional>
#include <string>
#include <vector>

namespace walferry::test {

inline constexpr change::oid table_id = 77;
inline constexpr int keys = 12;

struct row_change {
    change::operation what = change::operation::insert;
    int before = -1;  // key
    int after = -1;
    int value = 0;
};

struct model_transaction {
    std::uint32_t xid = 0;
    std::vector<row_change> changes;
    bool in_wal = false;
    bool visible = false;
    bool truncates = false;
};

struct wal_record {
    lsn at;
    const model_transaction* commit = nullptr;  // null: a mark
    std::string mark;
};

// A topic: events in their order, those of chunks with the ticket that their confirmation has.
class topic {
public:
    void event(int key, position at, std::optional<int> value, std::uint64_t ticket = 0) {
        events_.push_back({key, at, value, ticket});
    }
    void truncate(position at) {
        for (int key = 0; key < keys; ++key) {
            event(key, at, std::nullopt);
        }
    }
    // The producer is gone: of what was not confirmed nothing need be there.
    void lose_chunks_behind(std::uint64_t confirmed) {
        std::erase_if(events_, [&](const entry& one) { return one.ticket > confirmed; });
    }

    // As a reader has it that keeps the newest position of each key, or the last event.
    std::optional<int> newest(int key) const {
        position at;
        std::optional<int> value;
        for (const auto& one : events_) {
            if (one.key == key && at <= one.at) {
                at = one.at;
                value = one.value;
            }
        }
        return value;
    }
    std::optional<int> last(int key) const {
        std::optional<int> value;
        for (const auto& one : events_) {
            value = one.key == key ? one.value : value;
        }
        return value;
    }

private:
    struct entry {
        int key = 0;
        position at;
        std::optional<int> value;
        std::uint64_t ticket = 0;
    };
    std::vector<entry> events_;
};

}  // namespace walferry::test
