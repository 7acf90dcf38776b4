#pragma once

#include "lib/audit/published_event.hpp"
#include "lib/base/position.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace walferry::audit {

// Where a record lies.
struct record_place {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
};

inline constexpr std::size_t examples_max = 10;

struct table_difference {
    std::uint64_t rows = 0;  // in the database
    std::uint64_t missing = 0;
    std::uint64_t extra = 0;
    std::uint64_t different = 0;
    std::uint64_t untold = 0;           // rows with columns that no record tells
    std::vector<std::string> examples;  // the first few of the first three
};

// What a reader of a topic, who keeps the newest position of each key, makes of a table, against
// what the table holds. First take() every record, then compare() every row, then finish(). Keeps
// hashes: about 140 bytes a key that ever was, and 8 for each of its columns. Pure.
class table_state {
public:
    virtual ~table_state() = default;

    virtual void take(const published_event& event, record_place where) = 0;

    // `row` is the event that would tell this row of the table.
    virtual void compare(const published_event& row) = 0;

    virtual table_difference finish() = 0;
};

// Of a table whose records have keys. Events at or behind `upto` are of later transactions.
std::unique_ptr<table_state> make_keyed_state(lsn upto);

// Of one whose records have none: how often each row is there. Rows must come in one partition.
std::unique_ptr<table_state> make_keyless_state(lsn upto);

}  // namespace walferry::audit
