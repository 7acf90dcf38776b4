#include "lib/publish/partition_start.hpp"

namespace walferry::publish {

held_record::held_record(const record& what, std::uint64_t packed)
    : key_(what.key), value_(what.value), timestamp_ms_(what.timestamp_ms), packed_(packed) {
    headers_.reserve(what.headers.size());
    for (const auto& one : what.headers) {
        headers_.emplace_back(one.name, one.value);
    }
}

record held_record::view() {
    header_views_.clear();
    for (const auto& [name, value] : headers_) {
        header_views_.push_back({name, value});
    }
    record made;
    made.key = key_;
    made.value = value_;
    made.headers = header_views_;
    made.timestamp_ms = timestamp_ms_;
    return made;
}

}  // namespace walferry::publish
