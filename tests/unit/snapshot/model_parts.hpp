#pragma once

// What the model of PostgreSQL and of a topic's reader consist of.

#include "lib/base/position.hpp"
#include "lib/change/change.hpp"

#include <map>
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

// What a consumer of the topic has.
struct consumer {
    struct entry {
        position at;
        std::optional<int> value;
    };
    std::map<int, entry> newest;
    std::map<int, std::optional<int>> last;

    void event(int key, position at, std::optional<int> value) {
        auto& kept = newest[key];
        if (kept.at <= at) {
            kept = {at, value};
        }
        last[key] = value;
    }
    void truncate(position at) {
        for (int key = 0; key < keys; ++key) {
            event(key, at, std::nullopt);
        }
    }
};

}  // namespace walferry::test
