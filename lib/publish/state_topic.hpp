#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/publish/sink.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace walferry::publish {

// `walferry.<name>.state`: one partition, compacted, in small segments so that it stays quick to
// read. What walferry must remember is the last record of a key in it. It is written through the
// sink like any record and counts when it is confirmed.
topic_request state_topic(const std::string& name);

// Reads the last value of every key to the end of the topic, once; what transactions did not commit
// is not seen. Loop thread only; the reading is on another one. Destruction does not wait for a
// broker longer than half a second.
class state_reader {
public:
    state_reader(const std::string& name, const config::kafka_settings& kafka);
    state_reader(const state_reader&) = delete;
    state_reader& operator=(const state_reader&) = delete;
    ~state_reader();

    // Becomes readable when take() has the answer.
    int wake_fd() const;

    using records = std::map<std::string, std::string>;
    using answer = result<records>;

    // Nothing: not read yet. Answers once. No records: there is no such topic, or nothing in it.
    std::optional<answer> take();

private:
    struct reading;

    std::unique_ptr<reading> reading_;
};

}  // namespace walferry::publish
