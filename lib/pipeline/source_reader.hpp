#pragma once

#include "lib/pipeline/nap_gate.hpp"
#include "lib/postgres/replication_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace walferry::pipeline {

// Pulls frames out of one replication stream and hands them on, in turns short enough that timers
// and the sink are served in between. Loop thread only.
class source_reader {
public:
    struct owner {
        std::function<void()> breathe;  // every few dozen frames, before wants_input()
        std::function<bool()> wants_input;
        std::function<void(std::string_view frame)> take;
        std::function<void()> turn_over;              // after every turn that read something
        std::function<void(const error& why)> ended;  // once, at last
    };

    source_reader(boost::asio::io_context& io, std::unique_ptr<postgres::replication_stream> stream,
                  owner who);
    ~source_reader();
    source_reader(const source_reader&) = delete;
    source_reader& operator=(const source_reader&) = delete;

    // Reads if the owner wants input and no reading is under way. Call it whenever the owner may
    // want input again.
    void go_on();

    postgres::replication_stream& stream() { return *stream_; }
    std::unique_ptr<postgres::replication_stream> release();

private:
    void turn();
    bool read_some();
    void wait_or_nap();

    std::unique_ptr<postgres::replication_stream> stream_;
    owner owner_;
    nap_gate gate_;
    boost::asio::steady_timer nap_;
    boost::asio::io_context& io_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::uint64_t messages_since_drain_ = 0;
    bool scheduled_ = false;
};

}  // namespace walferry::pipeline
