#pragma once

#include "lib/publish/sink_driver.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace walferry::publish {

// Drives a sink as the loop does and keeps what it reported.
class sink_watcher {
public:
    explicit sink_watcher(sink_factory& factory);

    sink_driver& sink() { return *sink_; }
    void drop_sink() { sink_.reset(); }

    // Opens one topic and waits until it is open or the sink failed.
    topic_id open(const std::string& name, int partitions = 1);
    // Records are numbered from 1.
    void produce(topic_id topic, std::string_view key, std::string_view value,
                 std::uint64_t ticket = 1, std::int32_t partition = 0);

    // Waits for the wake descriptor and polls until `done`, at most so long. False: it did not
    // come.
    bool wait(const std::function<bool()>& done, int milliseconds = 20'000);
    bool wait_confirmed(std::uint64_t count);
    bool wait_failed();
    // Polls for so long whatever comes.
    void watch(int milliseconds);

    std::uint64_t confirmed() const;
    std::uint64_t confirmed(std::uint64_t ticket) const;

    std::map<std::uint64_t, std::uint64_t> by_ticket;
    std::vector<opened_topic> opened;
    std::optional<error> failed;
    std::optional<refused_record> refused;
    bool reader_left = false;
    int failures = 0;
    std::vector<error> troubles;

private:
    void poll_all();

    std::unique_ptr<sink_driver> sink_;
    std::uint64_t sequence_ = 0;
};

}  // namespace walferry::publish
