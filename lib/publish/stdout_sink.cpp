#include "lib/publish/stdout_sink.hpp"

#include "lib/base/assert.hpp"
#include "lib/base/text_buffer.hpp"
#include "lib/publish/output_descriptor.hpp"
#include "lib/publish/wake_event.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>

namespace walferry::publish {
namespace {

// Written while it is still in the processor's cache.
constexpr std::size_t write_at_bytes = 128u << 10;
constexpr std::size_t deliveries_a_poll_max = 8192;

// One descriptor that is readable when the output takes more or when somebody signalled.
class output_waiter {
public:
    explicit output_waiter(const output_descriptor& output)
        : epoll_(::epoll_create1(EPOLL_CLOEXEC)), output_(output) {
        WALFERRY_ASSERT(epoll_ >= 0);
        epoll_event signal{EPOLLIN, {}};
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_.fd(), &signal);
    }
    output_waiter(const output_waiter&) = delete;
    output_waiter& operator=(const output_waiter&) = delete;
    ~output_waiter() { ::close(epoll_); }

    int fd() const { return epoll_; }
    void signal() { wake_.signal(); }
    void clear() { wake_.clear(); }

    void wait_for_output(bool wanted) {
        if (wanted == waiting_) {
            return;
        }
        epoll_event writable{EPOLLOUT, {}};
        ::epoll_ctl(epoll_, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, output_.fd(), &writable);
        waiting_ = wanted;
    }

private:
    int epoll_;
    const output_descriptor& output_;
    wake_event wake_;
    bool waiting_ = false;
};

class stdout_sink final : public sink_driver {
public:
    stdout_sink(int fd, std::uint64_t bytes_max) : output_(fd), bytes_max_(bytes_max) {}

    void produce(topic_id, std::int32_t, const record& what, std::uint64_t ticket) override {
        if (failed_) {
            return;
        }
        if (!signalled_) {
            signalled_ = true;
            waiter_.signal();
        }
        if (what.value) {
            pending_.append(*what.value);
            pending_.append('\n');
        }
        const std::uint64_t end = written_ + pending_.size() - taken_;
        if (!lines_.empty() && lines_.back().ticket == ticket && !is_due(lines_.back())) {
            lines_.back().end = end;
            ++lines_.back().count;
        } else {
            lines_.push_back({ticket, 1, end});
        }
        ++records_out_;
        if (pending_.size() - taken_ >= write_at_bytes && !waiting_) {
            write_some();
        }
    }

    bool has_room() const override { return pending_.size() - taken_ < bytes_max_; }
    int wake_fd() const override { return waiter_.fd(); }

    void woken() override {
        waiter_.clear();
        signalled_ = false;
    }

    bool poll(sink_events& out) override {
        out.opened.insert(out.opened.end(), opened_.begin(), opened_.end());
        opened_.clear();
        write_some();
        const bool more = confirm(out);
        if (failed_ && !std::exchange(reported_, true)) {
            out.failed = failed_;
            out.reader_left = reader_left_;
        }
        return more;
    }

    void open_topics(std::vector<topic_request> wanted) override {
        for (auto& one : wanted) {
            opened_.push_back({std::move(one.name), next_topic_++, one.partitions, 0, false});
        }
        waiter_.signal();
    }

    void flush() override { write_some(); }

    sink_statistics statistics() const override {
        return {records_out_, pending_.size() - taken_, bytes_max_, confirmed_, 0, !failed_};
    }

private:
    // Consecutive records of one ticket, of which the last ends at this byte of the output.
    struct lines {
        std::uint64_t ticket;
        std::uint32_t count;
        std::uint64_t end;
    };

    bool is_due(const lines& one) const { return one.end <= written_; }

    void write_some() {
        std::ptrdiff_t taken = 0;
        while (!failed_ && taken_ < pending_.size()) {
            taken = output_.write(pending_.view_from(taken_));
            if (taken <= 0) {
                break;
            }
            taken_ += static_cast<std::size_t>(taken);
            written_ += static_cast<std::uint64_t>(taken);
        }
        if (taken < 0) {
            fail_with(errno);
        }
        waiting_ = !failed_ && taken_ < pending_.size();
        waiter_.wait_for_output(waiting_ && output_.can_wait());
        if (waiting_ && !output_.can_wait()) {
            waiter_.signal();
        }
        forget_taken();
    }

    void forget_taken() {
        const std::size_t left = pending_.size() - taken_;
        if (left == 0) {
            pending_.clear();
            pending_.shrink_above(2 * write_at_bytes);
            taken_ = 0;
        } else if (taken_ >= left) {
            std::memmove(pending_.data(), pending_.data() + taken_, left);
            pending_.truncate(left);
            taken_ = 0;
        }
    }

    void fail_with(int code) {
        reader_left_ = code == EPIPE || code == ECONNRESET;
        failed_ = error{error_kind::output_failed,
                        reader_left_
                            ? std::string("the reader of the output went away")
                            : std::string("the output cannot be written: ") + std::strerror(code),
                        {},
                        {}};
        waiter_.signal();
    }

    bool confirm(sink_events& out) {
        std::size_t told = 0;
        while (!lines_.empty() && is_due(lines_.front())) {
            const auto& one = lines_.front();
            out.confirmed.push_back({one.ticket, one.count});
            records_out_ -= one.count;
            confirmed_ += one.count;
            lines_.pop_front();
            if (++told == deliveries_a_poll_max) {
                return true;
            }
        }
        return false;
    }

    output_descriptor output_;
    output_waiter waiter_{output_};
    std::uint64_t bytes_max_;
    text_buffer pending_;
    std::size_t taken_ = 0;      // of pending_
    std::uint64_t written_ = 0;  // in the sink's life
    std::deque<lines> lines_;
    std::vector<opened_topic> opened_;
    topic_id next_topic_ = 0;
    std::uint64_t records_out_ = 0;
    std::uint64_t confirmed_ = 0;
    std::optional<error> failed_;
    bool reader_left_ = false;
    bool reported_ = false;
    bool waiting_ = false;
    bool signalled_ = false;
};

class stdout_factory final : public sink_factory {
public:
    stdout_factory(int fd, std::uint64_t bytes_max) : fd_(fd), bytes_max_(bytes_max) {}

    result<std::unique_ptr<sink_driver>> make() override {
        return std::make_unique<stdout_sink>(fd_, bytes_max_);
    }

private:
    int fd_;
    std::uint64_t bytes_max_;
};

}  // namespace

std::unique_ptr<sink_factory> make_stdout_factory(int fd, std::uint64_t bytes_max) {
    return std::make_unique<stdout_factory>(fd, bytes_max);
}

}  // namespace walferry::publish
