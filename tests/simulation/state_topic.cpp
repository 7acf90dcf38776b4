#include "tests/simulation/state_topic.hpp"

#include "tests/simulation/violation.hpp"

#include <algorithm>

namespace walferry::simulation {

void state_topic::put(key under, const state_record& what) {
    records_[under] = what;
    check();
}

void state_topic::remove(key under) {
    records_.erase(under);
    check();
}

remembered_state state_topic::read() const {
    std::vector<state_record> all;
    for (const auto& [under, record] : records_) {
        all.push_back(record);
    }
    return merge(std::move(all));
}

std::vector<state_topic::key> state_topic::others(key own) const {
    std::vector<key> found;
    for (const auto& [under, record] : records_) {
        if (under != own) {
            found.push_back(under);
        }
    }
    return found;
}

void state_topic::tell(lsn flush) {
    const auto now = read().position;
    require(now && now->acknowledged >= flush, "acknowledged before the position was stored");
    told_ = std::max(told_, flush);
}

void state_topic::check() const {
    const auto now = read().position;
    require(told_ == lsn{} || (now && now->acknowledged >= told_),
            "the stored position was spoiled: it is below what PostgreSQL was told");
}

}  // namespace walferry::simulation
