#pragma once

#include "lib/publish/sink.hpp"

#include <string>

namespace walferry::publish {

// `walferry.<name>.state`: one partition, compacted, in small segments so that it stays quick to
// read. What walferry must remember is the last record of a key in it. It is written through the
// sink like any record and counts when it is confirmed.
topic_request state_topic(const std::string& name);

}  // namespace walferry::publish
