#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/publish/undertaker.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace walferry::publish {

// Reads the last value of every key of the state topic; what transactions did not commit is not
// seen. It begins to connect when it is made, and what it has read it need not read again. Loop
// thread only; the reading is on another one. Destruction waits for a broker at most as long as an
// undertaker does.
class state_reader {
public:
    state_reader(const std::string& name, const config::kafka_settings& kafka);
    state_reader(const state_reader&) = delete;
    state_reader& operator=(const state_reader&) = delete;
    ~state_reader();

    // Asks for the topic up to its end; the end is asked for after this call. take() has the
    // answer, and none to an earlier call any more.
    void read();

    // Lets go of the connection; the next read() makes another.
    void rest();

    // Becomes readable when take() has an answer.
    int wake_fd() const;

    using records = std::map<std::string, std::string>;
    using answer = result<records>;

    // Nothing: not read yet. Answers once. No records: there is no such topic, or nothing in it.
    std::optional<answer> take();

private:
    struct reading;

    std::uint64_t asked_ = 0;  // how often
    undertaker graves_;
    std::unique_ptr<reading> reading_;
};

}  // namespace walferry::publish
