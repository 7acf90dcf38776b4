#pragma once

#include "lib/observe/facts.hpp"
#include "lib/pipeline/engine.hpp"
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
        std::function<void()> begin;    // before the frames of a turn
        std::function<void()> breathe;  // every few dozen frames
        std::function<wanted()> wants;
        std::function<void(std::string_view frame)> take;
        std::function<void()> take_spooled;           // in place of a frame
        std::function<void()> turn_over;              // after every turn that read something
        std::function<void(const error& why)> ended;  // once, at last
    };

    // `spent` outlives it and gets the time that passes.
    source_reader(boost::asio::io_context& io, std::unique_ptr<postgres::replication_stream> stream,
                  owner who, observe::time_facts& spent);
    ~source_reader();
    source_reader(const source_reader&) = delete;
    source_reader& operator=(const source_reader&) = delete;

    // Reads if the owner wants input and no reading is under way. Call it whenever the owner may
    // want input again.
    void go_on();

    // Accounts for the time up to now.
    void settle();

    postgres::replication_stream& stream() { return *stream_; }
    std::unique_ptr<postgres::replication_stream> release();

private:
    enum class doing { waiting_for_source, working, waiting_for_sink };

    void now_doing(doing what);
    void turn();
    bool read_some();
    void wait_or_nap(instant::duration worked);

    std::unique_ptr<postgres::replication_stream> stream_;
    owner owner_;
    nap_gate gate_;
    boost::asio::steady_timer nap_;
    boost::asio::io_context& io_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::uint64_t messages_since_drain_ = 0;
    bool scheduled_ = false;
    observe::time_facts& spent_;
    doing doing_ = doing::waiting_for_source;
    instant since_ = std::chrono::steady_clock::now();
};

}  // namespace walferry::pipeline
