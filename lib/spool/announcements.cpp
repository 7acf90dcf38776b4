#include "lib/spool/announcements.hpp"

#include "lib/base/byte_reader.hpp"

#include <algorithm>

namespace walferry::spool {
namespace {

pgoutput::oid table_of(std::string_view relation) {
    byte_reader in{relation.substr(1)};
    return in.u32();
}

}  // namespace

void announcements::keep(std::string_view relation, std::uint64_t came) {
    auto& last = last_[table_of(relation)];
    last.came = came;
    last.message = relation;
}

void announcements::replayed(std::string_view relation, std::uint64_t came) {
    const auto table = table_of(relation);
    const auto known = last_.find(table);
    if (known == last_.end() || known->second.came < came) {
        keep(relation, came);
    } else if (std::find(stale_.begin(), stale_.end(), table) == stale_.end()) {
        stale_.push_back(table);
    }
}

std::string_view announcements::stale() {
    if (stale_.empty()) {
        return {};
    }
    const auto table = stale_.back();
    stale_.pop_back();
    return last_[table].message;
}

void announcements::clear() {
    last_.clear();
    stale_.clear();
}

}  // namespace walferry::spool
