#pragma once

#include "lib/base/position.hpp"
#include "lib/base/record.hpp"

#include <cstdint>
#include <string>

// Tiny encoders behind encode::make_table_encoder() and make_message_encoder(): the key is the key
// column's text or the message's prefix, the value the kind of record and the row's token, a header
// carries the position. Records come as Debezium's would: a delete with its tombstone, a key change
// as delete, tombstone and create.
namespace walferry::simulation {

std::string key_text(unsigned key);

struct read_back {
    position at;
    char what = 0;
    bool keyed = false;
    unsigned key = 0;
    std::uint64_t token = 0;  // 0: the row did not carry it
};

read_back read_record(const record& what);

}  // namespace walferry::simulation
