#include "lib/publish/state_topic.hpp"

namespace walferry::publish {

topic_request state_topic(const std::string& name) {
    return {"walferry." + name + ".state",
            true,
            1,
            -1,
            {{"cleanup.policy", "compact"},
             {"segment.bytes", "1048576"},
             {"min.cleanable.dirty.ratio", "0.01"}}};
}

}  // namespace walferry::publish
