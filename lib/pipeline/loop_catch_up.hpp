#pragma once

#include "lib/pipeline/range_reader.hpp"
#include "lib/postgres/replication_stream.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace walferry::pipeline {

// The backlog by parallel backends, beside a stream that is not read: its walsender waits before a
// full socket, keeps the slot ours and takes the statuses. Loop thread only.
class catch_up : private range_taker {
public:
    struct owner {
        std::function<void()> breathe;
        std::function<bool()> wants_message;
        std::function<void(lsn at, std::string_view what)> message;
        std::function<void()> turn_over;
        std::function<void(lsn at)> range_ends;
        std::function<void(const std::optional<error>& why)> ended;
    };

    catch_up(boost::asio::io_context& io, range_request request,
             std::unique_ptr<postgres::replication_stream> stream, owner who);

    void start() { reader_.start(); }
    void go_on() { reader_.go_on(); }

    postgres::replication_stream& stream() { return *stream_; }
    std::unique_ptr<postgres::replication_stream> release() { return std::move(stream_); }

    // Once: everything was read and may be waited for, as it is from then on.
    bool all_read() const { return all_read_; }
    void leave() { all_read_ = false; }

private:
    void breathe() override { owner_.breathe(); }
    bool wants_message() override { return owner_.wants_message(); }
    void message(lsn at, std::string_view what) override { owner_.message(at, what); }
    void turn_over() override;
    void range_ends(lsn at) override { owner_.range_ends(at); }
    void ended(std::optional<error> why) override;

    owner owner_;
    std::unique_ptr<postgres::replication_stream> stream_;
    range_reader reader_;
    bool all_read_ = false;
};

}  // namespace walferry::pipeline
