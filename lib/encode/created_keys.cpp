#include "lib/encode/created_keys.hpp"

#include <functional>

namespace walferry::encode {
namespace {

std::uint64_t hash_of(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}

std::uint64_t hash_of(pgoutput::row row) {
    std::uint64_t hash = row.size();
    for (const auto& value : row) {
        hash = hash * 0x9e3779b97f4a7c15 + static_cast<unsigned char>(value.kind);
        hash = hash * 0x9e3779b97f4a7c15 + hash_of(value.bytes);
    }
    return hash;
}

}  // namespace

void created_keys::in_transaction(lsn commit) {
    if (commit_ != commit) {
        commit_ = commit;
        rows_.clear();
    }
}

void created_keys::created(std::string_view key, pgoutput::row row) {
    auto hash = hash_of(key);
    if (rows_.size() < rows_max || rows_.contains(hash)) {
        rows_[hash] = hash_of(row);
    }
}

bool created_keys::is_taken_by_another(std::string_view key, pgoutput::row leaving) const {
    auto found = rows_.find(hash_of(key));
    return found != rows_.end() && found->second != hash_of(leaving);
}

}  // namespace walferry::encode
