#pragma once

#include "decoders/pgoutput/message.hpp"
#include "lib/base/lsn.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace walferry::encode {

// Rows by the keys under which the open transaction created them, for tables whose primary key is
// checked at the commit: there, for a while, two rows can have one key. Remembers hashes only, and
// not more than `rows_max` of them. Pure.
class created_keys {
public:
    static constexpr std::size_t rows_max = 1u << 18;

    // The transaction that rows belong to from now on; another one forgets all.
    void in_transaction(lsn commit);

    void created(std::string_view key, pgoutput::row row);

    // Whether the row under this key is another one than the row that leaves it: then its readers
    // must not be told that the key is gone.
    bool is_taken_by_another(std::string_view key, pgoutput::row leaving) const;

private:
    lsn commit_;
    std::unordered_map<std::uint64_t, std::uint64_t> rows_;  // hash of the key to hash of the row
};

}  // namespace walferry::encode
